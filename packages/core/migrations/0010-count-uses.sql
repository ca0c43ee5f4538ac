-- How often an unlimited coupon stands redeemed. Where few coupons have most of the log, the planner takes every coupon
-- for one of them: it reads all of the log, or starts parallel workers, for one that was hardly used. Here it may not.
create function count_uses(p_coupon_id uuid) returns integer language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set max_parallel_workers_per_gather = 0 set jit = off
as $$
begin
  return (select count(*)::int from redemption where coupon_id = p_coupon_id and status = 'REDEEMED');
end
$$;
