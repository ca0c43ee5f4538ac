-- How often an unlimited coupon was used is counted from the log. So that this does not take ever longer, what was counted
-- up to a moment is kept, and only what came after is counted anew. Redemption has no part in it.
--
--   log of the coupon   ──────────────────────────────┬──────────────►  time
--                       uses: kept in the checkpoint  │ counted now
--                                               counted_before
--
-- A use is two events with a moment each: it was redeemed, and perhaps rolled back later. Both moments are by the
-- database's clock, after the transaction began, and never change.

create table use_checkpoint (
  coupon_id uuid primary key references coupon,
  counted_before timestamptz not null,
  uses integer not null check (uses >= 0)
);

create index redemption_unlimited on redemption (coupon_id, redeemed_at)
  where ordinal is null and redeemed_at is not null;
create index redemption_unlimited_rolled_back on redemption (coupon_id, ended_at)
  where ordinal is null and status = 'ROLLED_BACK';

-- Redemptions less rollbacks of an unlimited coupon in a time. Found by index: see `count_uses`.
create function count_uses_between(p_coupon_id uuid, p_from timestamptz, p_before timestamptz)
returns integer language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set max_parallel_workers_per_gather = 0 set jit = off
as $$
begin
  return (
    select count(*)::int from redemption
    where coupon_id = p_coupon_id and ordinal is null and redeemed_at >= p_from and redeemed_at < p_before
  ) - (
    select count(*)::int from redemption
    where coupon_id = p_coupon_id and ordinal is null and status = 'ROLLED_BACK'
      and ended_at >= p_from and ended_at < p_before
  );
end
$$;

-- How often an unlimited coupon stands redeemed.
create or replace function count_uses(p_coupon_id uuid) returns integer language plpgsql stable as $$
declare
  v_checkpoint use_checkpoint;
begin
  select * into v_checkpoint from use_checkpoint where coupon_id = p_coupon_id;
  return coalesce(v_checkpoint.uses, 0)
    + count_uses_between(p_coupon_id, coalesce(v_checkpoint.counted_before, '-infinity'), 'infinity');
end
$$;

-- Moves the checkpoint of an unlimited coupon on, as far as nothing can be added any more. Whoever comes while another
-- one does so leaves it to him.
create function advance_use_checkpoint(p_coupon_id uuid) returns void language plpgsql as $$
declare
  v_before timestamptz;
  v_has_hidden boolean;
  v_checkpoint use_checkpoint;
begin
  -- 1. Every transaction that began before this moment has ended, so that its events can be seen: an event of one that
  --    is open comes after the beginning of that one. One that begins meanwhile, and is not in the list yet, has its
  --    events after this one's own beginning, which is in the list. The embedded database has nobody else in its.
  select coalesce(min(xact_start), now()), coalesce(bool_or(state is null or state = 'disabled'), false) into v_before, v_has_hidden
  from pg_stat_activity where datname = current_database() and backend_type = 'client backend';
  if v_has_hidden then
    -- A session of another role, or one that tracks no activity, does not show when its transaction began.
    return;
  end if;

  -- 2. The checkpoint is ours.
  insert into use_checkpoint (coupon_id, counted_before, uses) values (p_coupon_id, '-infinity', 0)
    on conflict do nothing;
  select * into v_checkpoint from use_checkpoint where coupon_id = p_coupon_id for update skip locked;
  if not found or v_before <= v_checkpoint.counted_before then
    return;
  end if;

  -- 3. Counted by a picture that is younger than the moment of step 1.
  update use_checkpoint set
    uses = uses + count_uses_between(p_coupon_id, v_checkpoint.counted_before, v_before),
    counted_before = v_before
  where coupon_id = p_coupon_id;
end
$$;
