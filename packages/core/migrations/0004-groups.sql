-- Groups and templates of coupons, whose settings are laid over those of a coupon when it is created or changed.
-- They are numbered by who makes them, and stay: a coupon keeps the number of its group.

create table coupon_group (
  account_id bigint not null references account,
  id integer not null check (id >= 1),
  name text not null check (length(name) <= 200),
  -- Only the fields that it decides, as `GroupSettings` has them.
  settings jsonb not null check (jsonb_typeof(settings) = 'object'),
  primary key (account_id, id)
);

create table coupon_template (like coupon_group including all);
alter table coupon_template add foreign key (account_id) references account;

-- Numbers that coupons have from before there were groups: they decide nothing.
insert into coupon_group (account_id, id, name, settings)
  select distinct account_id, group_id, '', '{}'::jsonb from coupon where group_id >= 1;
insert into coupon_template (account_id, id, name, settings)
  select distinct account_id, template_id, '', '{}'::jsonb from coupon where template_id >= 1;

alter table coupon
  add foreign key (account_id, group_id) references coupon_group,
  add foreign key (account_id, template_id) references coupon_template;
