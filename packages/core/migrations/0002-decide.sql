-- The decisions of the core. `take_units` redeems and reserves, for many requests at once; `settle_redemption`
-- confirms, releases and rolls back, one at a time. Each is one statement, and so one transaction, for its caller.
--
-- Locks are always taken in this order, and within a kind in the order of what they lock, so that no cycle arises:
-- keys, then codes, then counters, then rows of the log.

-- The key's number in the space of advisory locks. Two keys with one number only wait for each other.
create function key_lock(p_account_id bigint, p_key text) returns bigint language sql immutable as $$
  select hashtextextended(p_account_id::text || ':' || p_key, 0)
$$;

-- Takes a key for this transaction, so that a repeat that arrives meanwhile waits for the first, and then:
--   null                                  the key is free
--   {"outcome": "replayed", "answer": …}  the key had this effect before
--   {"outcome": "key-reused"}             the key belongs to another request
--   {"outcome": "key-in-use"}             the first request is still running, longer than a lock may be waited for
create function claim_idempotency_key(p_account_id bigint, p_key text, p_fingerprint text)
returns jsonb language plpgsql as $$
declare
  v_stored idempotency_key;
begin
  begin
    perform pg_advisory_xact_lock(key_lock(p_account_id, p_key));
  exception when lock_not_available then
    return jsonb_build_object('outcome', 'key-in-use');
  end;
  select * into v_stored from idempotency_key where account_id = p_account_id and key = p_key;
  return case
    when not found then null
    when v_stored.fingerprint <> p_fingerprint then jsonb_build_object('outcome', 'key-reused')
    else jsonb_build_object('outcome', 'replayed', 'answer', v_stored.answer)
  end;
end
$$;

-- Holds the code until the transaction ends: shared by redemptions, or alone to change what it stands for.
create function lock_code(p_account_id bigint, p_code text, p_alone boolean) returns void language plpgsql as $$
begin
  if p_alone then
    perform pg_advisory_xact_lock(hashtext(p_account_id::text), hashtext(p_code));
  else
    perform pg_advisory_xact_lock_shared(hashtext(p_account_id::text), hashtext(p_code));
  end if;
end
$$;

-- Ends the reservations of these coupons whose time is over, and gives their units back. Nothing depends on when
-- this happens: who needs a unit calls it first, under the lock of the counter.
create function expire_reservations(p_coupon_ids uuid[], p_now timestamptz) returns void language sql as $$
  with expired as (
    update redemption set status = 'EXPIRED', ended_at = p_now
    where coupon_id = any(p_coupon_ids) and status = 'RESERVED' and expires_at <= p_now
    returning coupon_id
  )
  update coupon_usage set held = held - expired_here
  from (select coupon_id, count(*)::int as expired_here from expired group by coupon_id) as gone
  where coupon_usage.coupon_id = any(p_coupon_ids) and coupon_usage.coupon_id = gone.coupon_id and use_limit > 0
$$;

-- A moment as answers spell it: ISO 8601, UTC, milliseconds.
create function iso_time(p_time timestamptz) returns text language sql stable as $$
  select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- A request for one unit.
create type take as (
  -- Its place in the order of arrival.
  n integer,
  -- The id of the redemption or reservation that it becomes.
  id uuid,
  account_id bigint,
  code text,
  user_id text,
  memo text,
  -- The stored password hash that the caller compared the given password with.
  verified_hash text,
  key text,
  fingerprint text,
  -- Null redeems; otherwise reserves for so long.
  ttl_seconds integer
);

-- Decides requests for units in the order of their arrival, and answers with one verdict for each, in that order:
--   {"outcome": "taken" | "replayed", "answer": …} | {"outcome": "rejected", "reason": …}
--   {"outcome": "key-reused"} | {"outcome": "key-in-use"}
--   {"outcome": "again"}  another process gave the same user the same ordinal: decide anew
-- No two requests of one call have the same key: the caller sees to that.
create function take_units(p_takes jsonb) returns jsonb language plpgsql
-- Planned once a connection, and never so that a table is read whole: a plan made while the tables are small must do
-- when they are large. `lateral (… offset 0)` keeps each look-up a look-up by index, one request at a time; what joins
-- requests with requests must not be done so, since it would compare each with each.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_nestloop = off set jit = off
as $$
declare
  v_takes take[];
  v_limited uuid[];
  v_has_reservations boolean;
  v_now timestamptz;
  v_verdicts jsonb;
begin
  select array_agg(item order by item.n) into v_takes from jsonb_populate_recordset(null::take, p_takes) as item;

  -- 1. The keys are ours: their first requests have come to their end. A request that waits too long fails alone,
  --    since the caller halves a batch that fails.
  begin
    perform pg_advisory_xact_lock(lock) from (
      select distinct key_lock(account_id, key) as lock from unnest(v_takes) where key is not null order by lock
    ) as locks;
  exception when lock_not_available then
    if cardinality(v_takes) > 1 then raise; end if;
    return jsonb_build_array(jsonb_build_object('outcome', 'key-in-use'));
  end;

  -- 2. Until commit nobody creates, changes or deletes a coupon of these codes. Redemptions do not wait for each
  --    other here, and a change waits in line with them. The lock is that of `lock_code`, spelled out for speed.
  perform pg_advisory_xact_lock_shared(hashtext(account_id::text), hashtext(code)) from (
    select distinct account_id, code from unnest(v_takes) order by account_id, code
  ) as codes;

  -- 3. The counters with units left are ours. A coupon that is used up needs no lock, since nothing is taken from it:
  --    not even when a rollback gives a unit back before step 4.
  select coalesce(array_agg(coupon_id), '{}'), coalesce(bool_or(held > 0), false) into v_limited, v_has_reservations
  from (
    select coupon_id, held from coupon_usage
    where use_limit > 0 and used < use_limit and coupon_id = any(array(
      select distinct coupon.id from unnest(v_takes) as item cross join lateral (
        select id from coupon where account_id = item.account_id and code = item.code and deleted_at is null offset 0
      ) as coupon
    ))
    order by coupon_id for update
  ) as locked;
  v_now := clock_timestamp();
  if v_has_reservations then
    perform expire_reservations(v_limited, v_now);
  end if;

  -- 4. Every request is judged by the same picture, which nothing can change now, and the grants are written.
  with known as (
    select item.*,
      stored.fingerprint as stored_fingerprint, stored.answer as stored_answer,
      coupon.id as coupon_id, user_limit, starts_on, ends_on, onsite_password_hash,
      use_limit, used, granted, held, use_limit - used - held as free,
      (v_now at time zone time_zone)::date as today
    from unnest(v_takes) as item
    left join lateral (
      select * from idempotency_key where account_id = item.account_id and key = item.key offset 0
    ) as stored on true
    left join lateral (
      select * from coupon where account_id = item.account_id and code = item.code and deleted_at is null offset 0
    ) as coupon on stored.fingerprint is null
    left join lateral (select * from coupon_usage where coupon_id = coupon.id offset 0) as usage on true
    left join lateral (select time_zone from account where id = item.account_id offset 0) as account on true
  ), with_user as (
    select known.*, coalesce(live, 0) as user_live, coalesce(ever, 0) as user_ever
    from known left join lateral (
      select
        count(*) filter (where status = 'REDEEMED' or (status = 'RESERVED' and expires_at > v_now)) as live,
        max(user_ordinal) as ever
      from redemption where coupon_id = known.coupon_id and redemption.user_id = known.user_id offset 0
    ) as by_user on known.coupon_id is not null and known.user_id is not null
  ), judged as (
    -- What stands against a request by itself.
    select *, case
      when stored_fingerprint is not null then null
      when coupon_id is null then 'NOT_FOUND'
      when today < starts_on then 'NOT_STARTED'
      when today > ends_on then 'EXPIRED'
      when user_id is not null and user_live >= user_limit then 'ALREADY_REDEEMED_BY_USER'
      when use_limit > 0 and coupon_id <> all(v_limited) then 'EXHAUSTED'
      when use_limit >= 2 and user_id is null then 'USER_ID_REQUIRED'
      when onsite_password_hash is null or onsite_password_hash = verified_hash then null
      when verified_hash is null then 'ONSITE_PASSWORD_REQUIRED'
      else 'ONSITE_PASSWORD_WRONG'
    end as reason
    from with_user
  ), by_user as (
    -- The first ones of a user in this batch, as many as he has left.
    select *, case when user_id is not null then row_number() over (partition by coupon_id, user_id order by n) end as nth
    from judged where stored_fingerprint is null and reason is null
  ), seated as (
    -- The first ones of a coupon, as many as it has left.
    select *, row_number() over (partition by coupon_id order by n) as seat,
      count(*) filter (where ttl_seconds is null) over (partition by coupon_id order by n) as redeemed_so_far
    from by_user where nth is null or user_live + nth <= user_limit
  ), winning as (
    select * from seated where use_limit = 0 or seat <= free
  ), written as (
    insert into redemption (
      id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, status, taken_at, expires_at,
      redeemed_at
    )
    select id, account_id, coupon_id, case when use_limit > 0 then granted + seat end, user_id, user_ever + nth,
      memo, key, case when ttl_seconds is null then 'REDEEMED' else 'RESERVED' end, v_now,
      v_now + make_interval(secs => ttl_seconds), case when ttl_seconds is null then v_now end
    from winning order by coupon_id, user_id, n
    -- Only on an unlimited coupon, whose counter is not locked, can another process have been first.
    on conflict (coupon_id, user_id, user_ordinal) do nothing
    returning id, ordinal, expires_at, redeemed_at
  ), answered as (
    select winning.*, jsonb_build_object(
      'redemptionId', id,
      'ordinal', ordinal,
      'used', case when use_limit > 0 then used + redeemed_so_far end,
      'remaining', case when use_limit > 0 then free - seat end,
      'redeemedAt', iso_time(redeemed_at),
      'expiresAt', iso_time(expires_at)
    ) as answer
    from winning join written using (id)
  ), remembered as (
    insert into idempotency_key (account_id, key, fingerprint, answer)
    select account_id, key, fingerprint, answer from answered where key is not null order by account_id, key
  ), counted as (
    update coupon_usage set used = used + redeemed, held = held + reserved, granted = granted + taken
    from (
      select coupon_id, count(*) as taken, count(*) filter (where ttl_seconds is null) as redeemed,
        count(*) filter (where ttl_seconds is not null) as reserved
      from answered where use_limit > 0 group by coupon_id
    ) as batch
    where coupon_usage.coupon_id = any(v_limited) and coupon_usage.coupon_id = batch.coupon_id
  ), user_grants as (
    select coupon_id, user_id, count(*) as grants from winning where user_id is not null group by coupon_id, user_id
  )
  select jsonb_agg(
    case
      when answered.answer is not null then jsonb_build_object('outcome', 'taken', 'answer', answered.answer)
      when judged.stored_fingerprint = judged.fingerprint
        then jsonb_build_object('outcome', 'replayed', 'answer', judged.stored_answer)
      when judged.stored_fingerprint is not null then jsonb_build_object('outcome', 'key-reused')
      when judged.reason is not null then jsonb_build_object('outcome', 'rejected', 'reason', judged.reason)
      when winning.id is not null then jsonb_build_object('outcome', 'again')
      when judged.user_live + coalesce(user_grants.grants, 0) >= judged.user_limit and judged.user_id is not null
        then jsonb_build_object('outcome', 'rejected', 'reason', 'ALREADY_REDEEMED_BY_USER')
      when judged.held > 0 or reserving.coupon_id is not null
        then jsonb_build_object('outcome', 'rejected', 'reason', 'ALL_HELD')
      else jsonb_build_object('outcome', 'rejected', 'reason', 'EXHAUSTED')
    end order by judged.n
  ) into v_verdicts
  from judged
  left join answered on answered.n = judged.n
  left join winning on winning.n = judged.n
  left join user_grants
    on user_grants.coupon_id = judged.coupon_id and user_grants.user_id = judged.user_id
  left join (select distinct coupon_id from winning where ttl_seconds is not null) as reserving
    on reserving.coupon_id = judged.coupon_id;
  return v_verdicts;
end
$$;

-- Moves a redemption on: p_step is CONFIRM or RELEASE of a reservation, or ROLLBACK of a redemption.
--   {"outcome": "settled" | "replayed", "answer": the redemption}
--   {"outcome": "rejected", "reason": …} | {"outcome": "key-reused"} | {"outcome": "key-in-use"}
-- To confirm or release again what was, is answered again; a second rollback is refused, whatever its key.
create function settle_redemption(
  p_step text, p_account_id bigint, p_id uuid, p_reason text, p_key text, p_fingerprint text
) returns jsonb language plpgsql as $$
declare
  v_outcome jsonb;
  v_redemption redemption;
  v_coupon coupon;
  v_usage coupon_usage;
  v_now timestamptz;
  v_user_live integer;
  v_was text;
begin
  -- 1. The key is ours, or was answered before.
  if p_key is not null then
    v_outcome := claim_idempotency_key(p_account_id, p_key, p_fingerprint);
    if v_outcome is not null then
      return v_outcome;
    end if;
  end if;

  -- 2. Until commit nobody changes the coupon, takes a unit of it, or moves this redemption on. Its coupon may be
  --    deleted: what was granted before stays good.
  select * into v_redemption from redemption where account_id = p_account_id and id = p_id;
  if not found then
    return rejection(p_step, null);
  end if;
  select * into v_coupon from coupon where id = v_redemption.coupon_id;
  -- A confirmation that comes late is a use like any other. Of an unlimited coupon, no counter keeps it and another
  -- use by the same user apart, so that it takes the code alone.
  perform lock_code(p_account_id, v_coupon.code, p_step = 'CONFIRM' and v_redemption.user_id is not null
    and exists (select from coupon_usage where coupon_id = v_coupon.id and use_limit = 0));
  select * into v_coupon from coupon where id = v_redemption.coupon_id;
  select * into v_usage from coupon_usage where coupon_id = v_coupon.id;
  if v_usage.use_limit > 0 then
    perform from coupon_usage where coupon_id = v_coupon.id for update;
    v_now := clock_timestamp();
    perform expire_reservations(array[v_coupon.id], v_now);
    select * into v_usage from coupon_usage where coupon_id = v_coupon.id;
  end if;
  select * into v_redemption from redemption where account_id = p_account_id and id = p_id for update;
  v_now := coalesce(v_now, clock_timestamp());
  v_was := v_redemption.status;

  -- 3. What follows from the state it is in.
  case p_step
    when 'CONFIRM' then
      if v_was in ('RELEASED', 'ROLLED_BACK') then
        return rejection(p_step, v_was);
      elsif v_was = 'EXPIRED' or (v_was = 'RESERVED' and v_redemption.expires_at <= v_now) then
        -- Too late: it takes a unit as a new redemption would, where one is free for this user.
        select count(*) into v_user_live from redemption
          where coupon_id = v_coupon.id and user_id = v_redemption.user_id and id <> p_id
            and (status = 'REDEEMED' or (status = 'RESERVED' and expires_at > v_now));
        if v_coupon.deleted_at is not null
          or (v_now at time zone (select time_zone from account where id = p_account_id))::date
            not between coalesce(v_coupon.starts_on, '-infinity') and coalesce(v_coupon.ends_on, 'infinity')
          or (v_usage.use_limit > 0 and v_usage.used + v_usage.held >= v_usage.use_limit)
          or v_user_live >= v_coupon.user_limit
        then
          return rejection(p_step, 'EXPIRED');
        end if;
      end if;
      if v_was <> 'REDEEMED' then
        update redemption set status = 'REDEEMED', redeemed_at = v_now, ended_at = null
          where account_id = p_account_id and id = p_id returning * into v_redemption;
      end if;
    when 'RELEASE' then
      if v_was in ('REDEEMED', 'ROLLED_BACK') then
        return rejection(p_step, v_was);
      elsif v_was = 'RESERVED' then
        update redemption set status = case when expires_at > v_now then 'RELEASED' else 'EXPIRED' end, ended_at = v_now
          where account_id = p_account_id and id = p_id returning * into v_redemption;
      end if;
    when 'ROLLBACK' then
      if v_was <> 'REDEEMED' then
        return rejection(p_step, v_was);
      end if;
      update redemption set status = 'ROLLED_BACK', ended_at = v_now, rollback_reason = p_reason
        where account_id = p_account_id and id = p_id returning * into v_redemption;
  end case;

  -- 4. The counter agrees with the log.
  if v_usage.use_limit > 0 then
    update coupon_usage set
      used = used + (v_redemption.status = 'REDEEMED')::int - (v_was = 'REDEEMED')::int,
      held = held - (v_was = 'RESERVED' and v_redemption.status <> 'RESERVED')::int
    where coupon_id = v_coupon.id;
  end if;

  -- 5. The answer is stored with the effect.
  v_outcome := jsonb_build_object(
    'redemptionId', v_redemption.id,
    'code', v_coupon.code,
    'status', v_redemption.status,
    'ordinal', v_redemption.ordinal,
    'userId', v_redemption.user_id,
    'memo', v_redemption.memo,
    'redeemedAt', iso_time(v_redemption.redeemed_at),
    'expiresAt', iso_time(v_redemption.expires_at),
    'endedAt', iso_time(v_redemption.ended_at),
    'rollbackReason', v_redemption.rollback_reason
  );
  if p_key is not null then
    insert into idempotency_key (account_id, key, fingerprint, answer)
      values (p_account_id, p_key, p_fingerprint, v_outcome);
  end if;
  return jsonb_build_object('outcome', 'settled', 'answer', v_outcome);
end
$$;

-- Why a step cannot be made from a state; null is no such redemption.
create function rejection(p_step text, p_status text) returns jsonb language sql immutable as $$
  select jsonb_build_object('outcome', 'rejected', 'reason', case
    when p_step = 'CONFIRM' and p_status = 'EXPIRED' then 'RESERVATION_EXPIRED'
    when p_step = 'ROLLBACK' and p_status = 'ROLLED_BACK' then 'ALREADY_ROLLED_BACK'
    when p_step = 'ROLLBACK' then 'REDEMPTION_NOT_FOUND'
    else 'RESERVATION_NOT_FOUND'
  end)
$$;
