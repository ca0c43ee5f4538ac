-- Giving a single use back on an upstream that cannot: its coupon is deleted, and created again with all it had.

-- The settings of a coupon for a single use, as it was last seen unused: once used, it is shown no more.
alter table journal_coupon add column settings jsonb;

alter table journal_hold add column released_at timestamptz;

create table journal_rollback (
  -- Of the redemption.
  idempotency_key text primary key references journal_entry,
  -- Of the rollback itself.
  rollback_key text not null unique,
  code text not null references journal_coupon,
  reason text not null,
  settings jsonb not null,
  -- What is to be done next. A step that was sent without an answer is repeated: neither can be done twice.
  step text not null check (step in ('DELETE', 'CREATE', 'DONE', 'NEEDS_REVIEW')),
  problem text,
  -- A deletion without an answer may arrive until then, and must not meet the new coupon.
  create_after timestamptz,
  -- Somebody is at it until then.
  worked_until timestamptz,
  begun_at timestamptz not null default clock_timestamp(),
  rolled_back_at timestamptz,
  check ((step = 'DONE') = (rolled_back_at is not null)),
  check ((step = 'NEEDS_REVIEW') = (problem is not null))
);

create index journal_rollback_open on journal_rollback (code) where step in ('DELETE', 'CREATE');
