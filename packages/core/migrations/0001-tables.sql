-- The tables of the usage-limit core. Constraints state the invariants, so that a bug becomes an error
-- instead of a lost coupon.

create table account (
  id bigint generated always as identity primary key,
  name text not null unique check (length(name) between 1 and 100),
  -- Days of validity are days in this zone (rule 3).
  time_zone text not null,
  created_at timestamptz not null default now()
);

create table coupon (
  id uuid primary key,
  account_id bigint not null references account,
  code text not null check (code ~ '^[A-Z0-9]{8,16}$'),
  name text not null,
  discount_kind text not null check (discount_kind in ('percent', 'amount')),
  discount numeric(14, 2) not null,
  currency text,
  starts_on date,
  ends_on date,
  user_limit integer not null check (user_limit between 1 and 1000000000),
  onsite boolean not null,
  -- scrypt with its salt; the password itself is stored nowhere (rule 4).
  onsite_password_hash text,
  memo text not null check (length(memo) <= 500),
  url text not null,
  image_url text not null,
  domain text not null,
  group_id integer,
  template_id integer,
  issued_to jsonb not null,
  webhook_enabled boolean not null,
  created_at timestamptz not null default now(),
  -- A deleted coupon keeps its row, so that its redemptions stay in the log (rule 5).
  deleted_at timestamptz,
  check (discount_kind <> 'percent' or discount between 1 and 100),
  check (discount_kind <> 'amount' or (discount > 0 and currency is not null)),
  check (starts_on <= ends_on),
  check (onsite or onsite_password_hash is null)
);

-- One living coupon a code; a deleted coupon's code may be created anew with a new identity (rule 5).
create unique index coupon_living_code on coupon (account_id, code) where deleted_at is null;

-- The hot row, apart from the wide coupon: no index on what changes and room on the page keep its updates
-- in place (HOT). An unlimited coupon (use_limit 0) never updates it: its uses are counted from the log.
create table coupon_usage (
  coupon_id uuid primary key references coupon,
  use_limit integer not null check (use_limit between 0 and 1000000000),
  used integer not null default 0 check (used >= 0),
  check (use_limit = 0 or used <= use_limit),
  check (use_limit > 0 or used = 0)
) with (fillfactor = 50);

-- The log: one row a redemption, never changed (rule 7).
create table redemption (
  id uuid primary key,
  account_id bigint not null references account,
  coupon_id uuid not null references coupon,
  -- The how-manieth use of the coupon, from 1; null for an unlimited coupon.
  ordinal integer check (ordinal >= 1),
  user_id text check (length(user_id) between 1 and 200),
  -- The how-manieth use by this user, from 1.
  user_ordinal integer check (user_ordinal >= 1),
  memo text not null check (length(memo) <= 500),
  idempotency_key text,
  redeemed_at timestamptz not null,
  check ((user_id is null) = (user_ordinal is null)),
  unique (coupon_id, ordinal),
  unique (coupon_id, user_id, user_ordinal)
);

-- Pages of the log, newest first: ids are UUIDs of version 7, which sort by time.
create index redemption_by_account on redemption (account_id, id);

create function refuse_change_of_the_log() returns trigger language plpgsql as $$
begin
  raise exception 'the redemption log is append-only';
end
$$;

create trigger redemption_is_append_only before update or delete or truncate on redemption
  for each statement execute function refuse_change_of_the_log();

-- Answers of writes that had an effect, by the caller's key (rule 8).
create table idempotency_key (
  account_id bigint not null references account,
  key text not null check (length(key) between 1 and 255),
  -- SHA-256 of the operation and its input: the same key with another one is refused.
  fingerprint text not null,
  answer jsonb not null,
  created_at timestamptz not null default now(),
  primary key (account_id, key)
);

-- Wrong on-site passwords, per coupon and caller; caller '' stands for all callers together (rule 4).
create table onsite_password_attempt (
  coupon_id uuid not null references coupon,
  caller text not null,
  failures integer not null default 0,
  locked_until timestamptz,
  primary key (coupon_id, caller)
);
