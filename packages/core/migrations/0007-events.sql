-- What became of coupons that report (`webhook_enabled`): an outbox, written by triggers in the transaction of the
-- effect itself, so that no path to an effect can forget it, and none reports what was rolled back.

create table coupon_event (
  -- Of a limited coupon, and of all events about one redemption, in the order of commit: it is drawn while the lock is
  -- held that these effects wait for (the coupon's counter, the row of the log). A deletion holds the code alone, so
  -- that it comes after every use. Uses of an unlimited coupon hold no common lock: of two at once either may be first,
  -- and the smaller number may be seen later. Gaps mean nothing.
  sequence bigint generated always as identity primary key,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('redeemed', 'rolled-back', 'deleted')),
  coupon_id uuid not null,
  account_id bigint not null,
  redemption_id uuid,
  occurred_at timestamptz not null,
  check ((redemption_id is null) = (kind = 'deleted'))
);

-- Small where few coupons report, so that a use of one that does not pays one look into it.
create index coupon_reporting on coupon (id) where webhook_enabled;

-- Redemptions, a whole batch at once.
create function report_redemptions() returns trigger language plpgsql as $$
declare
  -- By themselves first: joined with the batch, and with `enable_nestloop` off in `take_units`, the coupons could be
  -- read whole.
  v_reporting uuid[] := array(
    select id from coupon where webhook_enabled and id = any(array(select distinct coupon_id from taken))
  );
begin
  if v_reporting <> '{}' then
    insert into coupon_event (kind, coupon_id, account_id, redemption_id, occurred_at)
    select 'redeemed', coupon_id, account_id, id, redeemed_at from taken
    where status = 'REDEEMED' and coupon_id = any(v_reporting)
    order by coupon_id, ordinal, id;
  end if;
  return null;
end
$$;

create trigger redemption_reported after insert on redemption
  referencing new table as taken for each statement execute function report_redemptions();

-- Confirmations and rollbacks.
create function report_step() returns trigger language plpgsql as $$
begin
  insert into coupon_event (kind, coupon_id, account_id, redemption_id, occurred_at)
  select case new.status when 'REDEEMED' then 'redeemed' else 'rolled-back' end, new.coupon_id, new.account_id, new.id,
    case new.status when 'REDEEMED' then new.redeemed_at else new.ended_at end
  from coupon where id = new.coupon_id and webhook_enabled;
  return null;
end
$$;

create trigger redemption_step_reported after update on redemption for each row
  when (new.status in ('REDEEMED', 'ROLLED_BACK') and old.status <> new.status)
  execute function report_step();

create function report_deletion() returns trigger language plpgsql as $$
begin
  insert into coupon_event (kind, coupon_id, account_id, occurred_at)
    values ('deleted', new.id, new.account_id, new.deleted_at);
  return null;
end
$$;

create trigger coupon_deletion_reported after update on coupon for each row
  when (new.webhook_enabled and old.deleted_at is null and new.deleted_at is not null)
  execute function report_deletion();
