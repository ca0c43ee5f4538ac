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
  -- Redemptions that stand.
  used integer not null default 0 check (used >= 0),
  -- Reservations that are neither confirmed nor released, and not yet found to have expired.
  held integer not null default 0 check (held >= 0),
  -- Units ever handed out; the next ordinal is one more. A unit that came back gets a new ordinal next time.
  granted integer not null default 0 check (granted >= 0),
  constraint never_oversold check (use_limit = 0 or used + held <= use_limit),
  check (use_limit > 0 or (used = 0 and held = 0 and granted = 0)),
  check (used + held <= granted)
) with (
  fillfactor = 50,
  -- Dead versions of a hot row slow every redemption down until they are swept.
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
);

-- The log: one row a redemption or reservation. A row is never removed, and what it says is never changed:
-- its state only moves on, and each moment is filled in once (rule 7).
create table redemption (
  id uuid not null,
  account_id bigint not null,
  -- No foreign key: coupons are never removed, and checking it would cost every redemption a look-up.
  coupon_id uuid not null,
  -- The how-manieth unit of the coupon, from 1; null for an unlimited coupon.
  ordinal integer check (ordinal >= 1),
  user_id text check (length(user_id) between 1 and 200),
  -- The how-manieth unit of this user, from 1.
  user_ordinal integer check (user_ordinal >= 1),
  memo text not null check (length(memo) <= 500),
  idempotency_key text,
  status text not null
    check (status in ('RESERVED', 'REDEEMED', 'RELEASED', 'EXPIRED', 'ROLLED_BACK')),
  taken_at timestamptz not null,
  -- Of a reservation: until when it holds its unit.
  expires_at timestamptz,
  redeemed_at timestamptz,
  -- When it was released, found to have expired, or rolled back.
  ended_at timestamptz,
  rollback_reason text check (length(rollback_reason) <= 500),
  primary key (account_id, id),
  check ((user_id is null) = (user_ordinal is null)),
  check (expires_at is not null or status in ('REDEEMED', 'ROLLED_BACK')),
  check ((redeemed_at is not null) = (status in ('REDEEMED', 'ROLLED_BACK'))),
  check ((rollback_reason is not null) = (status = 'ROLLED_BACK')),
  check (ended_at is not null or status in ('RESERVED', 'REDEEMED'))
) with (
  -- Confirmations and rollbacks change rows in place.
  fillfactor = 90
);

create unique index redemption_ordinal on redemption (coupon_id, ordinal) where ordinal is not null;
create unique index redemption_user on redemption (coupon_id, user_id, user_ordinal);
-- Reservations that may have expired.
create index redemption_held on redemption (coupon_id, expires_at) where status = 'RESERVED';

create function keep_the_log() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE'
    or (old.status, new.status) not in (
      ('RESERVED', 'REDEEMED'), ('RESERVED', 'RELEASED'), ('RESERVED', 'EXPIRED'),
      -- A late confirmation, where a unit is free.
      ('EXPIRED', 'REDEEMED'),
      ('REDEEMED', 'ROLLED_BACK')
    )
    or (old.id, old.account_id, old.coupon_id, old.memo, old.taken_at)
      is distinct from (new.id, new.account_id, new.coupon_id, new.memo, new.taken_at)
    or (old.ordinal, old.user_id, old.user_ordinal, old.idempotency_key, old.expires_at)
      is distinct from (new.ordinal, new.user_id, new.user_ordinal, new.idempotency_key, new.expires_at)
    or (old.redeemed_at is not null and old.redeemed_at is distinct from new.redeemed_at)
  then
    raise exception 'the redemption log is append-only';
  end if;
  return new;
end
$$;

create trigger redemption_moves_on before update on redemption
  for each row execute function keep_the_log();
create trigger redemption_stays before delete or truncate on redemption
  for each statement execute function keep_the_log();

-- Answers of writes that had an effect, by the caller's key (rule 8).
create table idempotency_key (
  account_id bigint not null,
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
  -- Failures are counted from here, and from zero again when this is long ago.
  counted_since timestamptz not null default clock_timestamp(),
  locked_until timestamptz,
  primary key (coupon_id, caller)
);
