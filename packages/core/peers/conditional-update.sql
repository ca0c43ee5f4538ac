-- One request a transaction, its guard in the statement that counts. A function, so that the lock on the counter is
-- not held over round trips: the best that one request at a time can do. A peer in benchmarks and an oracle in tests;
-- the same rules as `take_units` in migrations/0002-decide.sql.
create or replace function take_unit_conditionally(
  p_id uuid, p_account_id bigint, p_code text, p_user_id text, p_memo text, p_verified_hash text, p_key text,
  p_fingerprint text, p_ttl_seconds integer
) returns jsonb language plpgsql as $$
declare
  v_outcome jsonb;
  v_coupon coupon;
  v_usage coupon_usage;
  v_today date;
  v_user_live integer;
  v_user_ever integer;
  v_now timestamptz;
  v_answer jsonb;
begin
  if p_key is not null then
    v_outcome := claim_idempotency_key(p_account_id, p_key, p_fingerprint);
    if v_outcome is not null then return v_outcome; end if;
  end if;
  perform lock_code(p_account_id, p_code, false);
  select * into v_coupon from coupon where account_id = p_account_id and code = p_code and deleted_at is null;
  if not found then return jsonb_build_object('outcome', 'rejected', 'reason', 'NOT_FOUND'); end if;
  select * into v_usage from coupon_usage where coupon_id = v_coupon.id;
  select (clock_timestamp() at time zone time_zone)::date into v_today from account where id = p_account_id;

  loop
    v_now := clock_timestamp();
    select count(*) filter (where status = 'REDEEMED' or (status = 'RESERVED' and expires_at > v_now)),
        coalesce(max(user_ordinal), 0)
      into v_user_live, v_user_ever
      from redemption where coupon_id = v_coupon.id and user_id = p_user_id;
    v_outcome := case
      when v_today < v_coupon.starts_on then to_jsonb('NOT_STARTED'::text)
      when v_today > v_coupon.ends_on then to_jsonb('EXPIRED'::text)
      when p_user_id is not null and v_user_live >= v_coupon.user_limit then to_jsonb('ALREADY_REDEEMED_BY_USER'::text)
      when v_usage.use_limit > 0 and v_usage.used >= v_usage.use_limit then to_jsonb('EXHAUSTED'::text)
      when v_usage.use_limit >= 2 and p_user_id is null then to_jsonb('USER_ID_REQUIRED'::text)
      when v_coupon.onsite_password_hash is null or v_coupon.onsite_password_hash = p_verified_hash then null
      when p_verified_hash is null then to_jsonb('ONSITE_PASSWORD_REQUIRED'::text)
      else to_jsonb('ONSITE_PASSWORD_WRONG'::text)
    end;
    if v_outcome is not null then return jsonb_build_object('outcome', 'rejected', 'reason', v_outcome); end if;

    begin
      if v_usage.use_limit > 0 then
        if v_usage.held > 0 then
          perform from coupon_usage where coupon_id = v_coupon.id for update;
          perform expire_reservations(array[v_coupon.id], clock_timestamp());
        end if;
        update coupon_usage set
          used = used + (p_ttl_seconds is null)::int, held = held + (p_ttl_seconds is not null)::int,
          granted = granted + 1
        where coupon_id = v_coupon.id and used + held < use_limit
        returning * into v_usage;
        if not found then
          select * into v_usage from coupon_usage where coupon_id = v_coupon.id;
          return jsonb_build_object('outcome', 'rejected', 'reason',
            case when v_usage.used >= v_usage.use_limit then 'EXHAUSTED' else 'ALL_HELD' end);
        end if;
      end if;
      v_now := clock_timestamp();
      if v_usage.use_limit > 0 and p_user_id is not null and v_coupon.user_limit <= (
        select count(*) from redemption where coupon_id = v_coupon.id and user_id = p_user_id
          and (status = 'REDEEMED' or (status = 'RESERVED' and expires_at > v_now))
      ) then
        -- A late confirmation came between the count above and the lock of the counter.
        raise unique_violation;
      end if;
      insert into redemption (
        id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, status, taken_at, expires_at,
        redeemed_at
      ) values (
        p_id, p_account_id, v_coupon.id, case when v_usage.use_limit > 0 then v_usage.granted end, p_user_id,
        case when p_user_id is not null then v_user_ever + 1 end, p_memo, p_key,
        case when p_ttl_seconds is null then 'REDEEMED' else 'RESERVED' end, v_now,
        v_now + make_interval(secs => p_ttl_seconds), case when p_ttl_seconds is null then v_now end
      );
      exit;
    exception when unique_violation then
      -- The same user was first with this ordinal: everything of this round is undone, and it is judged anew.
      select * into v_usage from coupon_usage where coupon_id = v_coupon.id;
    end;
  end loop;

  v_answer := jsonb_build_object(
    'redemptionId', p_id,
    'ordinal', case when v_usage.use_limit > 0 then v_usage.granted end,
    'used', case when v_usage.use_limit > 0 then v_usage.used end,
    'remaining', case when v_usage.use_limit > 0 then v_usage.use_limit - v_usage.used - v_usage.held end,
    'redeemedAt', iso_time(case when p_ttl_seconds is null then v_now end),
    'expiresAt', iso_time(v_now + make_interval(secs => p_ttl_seconds))
  );
  if p_key is not null then
    insert into idempotency_key (account_id, key, fingerprint, answer)
      values (p_account_id, p_key, p_fingerprint, v_answer);
  end if;
  return jsonb_build_object('outcome', 'taken', 'answer', v_answer);
end
$$;
