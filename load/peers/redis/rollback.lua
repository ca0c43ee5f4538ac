-- Gives one unit back, once.
--
-- KEYS: coupon (hash), users (set), answer of the idempotency key (hash), redemption (hash), events (stream)
-- ARGV: hash of the request, redemption id, reason, now (ISO 8601)
-- Returns {verdict, the redemption as a list of names and values}.
local coupon, users, key, redemption, events = unpack(KEYS)
local hash, id, reason, now = unpack(ARGV)

local stored = redis.call('HGET', key, 'hash')
if stored == hash then return {'REPLAYED', redis.call('HGETALL', redemption)} end
if stored then return {'IDEMPOTENCY_KEY_REUSED', {}} end
local user, endedAt = unpack(redis.call('HMGET', redemption, 'user', 'endedAt'))
if not user then return {'REDEMPTION_NOT_FOUND', {}} end
if endedAt then return {'ALREADY_ROLLED_BACK', {}} end

redis.call('HSET', redemption, 'endedAt', now, 'reason', reason)
redis.call('HINCRBY', coupon, 'used', -1)
if user ~= '' then redis.call('SREM', users, user) end
redis.call('HSET', key, 'hash', hash)
redis.call('XADD', events, '*', 'event', cjson.encode({kind = 'rolled back', id = id, reason = reason, at = now}))
return {'ROLLED_BACK', redis.call('HGETALL', redemption)}
