-- Claims, attempts and settlement of callbacks. Each change is a compare-and-set whose event is
-- written by the same statement.

-- name: claim_due
-- The oldest first within a priority; what another service is claiming is passed over, and so is a
-- phone that is being called just now for a callback that was cancelled, or done by hand, meanwhile.
WITH due AS (
    SELECT id FROM callback WHERE state = 'waiting' AND due <= $1 AND NOT EXISTS (
        SELECT FROM callback AS other
        JOIN callback_attempt AS attempt ON attempt.id = other.attempt
        WHERE other.phone = callback.phone AND attempt.result IS NULL
            AND attempt.dialled_at > $1 - interval '2 h'
    )
    ORDER BY priority DESC, since, id
    LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE callback
SET state = 'claimed', claimed_by = $3, claimed_at = $1, attempt = gen_random_uuid()
FROM due WHERE callback.id = due.id
RETURNING callback.id;

-- name: claims_of
SELECT id FROM callback WHERE state IN ('claimed', 'dialling') AND claimed_by = $1;

-- name: claimed_callbacks
-- A callback that names no queue is for the one where its caller waited last.
SELECT
    callback.id, callback.ticket, ticket.number, callback.phone, callback.other_phone,
    coalesce(
        nullif(callback.queue, ''),
        (
            SELECT entry.queue FROM queue_entry AS entry
            JOIN callback_request AS request ON request.call = entry.call
            WHERE request.callback = callback.id AND entry.queue IS NOT NULL
            ORDER BY entry.joined_at DESC, entry.id LIMIT 1
        ),
        ''
    ) AS queue,
    ticket.language, ticket.category AS topic, person.name, callback.since, callback.priority,
    callback.attempt,
    (
        SELECT count(*) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.dialled_at IS NOT NULL
            AND attempt.id <> callback.attempt
    ) AS tries,
    callback.state = 'dialling' AS dialling
FROM callback
JOIN ticket ON ticket.id = callback.ticket
JOIN phone ON phone.number = callback.phone
JOIN person ON person.id = phone.person
WHERE callback.id = ANY($1::uuid[]) AND callback.state IN ('claimed', 'dialling')
ORDER BY callback.priority DESC, callback.since, callback.id;

-- name: mark_dialling
-- Said again for the same attempt it stays true: the PBX dials an attempt once.
WITH marked AS (
    UPDATE callback SET state = 'dialling'
    WHERE id = $1 AND attempt = $2 AND state IN ('claimed', 'dialling')
    RETURNING id, attempt
), dialled AS (
    INSERT INTO callback_attempt (id, callback, dialled_at) SELECT attempt, id, $3 FROM marked
    ON CONFLICT (id) DO UPDATE SET dialled_at = coalesce(callback_attempt.dialled_at, $3)
)
SELECT EXISTS (SELECT FROM marked);

-- name: release_claim
UPDATE callback
SET state = 'waiting', due = $3, claimed_by = NULL, claimed_at = NULL, attempt = NULL
WHERE id = $1 AND attempt = $2 AND state = 'claimed';

-- name: note_attempt
-- An attempt has one result; only `uncertain` gives way to a better one. True when this is it.
INSERT INTO callback_attempt (id, callback, agent, phone, result, talked, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET
    agent = excluded.agent,
    phone = excluded.phone,
    result = excluded.result,
    talked = excluded.talked,
    at = excluded.at
WHERE callback_attempt.result IS NULL
    OR (callback_attempt.result = 'uncertain' AND excluded.result <> 'uncertain')
RETURNING true;

-- name: settle_callback
-- Only the attempt that holds the claim settles it, or one that a person was asked about, or that
-- was kept though it had been cancelled meanwhile. If the person chose a later time while they
-- were dialled, that time holds.
WITH held AS (
    SELECT
        id, ticket, state,
        CASE
            WHEN $3 = 'kept' THEN 'done'
            WHEN state = 'cancelled' THEN 'cancelled'
            WHEN $4::timestamptz IS NOT NULL OR promised > $6 THEN 'waiting'
            ELSE 'human'
        END AS became
    FROM callback
    WHERE id = $1 AND attempt = $2 AND (
        state IN ('claimed', 'dialling')
        OR (state = 'human' AND reason = 'uncertain')
        OR (state = 'cancelled' AND $3 = 'kept')
    )
    FOR NO KEY UPDATE
), settled AS (
    UPDATE callback SET
        state = held.became,
        due = CASE
            WHEN held.became <> 'waiting' THEN callback.due
            ELSE greatest($4, CASE WHEN promised > $6 THEN promised END)
        END,
        attempt = CASE WHEN held.became = 'waiting' THEN NULL ELSE callback.attempt END,
        claimed_by = CASE WHEN held.became = 'waiting' THEN NULL ELSE claimed_by END,
        claimed_at = CASE WHEN held.became = 'waiting' THEN NULL ELSE claimed_at END,
        settled_at = CASE WHEN held.became <> 'waiting' THEN $6 END,
        reason = CASE WHEN held.became = 'human' THEN $3 END
    FROM held WHERE callback.id = held.id
)
INSERT INTO ticket_event (ticket, kind, was, became, actor, at)
SELECT ticket, 'callback', state, became, $5, $6 FROM held
RETURNING became;

-- name: move_callback
-- While it is being dialled it stays so, and the new time holds if that comes to nothing. One that
-- is with a person is the machine's again, unless its phone has been promised another meanwhile.
WITH held AS (
    SELECT id, ticket, state FROM callback
    WHERE id = $1 AND asked_at < $5 AND (
        state IN ('waiting', 'claimed', 'dialling')
        OR (state = 'human' AND NOT EXISTS (
            SELECT FROM callback AS other
            WHERE other.phone = callback.phone AND other.state IN ('waiting', 'claimed', 'dialling')
        ))
    )
    FOR NO KEY UPDATE
), moved AS (
    UPDATE callback SET
        type = coalesce(nullif($6, ''), type),
        due = $2,
        promised = $2,
        asked_at = $5,
        state = CASE WHEN held.state = 'dialling' THEN 'dialling' ELSE 'waiting' END,
        attempt = CASE WHEN held.state = 'dialling' THEN attempt END,
        claimed_by = CASE WHEN held.state = 'dialling' THEN claimed_by END,
        claimed_at = CASE WHEN held.state = 'dialling' THEN claimed_at END,
        settled_at = NULL,
        reason = NULL
    FROM held WHERE callback.id = held.id
    RETURNING callback.state AS became
)
INSERT INTO ticket_event (ticket, kind, was, became, actor, call, at)
SELECT held.ticket, 'callback', held.state, moved.became, $3, $4, $5 FROM held, moved
RETURNING became;

-- name: end_callback
-- Cancelled ($2 `cancelled`) or done by a person ($2 `done`).
WITH held AS (
    SELECT id, ticket, state FROM callback
    WHERE id = $1 AND state IN ('waiting', 'claimed', 'dialling', 'human')
    FOR NO KEY UPDATE
), ended AS (
    UPDATE callback SET state = $2, settled_at = $5, reason = NULL
    FROM held WHERE callback.id = held.id
)
INSERT INTO ticket_event (ticket, kind, was, became, actor, call, at)
SELECT ticket, 'callback', state, $2, $3, $4, $5 FROM held
RETURNING became;

-- name: take_callback
-- A person calls it themselves: nobody dials it any more, unless it is being dialled already.
WITH taken AS (
    UPDATE callback
    SET state = 'human', reason = 'taken', settled_at = $3, attempt = NULL
    WHERE id = $1 AND state = 'waiting'
    RETURNING id, ticket
)
INSERT INTO ticket_event (ticket, kind, was, became, actor, at)
SELECT ticket, 'callback', 'waiting', 'human', $2, $3 FROM taken
RETURNING became;

-- name: callback_state
SELECT state FROM callback WHERE id = $1;

-- name: booked
SELECT promised, count(*) AS booked FROM callback
WHERE type = 'slot' AND state IN ('waiting', 'claimed', 'dialling')
    AND promised >= $1 AND promised < $2
GROUP BY promised;

-- name: last_talk
-- With whom this phone spoke last, as a caller or in a callback.
SELECT agent, answered_at AS at FROM (
    SELECT entry.agent, entry.answered_at FROM queue_entry AS entry
    JOIN call ON call.id = entry.call
    WHERE call.phone = $1 AND entry.answered_at IS NOT NULL
    UNION ALL
    SELECT attempt.agent, attempt.at FROM callback_attempt AS attempt
    JOIN callback ON callback.id = attempt.callback
    WHERE callback.phone = $1 AND attempt.result = 'kept'
) AS talk
ORDER BY at DESC LIMIT 1;

-- name: calls_since
SELECT count(*) FROM call WHERE phone = $1 AND began_at >= $2;

-- name: list_callbacks
SELECT
    callback.id, ticket.number, ticket.category, callback.phone, callback.type, callback.state,
    callback.reason, callback.due, callback.since, callback.priority,
    (
        SELECT count(*) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.dialled_at IS NOT NULL
    ) AS tries
FROM callback JOIN ticket ON ticket.id = callback.ticket
WHERE callback.state = ANY($1::text[])
ORDER BY callback.state <> 'human', callback.priority DESC, callback.since, callback.id;
