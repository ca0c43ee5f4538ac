-- How far the import of a file has come. It moves on in the transaction that creates the coupons of a chunk, so that
-- a second run of a file that was interrupted creates none twice and leaves none out.
create table import_job (
  account_id bigint not null references account,
  -- SHA-256 in hex of the file: another file is another import.
  file_hash text not null check (file_hash ~ '^[0-9a-f]{64}$'),
  -- Rows that were decided, from the first one on.
  done integer not null default 0 check (done >= 0),
  -- Rows, from 0, whose code somebody else took between the check of the file and their turn.
  taken integer[] not null default '{}',
  started_at timestamptz not null default now(),
  primary key (account_id, file_hash),
  check (cardinality(taken) <= done)
);
