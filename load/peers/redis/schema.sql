-- The log behind the counter. There is no constraint on `used`: Redis has decided already, and what it granted is to be
-- recorded.
create table if not exists coupons (
  id uuid primary key default gen_random_uuid(),
  code text not null,
  name text not null,
  discount_type integer not null,
  discount integer not null,
  starts_on date,
  ends_on date,
  use_limit integer not null check (use_limit >= 0),
  used integer not null default 0,
  last_ordinal integer not null default 0,
  deleted_at timestamptz
);

create unique index if not exists coupons_code on coupons (code) where deleted_at is null;

create table if not exists redemptions (
  id uuid primary key,
  coupon_id uuid not null references coupons (id),
  ordinal integer not null,
  user_id text,
  memo text,
  idempotency_key text,
  request_hash text,
  redeemed_at timestamptz not null,
  rolled_back_at timestamptz,
  rollback_reason text
);

create index if not exists redemptions_coupon on redemptions (coupon_id, ordinal);
