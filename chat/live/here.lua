-- Who and what is at which node of a school, by one clock for all of them: Redis's own.
--
-- KEYS[1] is the beginning of every name, with the school as its hash tag. ARGV[1] says what to
-- do, ARGV[2] the time in seconds (empty: Redis's own).
--
--   pages, desk, rooms   zset   student, moderator, room by until when a node's word is believed
--   names                hash   moderator -> name, for as long as they are at a desk

local base, act = KEYS[1], ARGV[1]
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end

local function name(part)
  return base .. ':' .. part
end

-- here, time, seconds for students, seconds for rooms and moderators, how many of each, then
-- students, rooms, and moderators each with a name.
if act == 'here' then
  local students_for, open_for = tonumber(ARGV[3]), tonumber(ARGV[4])
  local students, rooms, moderators = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
  local known = redis.call('EXISTS', name('pages'))
  local at = 8
  for _ = 1, students do
    redis.call('ZADD', name('pages'), now + students_for, ARGV[at])
    at = at + 1
  end
  for _ = 1, rooms do
    redis.call('ZADD', name('rooms'), now + open_for, ARGV[at])
    at = at + 1
  end
  for _ = 1, moderators do
    redis.call('ZADD', name('desk'), now + open_for, ARGV[at])
    redis.call('HSET', name('names'), ARGV[at], ARGV[at + 1])
    at = at + 2
  end
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', name('desk'), '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('HDEL', name('names'), gone)
  end
  for _, part in ipairs({'pages', 'desk', 'rooms'}) do
    redis.call('ZREMRANGEBYSCORE', name(part), '-inf', now)
  end
  local there = redis.call('ZRANGE', name('desk'), 0, -1)
  local names = {}
  for place, moderator in ipairs(there) do
    names[place] = redis.call('HGET', name('names'), moderator) or ''
  end
  return {known, redis.call('ZCARD', name('rooms')), there, names}
end

-- present, time, students: those of them whose page is at some node.
if act == 'present' then
  local found = {}
  for place = 3, #ARGV do
    local till = redis.call('ZSCORE', name('pages'), ARGV[place])
    if till and tonumber(till) > now then
      found[#found + 1] = ARGV[place]
    end
  end
  return found
end

return redis.error_reply('no such act')
