-- Many coupons from one request, a chunk a transaction, so that a crash in the middle loses nothing and doubles
-- nothing: what a job has made follows from its row alone.

create table bulk_job (
  id uuid primary key,
  account_id bigint not null references account,
  -- Coupons to make. The codes are a stream that the seed determines; some may be taken already.
  count integer not null check (count between 1 and 1000000),
  code_length integer not null check (code_length between 8 and 16),
  code_prefix text not null check (code_prefix ~ '^[A-Z0-9]{0,16}$'),
  -- In hex. As secret as the codes: who has it can compute them.
  seed text not null check (seed ~ '^[0-9a-f]{64}$'),
  -- What all its coupons share, in the terms of the core.
  coupon jsonb not null,
  onsite_password_hash text,
  -- How many codes of the stream were tried: all before it are coupons, but for those that were skipped.
  position integer not null default 0 check (position >= 0),
  -- Positions whose codes a living coupon had already. Few: a space is never dense.
  skipped integer[] not null default '{}',
  created_at timestamptz not null default now(),
  constraint never_too_many check (position - cardinality(skipped) <= count)
);
