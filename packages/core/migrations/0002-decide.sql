-- The decisions of the core: what becomes of a key, whether a coupon can be used, and one redemption.
-- Each function is one statement for its caller, and so one transaction, unless the caller holds one open.

-- Takes the key for this transaction, so that a repeat that arrives meanwhile waits for the first, and then:
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
    -- Two keys with one hash only wait for each other. Taken before every row lock, so no cycle can arise.
    perform pg_advisory_xact_lock(hashtextextended(p_account_id || ':' || p_key, 0));
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

-- Holds the code until the transaction ends: shared with other redemptions, or alone to change what it stands for.
-- Always taken after the key and before row locks.
create function lock_code(p_account_id bigint, p_code text, p_alone boolean) returns void language plpgsql as $$
begin
  if p_alone then
    perform pg_advisory_xact_lock(hashtext(p_account_id::text), hashtext(p_code));
  else
    perform pg_advisory_xact_lock_shared(hashtext(p_account_id::text), hashtext(p_code));
  end if;
end
$$;

-- The day it is now for an account, by the database's clock (rule 3).
create function today_of(p_account_id bigint) returns date language sql volatile as $$
  select (clock_timestamp() at time zone time_zone)::date from account where id = p_account_id
$$;

-- Why a coupon cannot be used (by this user, when one is given), or null. Shared by validate and redeem.
create function rejection_of(p_coupon coupon, p_usage coupon_usage, p_user_id text)
returns text language plpgsql volatile as $$
declare
  v_today date := today_of(p_coupon.account_id);
begin
  if v_today < p_coupon.starts_on then
    return 'NOT_STARTED';
  elsif v_today > p_coupon.ends_on then
    return 'EXPIRED';
  elsif p_user_id is not null and p_coupon.user_limit <= (
    select count(*) from redemption where coupon_id = p_coupon.id and user_id = p_user_id
  ) then
    return 'ALREADY_REDEEMED_BY_USER';
  elsif p_usage.use_limit > 0 and p_usage.used >= p_usage.use_limit then
    return 'EXHAUSTED';
  end if;
  return null;
end
$$;

-- Redeems a coupon once:
--   {"outcome": "redeemed" | "replayed", "answer": the redemption}
--   {"outcome": "rejected", "reason": …} | {"outcome": "key-reused"} | {"outcome": "key-in-use"}
-- p_verified_hash is the stored password hash that the caller compared the given password with, or null.
create function redeem_coupon(
  p_account_id bigint,
  p_redemption_id uuid,
  p_code text,
  p_user_id text,
  p_memo text,
  p_verified_hash text,
  p_key text,
  p_fingerprint text
) returns jsonb language plpgsql as $$
declare
  v_outcome jsonb;
  v_coupon coupon;
  v_usage coupon_usage;
  v_reason text;
  v_user_ordinal integer;
  v_redeemed_at timestamptz;
  v_answer jsonb;
begin
  -- 1. The key is ours, or was answered before. A rejection below leaves nothing, so a retry decides anew.
  if p_key is not null then
    v_outcome := claim_idempotency_key(p_account_id, p_key, p_fingerprint);
    if v_outcome is not null then
      return v_outcome;
    end if;
  end if;

  -- 2. Until commit nobody creates, changes or deletes a coupon of this code. Redemptions do not wait for each
  --    other here, and a change waits in line with them instead of starving behind them, as it would behind
  --    shared row locks.
  perform lock_code(p_account_id, p_code, false);
  select * into v_coupon from coupon
    where account_id = p_account_id and code = p_code and deleted_at is null;
  if not found then
    return jsonb_build_object('outcome', 'rejected', 'reason', 'NOT_FOUND');
  end if;
  select * into v_usage from coupon_usage where coupon_id = v_coupon.id;

  loop
    -- 3. What has no chance is turned away without waiting in the queue for the counter.
    v_reason := rejection_of(v_coupon, v_usage, p_user_id);
    if v_reason is null and v_usage.use_limit >= 2 and p_user_id is null then
      v_reason := 'USER_ID_REQUIRED';
    end if;
    if v_reason is null and v_coupon.onsite_password_hash is distinct from p_verified_hash
      and v_coupon.onsite_password_hash is not null then
      v_reason := case when p_verified_hash is null then 'ONSITE_PASSWORD_REQUIRED' else 'ONSITE_PASSWORD_WRONG' end;
    end if;
    if v_reason is not null then
      return jsonb_build_object('outcome', 'rejected', 'reason', v_reason);
    end if;

    -- 4. A limited coupon is decided under its counter's lock: after the wait, everything is judged again.
    if v_usage.use_limit > 0 then
      select * into v_usage from coupon_usage where coupon_id = v_coupon.id for update;
      v_reason := rejection_of(v_coupon, v_usage, p_user_id);
      if v_reason is not null then
        return jsonb_build_object('outcome', 'rejected', 'reason', v_reason);
      end if;
    end if;

    -- 5. The log row. Only on an unlimited coupon can the same user race himself to an ordinal: then decide again.
    if p_user_id is not null then
      select count(*) + 1 into v_user_ordinal from redemption
        where coupon_id = v_coupon.id and user_id = p_user_id;
    end if;
    insert into redemption (
      id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, redeemed_at
    ) values (
      p_redemption_id, p_account_id, v_coupon.id,
      case when v_usage.use_limit > 0 then v_usage.used + 1 end,
      p_user_id, v_user_ordinal, p_memo, p_key, clock_timestamp()
    )
    on conflict (coupon_id, user_id, user_ordinal) do nothing
    returning redeemed_at into v_redeemed_at;
    exit when found;
  end loop;

  -- 6. The counter agrees with the log.
  if v_usage.use_limit > 0 then
    update coupon_usage set used = used + 1 where coupon_id = v_coupon.id returning * into v_usage;
  end if;

  -- 7. The answer is stored with the effect: both commit, or neither.
  v_answer := jsonb_build_object(
    'redemptionId', p_redemption_id,
    'ordinal', case when v_usage.use_limit > 0 then v_usage.used end,
    'used', case when v_usage.use_limit > 0 then v_usage.used end,
    'remaining', case when v_usage.use_limit > 0 then v_usage.use_limit - v_usage.used end,
    'redeemedAt', to_char(v_redeemed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  );
  if p_key is not null then
    insert into idempotency_key (account_id, key, fingerprint, answer)
      values (p_account_id, p_key, p_fingerprint, v_answer);
  end if;
  return jsonb_build_object('outcome', 'redeemed', 'answer', v_answer);
end
$$;
