-- Decides one redemption, alone in the server: nothing runs between its reads and its writes.
--
-- KEYS: coupon (hash), users (set), answer of the idempotency key (hash), redemption (hash), events (stream)
-- ARGV: user id, memo, idempotency key, hash of the request, redemption id, now (ISO 8601); empty is absent
-- Returns {verdict, answer}. COLD: the coupon is not here and has to be filled from PostgreSQL.
local coupon, users, key, redemption, events = unpack(KEYS)
local user, memo, idempotencyKey, hash, id, now = unpack(ARGV)

if redis.call('EXISTS', coupon) == 0 then return {'COLD', ''} end
if idempotencyKey ~= '' then
  local stored = redis.call('HMGET', key, 'hash', 'answer')
  if stored[1] == hash then return {'REPLAYED', stored[2]} end
  if stored[1] then return {'IDEMPOTENCY_KEY_REUSED', ''} end
end

local couponId, limit, used, starts, ends =
  unpack(redis.call('HMGET', coupon, 'id', 'limit', 'used', 'starts', 'ends'))
limit, used = tonumber(limit), tonumber(used)
local today = string.sub(now, 1, 10)
if starts ~= '' and today < starts then return {'NOT_STARTED', ''} end
if ends ~= '' and today > ends then return {'EXPIRED', ''} end
if limit >= 2 and user == '' then return {'USER_ID_REQUIRED', ''} end
if user ~= '' and redis.call('SISMEMBER', users, user) == 1 then return {'ALREADY_REDEEMED_BY_USER', ''} end
if limit > 0 and used >= limit then return {'EXHAUSTED', ''} end

used = redis.call('HINCRBY', coupon, 'used', 1)
local ordinal = redis.call('HINCRBY', coupon, 'ordinal', 1)
if user ~= '' then redis.call('SADD', users, user) end
local answer = cjson.encode({
  redemptionId = id, ordinal = ordinal, used = used,
  remaining = limit > 0 and limit - used or cjson.null, redeemedAt = now,
})
if idempotencyKey ~= '' then redis.call('HSET', key, 'hash', hash, 'answer', answer) end
redis.call('HSET', redemption, 'coupon', coupon, 'couponId', couponId, 'ordinal', ordinal, 'user', user, 'memo', memo,
  'key', idempotencyKey, 'at', now)
redis.call('XADD', events, '*', 'event', cjson.encode({
  kind = 'redeemed', id = id, coupon_id = couponId, ordinal = ordinal, user_id = user, memo = memo,
  idempotency_key = idempotencyKey, request_hash = hash, at = now,
}))
return {'REDEEMED', answer}
