-- Tries to sign in at all nodes of a school, counted as moderation/people/patience.py and
-- web/tries.py count those of one node.
--
-- KEYS[1] is the beginning of both names, with the school as its hash tag. Names of tries come as
-- keyed hashes. ARGV: what to do, the time in seconds (empty: Redis's own), the name, then the rule.
--
--   values   hash   name -> count and time
--   order    zset   name by when it was touched last: what makes room, and what is forgotten

local values, order = KEYS[1] .. ':values', KEYS[1] .. ':order'
local act, name = ARGV[1], ARGV[3]
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end

local function known()
  local raw = redis.call('HGET', values, name)
  if not raw then
    return 0, now
  end
  local count, at = raw:match('(%S+) (%S+)')
  return tonumber(count), tonumber(at)
end

local function forget(one)
  redis.call('HDEL', values, one)
  redis.call('ZREM', order, one)
end

local function keep(count, at, most, seconds)
  redis.call('HSET', values, name, string.format('%.17g %.17g', count, at))
  redis.call('ZADD', order, string.format('%.17g', now), name)
  if redis.call('ZCARD', order) > most then
    forget(redis.call('ZRANGE', order, 0, 0)[1])
  end
  for _, each in ipairs({values, order}) do
    redis.call('EXPIRE', each, seconds)
  end
end

local function number(value)
  return string.format('%.17g', value)
end

-- Each failure makes the next wait longer: rule is most, seconds, free, longest. Answers the seconds
-- until a try is looked at; at 0 this one is.
if act == 'wait' then
  local most, seconds, free = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
  local longest = tonumber(ARGV[7])
  local failures, free_at = known()
  if free_at > now and free_at - now <= longest then
    keep(failures, free_at, most, seconds)
    return number(free_at - now)
  end
  failures = failures + 1
  local pause = 0
  if failures >= free then
    pause = math.min(2 ^ math.min(failures - free, 16), longest)
  end
  keep(failures, now + pause, most, seconds)
  return number(0)
end

if act == 'succeeded' then
  forget(name)
  return number(0)
end

-- A bucket that leaks: rule is most, seconds, allowed. Answers the seconds until there is room.
local most, seconds, allowed = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local rate = allowed / seconds
local level, at = known()
level = math.max(0, level - math.max(0, now - at) * rate)

if act == 'take' then
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', order, '-inf', '(' .. number(now - seconds), 'LIMIT', 0, 100)) do
    forget(old)
  end
  if level + 1 > allowed then
    return number((level + 1 - allowed) / rate)
  end
  keep(level + 1, now, most, seconds)
  return number(0)
end

if act == 'give_back' then
  if level > 1 then
    keep(level - 1, now, most, seconds)
  else
    forget(name)
  end
  return number(0)
end

return redis.error_reply('no such act')
