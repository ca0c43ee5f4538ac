-- Who may call the REST API.

create table account_plan (
  account_id bigint primary key references account,
  plan text not null
    check (plan in ('free', 'personal', 'premium', 'business', 'business-plus', 'enterprise'))
);

create table api_key (
  id bigint generated always as identity primary key,
  account_id bigint not null references account_plan,
  -- SHA-256 in hex: keys are long and random, so a fast hash keeps them secret.
  key_hash text not null unique check (key_hash ~ '^[0-9a-f]{64}$'),
  label text not null,
  -- A key for load runs: its plan's windows are not enforced.
  rate_limits_lifted boolean not null default false,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
