-- The journal of redemptions on an upstream that keeps no idempotency keys.
--
-- Every change of an entry is made under the lock of its coupon, taken first, and raises the coupon's version. So
-- whoever looks at the upstream between two moments can tell what of this journal changed in between.

-- A client that is at work. Its entries are in flight until it stops renewing, by this database's clock.
create table journal_owner (
  id uuid primary key,
  alive_until timestamptz not null
);

create table journal_coupon (
  code text primary key,
  version integer not null default 0,
  -- Uses that the upstream shows once all that is settled here has arrived. Null: never looked at.
  known_count integer check (known_count >= 0),
  -- The coupon as it was last seen; null like known_count.
  use_limit integer check (use_limit >= 0),
  starts_on text,
  ends_on text,
  requires_onsite_password boolean,
  is_onsite boolean,
  -- Uses that no entry accounts for. From the first on, the count alone proves no effect of an entry.
  foreign_uses integer not null default 0,
  -- Nothing is sent before: the uses are being counted.
  paused_until timestamptz,
  -- Somebody is settling its entries, or has just done so.
  settling_until timestamptz
);

create table journal_entry (
  idempotency_key text primary key,
  fingerprint text not null,
  code text not null references journal_coupon,
  user_id text,
  memo text,
  state text not null
    check (state in ('SENDING', 'PENDING', 'REDEEMED', 'NO_EFFECT', 'NEEDS_REVIEW', 'ROLLED_BACK')),
  -- How often this key was meant to be sent, from 1; the memo that is sent carries it.
  attempt integer not null,
  -- Names the attempt to the one who makes it.
  claim uuid not null,
  owner uuid not null,
  -- The coupon's version when this entry last changed.
  version integer not null,
  -- PENDING: from then on, what has not arrived at the upstream is taken never to arrive.
  settle_after timestamptz,
  -- What proves the state: an answer, the count, an event, a person.
  evidence text,
  -- Attempts that were taken not to have arrived. One of them may have been late all the same.
  lost_attempts integer not null default 0,
  -- What is known of an entry that a person has to look at.
  review jsonb,
  begun_at timestamptz not null default clock_timestamp(),
  -- When this journal learned that it happened.
  redeemed_at timestamptz,
  changed_at timestamptz not null default clock_timestamp(),
  check ((state = 'PENDING') = (settle_after is not null)),
  check (state not in ('REDEEMED', 'NO_EFFECT', 'ROLLED_BACK') or evidence is not null),
  check (state not in ('REDEEMED', 'ROLLED_BACK') or redeemed_at is not null),
  check (state <> 'NEEDS_REVIEW' or review is not null)
);

create index journal_entry_open on journal_entry (code) where state in ('SENDING', 'PENDING');
create index journal_entry_review on journal_entry (changed_at) where review is not null;
create index journal_entry_forgettable on journal_entry (changed_at)
  where state = 'NO_EFFECT' and lost_attempts = 0;
create index journal_entry_of_coupon on journal_entry (code, version);
create index journal_entry_of_user on journal_entry (code, user_id) where state = 'REDEEMED';

-- A unit of a coupon set aside, as far as this journal knows: the upstream knows nothing of it.
create table journal_hold (
  id uuid primary key,
  -- Of the reservation, and of the redemption that confirms it.
  idempotency_key text not null unique,
  fingerprint text not null,
  code text not null references journal_coupon,
  user_id text,
  memo text,
  state text not null check (state in ('RESERVED', 'CONFIRMED', 'RELEASED')),
  expires_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp()
);

create index journal_hold_live on journal_hold (code, expires_at) where state = 'RESERVED';
