-- Tickets in Redis, paired exactly as chat/students/matching.py pairs them; see docs/running-at-scale.md.
--
-- KEYS[1] is the beginning of every name, with the school as its hash tag, so that all lie in one
-- slot of a cluster. ARGV[1] says what to do. Tickets come and go as the JSON they were given in.
--
--   tickets            hash   student -> ticket
--   leases             zset   student by the time until which its node has promised to come back
--   left               hash   student -> ticket, of those whose page is gone
--   left_until         zset   student by the time until which they may come back for it
--   bands              set    of age bands that were ever asked for
--   topics:BAND        set    of topics
--   queue:BAND:TOPIC   zset   student by since when it waits; ties by the student's id

local base = KEYS[1]

local function name(part)
  return base .. ':' .. part
end

local function queue(band, topic)
  return name('queue:' .. band .. ':' .. topic)
end

local function ticket_of(student)
  local raw = redis.call('HGET', name('tickets'), student)
  if not raw then
    return nil
  end
  return cjson.decode(raw), raw
end

local function drop(student)
  local ticket, raw = ticket_of(student)
  if not ticket then
    return nil
  end
  redis.call('HDEL', name('tickets'), student)
  redis.call('ZREM', name('leases'), student)
  redis.call('ZREM', queue(ticket.band, ticket.topic), student)
  return raw
end

local function forget_left(student)
  redis.call('HDEL', name('left'), student)
  redis.call('ZREM', name('left_until'), student)
end

-- Keeps a ticket whose student's page is gone, unless that student has made another wish since.
local function leave(raw, now, till)
  for _, student in ipairs(redis.call('ZRANGE', name('left_until'), '-inf', now, 'BYSCORE')) do
    forget_left(student)
  end
  local ticket = cjson.decode(raw)
  local newer = ticket_of(ticket.student)
  if newer and newer.since > ticket.since then
    return nil
  end
  drop(ticket.student)
  redis.call('HSET', name('left'), ticket.student, raw)
  redis.call('ZADD', name('left_until'), till, ticket.student)
  for _, part in ipairs({'left', 'left_until'}) do  -- when nobody else leaves, nothing is kept
    redis.call('EXPIRE', name(part), math.ceil(tonumber(till) - tonumber(now)) + 60)
  end
  return nil
end

local function waits_or_left(student, now)
  local _, raw = ticket_of(student)
  local till = redis.call('ZSCORE', name('left_until'), student)
  if not raw and till and tonumber(till) > now then
    return redis.call('HGET', name('left'), student)
  end
  return raw
end

local function may_meet(one, other)
  return one.student ~= other.student
    and not one.avoid[other.student]
    and not other.avoid[one.student]
end

local function suits(one, topic, since, now, anything, widen)
  if one.topic == topic or one.topic == anything or topic == anything then
    return true
  end
  return now - math.max(one.since, since) >= widen
end

local function before(since, student, best)
  if not best then
    return true
  end
  return since < best.since or (since == best.since and student < best.student)
end

-- The ticket that has waited longest in one queue among those that may be paired with this one.
local function first_in(ticket, topic, best, now, anything, widen)
  local from = 0
  while true do
    local page = redis.call('ZRANGE', queue(ticket.band, topic), from, from + 19, 'WITHSCORES')
    if #page == 0 then
      return best
    end
    for place = 1, #page, 2 do
      local student, since = page[place], tonumber(page[place + 1])
      if not before(since, student, best) then
        return best
      end
      if not suits(ticket, topic, since, now, anything, widen) then
        return best
      end
      local other = ticket_of(student)
      if other and may_meet(ticket, other) then
        return { student = student, since = since }
      end
    end
    from = from + 20
  end
end

local function partner(ticket, now, anything, widen)
  local best = nil
  for _, topic in ipairs(redis.call('SMEMBERS', name('topics:' .. ticket.band))) do
    best = first_in(ticket, topic, best, now, anything, widen)
  end
  return best
end

local function in_order(one, one_raw, other, other_raw)
  if before(one.since, one.student, other) then
    return { one_raw, other_raw }
  end
  return { other_raw, one_raw }
end

local function knock(raw, since, lease, now, anything, widen)
  local ticket = cjson.decode(raw)
  drop(ticket.student)
  forget_left(ticket.student)
  local other = partner(ticket, now, anything, widen)
  if other then
    return in_order(other, drop(other.student), ticket, raw)
  end
  redis.call('SADD', name('bands'), ticket.band)
  redis.call('SADD', name('topics:' .. ticket.band), ticket.topic)
  redis.call('HSET', name('tickets'), ticket.student, raw)
  redis.call('ZADD', name('leases'), lease, ticket.student)
  redis.call('ZADD', queue(ticket.band, ticket.topic), since, ticket.student)
  return {}
end

local function ripe_tickets(now, widen)
  local ripe = {}
  for _, band in ipairs(redis.call('SMEMBERS', name('bands'))) do
    for _, topic in ipairs(redis.call('SMEMBERS', name('topics:' .. band))) do
      local old = redis.call('ZRANGE', queue(band, topic), '-inf', now - widen + 1, 'BYSCORE')
      for _, student in ipairs(old) do
        local ticket = ticket_of(student)
        if ticket and now - ticket.since >= widen then
          table.insert(ripe, ticket)
        end
      end
    end
  end
  table.sort(ripe, function(one, other)
    return before(one.since, one.student, other)
  end)
  return ripe
end

local function widened(now, anything, widen, most)
  for _, student in ipairs(redis.call('ZRANGE', name('leases'), '-inf', now, 'BYSCORE')) do
    drop(student)
  end
  local found = {}
  for _, ticket in ipairs(ripe_tickets(now, widen)) do
    if #found >= 2 * most then
      break
    end
    local still, raw = ticket_of(ticket.student)
    local other = still and partner(ticket, now, anything, widen)
    if other then
      drop(ticket.student)
      local pair = in_order(ticket, raw, other, drop(other.student))
      table.insert(found, pair[1])
      table.insert(found, pair[2])
    end
  end
  return found
end

-- Answers those of the students who no longer wait, and promises again for the others.
local function renew(lease)
  local lost = {}
  for place = 3, #ARGV do
    local student = ARGV[place]
    if redis.call('HEXISTS', name('tickets'), student) == 1 then
      redis.call('ZADD', name('leases'), lease, student)
    else
      table.insert(lost, student)
    end
  end
  return lost
end

local act = ARGV[1]
if act == 'knock' then
  return knock(ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7]))
elseif act == 'withdraw' then
  forget_left(ARGV[2])
  return drop(ARGV[2])
elseif act == 'leave' then
  return leave(ARGV[2], ARGV[3], ARGV[4])
elseif act == 'ticket_of' then
  return waits_or_left(ARGV[2], tonumber(ARGV[3]))
elseif act == 'widened' then
  return widened(tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]))
elseif act == 'renew' then
  return renew(ARGV[2])
end
return redis.error_reply('ERR no such act')
