-- Every request looks for its user among the redemptions of its coupon. `redemption_user` finds them at once. While the log
-- was small, or most coupons in it had been used once, the planner took the index of the lists for as good, since both would
-- find one row, and a tie went to the wrong one: each request then read the whole log of its coupon, until the tables were
-- analysed next. This condition holds for every row, and only a list states it: for a request there is one index left.
drop index redemption_of_coupon;
create index redemption_of_coupon on redemption (coupon_id, id) where id > '00000000-0000-0000-0000-000000000000';
