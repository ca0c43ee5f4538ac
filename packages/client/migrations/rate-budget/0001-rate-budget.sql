-- The calls of upstream keys, shared by all processes that use one: see src/budget/ledger.ts for what it holds.
create table rate_budget (
  -- SHA-256 of the key, in hex: the key itself is kept nowhere.
  key_hash text primary key,
  ledger jsonb not null,
  changed_at timestamptz not null default now()
);
