-- Indexes of the lists: pages of the log and of the coupons, newest first. Ids are UUIDs of version 7, which sort by
-- time, so that new entries of the first three go to the end of their part of the index.

-- The log of a coupon.
create index redemption_of_coupon on redemption (coupon_id, id);
-- What one user has redeemed, of all coupons.
create index redemption_of_user on redemption (account_id, user_id, id) where user_id is not null;
-- Most of the log is REDEEMED, and found in it at once. What is in another state is rare.
create index redemption_not_redeemed on redemption (account_id, id) where status <> 'REDEEMED';

create index coupon_newest on coupon (account_id, id) where deleted_at is null;
create index coupon_of_group on coupon (account_id, group_id, id) where deleted_at is null and group_id is not null;
-- The log of a code holds that of its deleted coupons too.
create index coupon_deleted_code on coupon (account_id, code) where deleted_at is not null;
