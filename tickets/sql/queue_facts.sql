-- What facts of queues and agents become. As in facts.sql: in any order, each once.

-- name: sight_entries
-- Rows for the stays that later statements refer to.
INSERT INTO queue_entry (id) SELECT DISTINCT unnest($1::uuid[]) ON CONFLICT (id) DO NOTHING;

-- name: join_queue
-- Told anew after a restart, the earlier holds.
UPDATE queue_entry SET
    call = $2, callback = $3, queue = $4, since = $5, priority = $6, position = $7, joined_at = $8
WHERE id = $1 AND (joined_at IS NULL OR $8 < joined_at);

-- name: leave_queue
-- What was seen replaces `lost`, which was only concluded; of two of a kind the earlier holds.
UPDATE queue_entry SET how = $2, left_at = $3
WHERE id = $1 AND (
    how IS NULL OR (how = 'lost' AND $2 <> 'lost')
    OR ((how = 'lost') = ($2 = 'lost') AND ($3, $2) < (left_at, how))
);

-- name: answer_entry
UPDATE queue_entry SET agent = $2, waited = $3, rang = $4, answered_at = $5
WHERE id = $1 AND (answered_at IS NULL OR ($5, $2) < (answered_at, agent));

-- name: end_talk
-- An end whose manner is known replaces one whose is not; of two of a kind the earlier holds.
UPDATE queue_entry SET
    agent = CASE WHEN answered_at IS NULL THEN $2 ELSE agent END,
    talked = $3, ended_by = $4, talk_ended_at = $5
WHERE id = $1 AND (
    ended_by IS NULL OR (ended_by = 'unknown' AND $4 <> 'unknown')
    OR ((ended_by = 'unknown') = ($4 = 'unknown') AND ($5, $4) < (talk_ended_at, ended_by))
);

-- name: miss_ring
INSERT INTO ring_miss (id, entry, agent, rang, why, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;

-- name: change_presence
INSERT INTO presence_event (id, agent, state, reason, by, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;

-- name: dispose
INSERT INTO disposition (id, entry, agent, code, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO NOTHING;

-- name: rate
INSERT INTO rating (id, call, agent, score, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO NOTHING;

-- name: keep_talk
INSERT INTO recording (id, kind, entry, name, seconds, size, sha256, silent, at)
VALUES ($1, 'talk', $2, $3, $4, $5, $6, false, $7)
ON CONFLICT (id) DO NOTHING;

-- name: supervise
INSERT INTO supervision (id, call, supervisor, did, agent, queue, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO NOTHING;
