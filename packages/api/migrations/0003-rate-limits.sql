-- How often each key has called, by window, shared by all processes. The columns are those of
-- rate-limiter-flexible's PostgreSQL store, which reads and writes the table; three rows a key, updated in place.
create table rate_limit_window (
  key varchar(255) primary key,
  points integer not null default 0,
  -- Unix time in milliseconds at which the window ends.
  expire bigint
) with (fillfactor = 50);

-- Windows agreed on with one account, in place of its plan's.
alter table account_plan
  add column calls_per_minute integer check (calls_per_minute > 0),
  add column calls_per_hour integer check (calls_per_hour > 0),
  add column calls_per_day integer check (calls_per_day > 0),
  add check (num_nulls(calls_per_minute, calls_per_hour, calls_per_day) in (0, 3));
