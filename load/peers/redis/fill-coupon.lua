-- Takes over a coupon from PostgreSQL, unless another process has done so meanwhile and it counts already.
--
-- KEYS: coupon (hash)
-- ARGV: id, limit, used, last ordinal, first day, last day; an empty day is open
if redis.call('EXISTS', KEYS[1]) == 1 then return {'THERE', ''} end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'limit', ARGV[2], 'used', ARGV[3], 'ordinal', ARGV[4],
  'starts', ARGV[5], 'ends', ARGV[6])
return {'FILLED', ''}
