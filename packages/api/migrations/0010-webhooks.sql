-- Webhooks: where events are reported to, and what is still to be reported. The account's coupons report to its endpoint
-- without a group, except those of a group that has one of its own.
create table webhook_endpoint (
  id bigint generated always as identity primary key,
  account_id bigint not null references account,
  group_id integer,
  url text not null check (length(url) <= 2000),
  -- Kept as they are: both sides need them to sign.
  secret text not null,
  -- While a rotation lasts, the one before signs too.
  previous_secret text,
  previous_secret_until timestamptz,
  created_at timestamptz not null default now(),
  unique nulls not distinct (account_id, group_id),
  check ((previous_secret is null) = (previous_secret_until is null))
);

-- One row a coupon number that has something to report: who holds its claim sends its first event, alone, and so they
-- are sent in order. Lanes fail apart from each other.
create table webhook_lane (
  endpoint_id bigint not null references webhook_endpoint on delete cascade,
  code text not null,
  -- When it may be claimed. A claim moves it ahead by its lease: that of a process that died lapses by itself.
  due_at timestamptz not null,
  claim uuid,
  -- Attempts that failed since the last that did not.
  failures integer not null default 0,
  primary key (endpoint_id, code)
);

create index webhook_lane_due on webhook_lane (endpoint_id, due_at);

-- Events that are to be delivered, or were given up.
create table webhook_delivery (
  event_id uuid primary key,
  -- The core's order.
  sequence bigint not null unique,
  endpoint_id bigint not null references webhook_endpoint on delete cascade,
  code text not null,
  action text not null check (action in ('NONE', 'ADD', 'REMOVE')),
  -- The bytes of every attempt.
  body text not null,
  attempts integer not null default 0,
  -- The time in which it is tried counts from here.
  queued_at timestamptz not null default clock_timestamp(),
  last_failure text,
  -- Given up: a dead letter.
  dead_at timestamptz
);

create index webhook_delivery_waiting on webhook_delivery (endpoint_id, code, sequence) where dead_at is null;
create index webhook_delivery_dead on webhook_delivery (endpoint_id, sequence) where dead_at is not null;

-- Ends an attempt: p_outcome is delivered, retry (after p_delay_ms) or dead. False: the claim has lapsed, and whoever
-- has it now delivers the event again.
create function settle_webhook_delivery(
  p_endpoint_id bigint, p_code text, p_claim uuid, p_event_id uuid, p_outcome text, p_delay_ms float8, p_failure text
) returns boolean language plpgsql as $$
begin
  -- 1. Until commit nobody adds to the lane: to see that it is empty and to remove it are one.
  perform from webhook_lane where endpoint_id = p_endpoint_id and code = p_code and claim = p_claim for update;
  if not found then
    return false;
  end if;

  -- 2. The event is gone, or says what happened to it.
  if p_outcome = 'delivered' then
    delete from webhook_delivery where event_id = p_event_id;
  else
    update webhook_delivery set
      attempts = attempts + 1, last_failure = p_failure,
      dead_at = case when p_outcome = 'dead' then clock_timestamp() end
    where event_id = p_event_id;
  end if;

  -- 3. The lane is free for its next event, or gone.
  if exists (select from webhook_delivery where endpoint_id = p_endpoint_id and code = p_code and dead_at is null) then
    update webhook_lane set
      claim = null, due_at = clock_timestamp() + make_interval(secs => p_delay_ms / 1000),
      failures = case when p_outcome = 'delivered' then 0 else failures + 1 end
    where endpoint_id = p_endpoint_id and code = p_code;
  else
    delete from webhook_lane where endpoint_id = p_endpoint_id and code = p_code;
  end if;
  return true;
end
$$;
