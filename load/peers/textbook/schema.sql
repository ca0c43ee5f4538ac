create table if not exists coupons (
  id uuid primary key default gen_random_uuid(),
  code text not null,
  name text not null,
  discount_type integer not null,
  discount integer not null,
  starts_on date,
  ends_on date,
  use_limit integer not null check (use_limit >= 0),
  used integer not null default 0 check (use_limit = 0 or used <= use_limit),
  last_ordinal integer not null default 0,
  deleted_at timestamptz
);

create unique index if not exists coupons_code on coupons (code) where deleted_at is null;

create table if not exists redemptions (
  id uuid primary key default gen_random_uuid(),
  coupon_id uuid not null references coupons (id),
  ordinal integer not null,
  user_id text,
  memo text,
  idempotency_key text,
  redeemed_at timestamptz not null default now(),
  rolled_back_at timestamptz,
  rollback_reason text,
  unique (coupon_id, ordinal)
);

-- A user redeems a coupon once.
create unique index if not exists redemptions_user on redemptions (coupon_id, user_id)
  where rolled_back_at is null;

-- What was answered to a key. In the transaction of its effect, so that there is either both or neither.
create table if not exists idempotency_keys (
  key text primary key,
  request_hash text not null,
  response jsonb,
  created_at timestamptz not null default now()
);
