-- Why somebody stands, or was served, where they were.

-- name: why_entry
-- The last stay in a queue of a call (by id or by its channel's unique id) or of a callback, with
-- the moment at which the phone that answered began to ring: that is when its turn had come.
SELECT
    entry.id, entry.callback IS NOT NULL AS is_callback, entry.queue, entry.since, entry.priority,
    entry.position, entry.joined_at, entry.left_at, entry.how, entry.agent, entry.answered_at,
    entry.waited, entry.answered_at - entry.rang * interval '1 s' AS turn,
    (
        SELECT count(*) FROM queue_entry AS other
        WHERE other.queue = entry.queue
            AND other.answered_at >= date_trunc('day', entry.answered_at, 'Asia/Jakarta')
            AND (other.answered_at, other.id) <= (entry.answered_at, entry.id)
    ) AS rank,
    (SELECT count(*) FROM ring_miss WHERE ring_miss.entry = entry.id) AS missed
FROM queue_entry AS entry
LEFT JOIN call ON call.id = entry.call
WHERE entry.joined_at IS NOT NULL
    AND (entry.call = $1::uuid OR entry.callback = $1::uuid OR call.uniqueid = $2)
ORDER BY entry.joined_at DESC, entry.id DESC
LIMIT 1;

-- name: why_others
-- Who stood in the same queue while this one did ($2: now, for who stands there still).
SELECT
    coalesce(other.call, other.callback) AS of,
    other.callback IS NOT NULL AS is_callback,
    other.since,
    other.priority,
    other.agent,
    other.answered_at - other.rang * interval '1 s' AS turn,
    other.left_at IS NULL AS is_there,
    (-other.priority, other.since, other.id) < (-mine.priority, mine.since, mine.id) AS is_earlier
FROM queue_entry AS mine
JOIN queue_entry AS other ON other.queue = mine.queue AND other.id <> mine.id
WHERE mine.id = $1
    AND other.joined_at < coalesce(mine.answered_at - mine.rang * interval '1 s', mine.left_at, $2)
    AND coalesce(other.answered_at - other.rang * interval '1 s', other.left_at, $2)
        > mine.joined_at
ORDER BY other.priority DESC, other.since, other.id;

-- name: why_callback
SELECT
    callback.state, callback.due, callback.since, callback.priority, callback.queue,
    callback.claimed_by, callback.reason,
    (
        SELECT count(*) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.dialled_at IS NOT NULL
    ) AS tries,
    (
        SELECT count(*) FROM callback AS other
        WHERE other.state = 'waiting' AND other.due <= $2 AND other.id <> callback.id
            AND (-other.priority, other.since, other.id)
                < (-callback.priority, callback.since, callback.id)
    ) AS earlier
FROM callback WHERE id = $1::uuid;

-- name: why_call
SELECT outcome, last_step, ended_at FROM call WHERE id = $1::uuid OR uniqueid = $2
ORDER BY began_at DESC, id DESC LIMIT 1;
