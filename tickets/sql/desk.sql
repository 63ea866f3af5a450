-- What a call asks of the desk.

-- name: person
SELECT
    phone.language, callback.id AS callback, callback.ticket, ticket.number, callback.due,
    CASE WHEN callback.type = 'slot' THEN callback.promised END AS slot
FROM phone
LEFT JOIN callback
    ON callback.phone = phone.number AND callback.state IN ('waiting', 'claimed', 'dialling')
LEFT JOIN ticket ON ticket.id = callback.ticket
WHERE phone.number = $1;

-- name: take_numbers
-- The first of $2 sequence numbers of the year $1.
INSERT INTO ticket_number_block AS block (year, next) VALUES ($1, 1 + $2::bigint)
ON CONFLICT (year) DO UPDATE SET next = block.next + $2::bigint
RETURNING next - $2::bigint;

-- name: open_calls
-- The last step tells what the caller was about; a request of theirs may already be a promise.
SELECT
    c.id,
    c.uniqueid,
    c.phone,
    c.began_at,
    coalesce((SELECT s.step FROM call_step s WHERE s.call = c.id ORDER BY s.seq DESC LIMIT 1), '')
        AS step,
    EXISTS (SELECT FROM ticket t WHERE t.call = c.id)
        OR EXISTS (SELECT FROM callback_request r WHERE r.call = c.id) AS ticketed,
    EXISTS (SELECT FROM queue_entry e WHERE e.call = c.id AND e.answered_at IS NOT NULL) AS spoke,
    lost.since,
    coalesce(lost.queue, '') AS queue,
    coalesce(lost.priority, 0) AS priority
FROM call c
LEFT JOIN LATERAL (
    -- The stay in which the PBX lost the caller, if it is the last one.
    SELECT last.* FROM (
        SELECT e.since, e.queue, e.priority, e.how, e.joined_at FROM queue_entry e
        WHERE e.call = c.id ORDER BY e.joined_at DESC NULLS LAST LIMIT 1
    ) AS last
    WHERE last.how IS NULL OR last.how = 'lost'
) AS lost ON TRUE
WHERE c.pbx = $1 AND c.ended_at IS NULL
ORDER BY c.began_at, c.id;

-- name: try_enquiry
-- Written before it is judged, so that tries made at once see each other.
WITH forgotten AS (
    DELETE FROM ticket_enquiry WHERE at < clock_timestamp() - interval '1 day'
)
INSERT INTO ticket_enquiry (caller, number) VALUES ($1, $2) RETURNING id;

-- name: judge_enquiry
SELECT
    (
        SELECT count(*) FROM ticket_enquiry AS other
        WHERE other.caller = $2 AND other.result = 'wrong' AND other.id <> $1
            AND other.at > clock_timestamp() - $4::interval
    ) AS by_caller,
    (
        SELECT count(*) FROM ticket_enquiry AS other
        WHERE other.number = $3 AND other.result = 'wrong' AND other.id <> $1
            AND other.at > clock_timestamp() - $4::interval
    ) AS of_number,
    ticket.id, ticket.pin_hash, ticket.status, ticket.deadline,
    live.id AS callback_id, live.due AS callback
FROM (SELECT) AS always
LEFT JOIN ticket ON ticket.number = $3
LEFT JOIN LATERAL (
    SELECT callback.id, callback.due FROM callback
    WHERE callback.state IN ('waiting', 'claimed', 'dialling') AND (
        callback.ticket = ticket.id OR callback.id IN (
            SELECT request.callback FROM callback_request AS request
            WHERE request.ticket = ticket.id
        )
    )
    ORDER BY callback.due LIMIT 1
) AS live ON TRUE;

-- name: settle_enquiry
UPDATE ticket_enquiry SET result = $2 WHERE id = $1;

-- name: closures
SELECT from_at, until_at, reason FROM line_closure WHERE lifted_at IS NULL ORDER BY from_at;

-- name: close_line
INSERT INTO line_closure (reason, from_at, until_at, closed_by) VALUES ($1, $2, $3, $4);

-- name: reopen_line
-- Lifts what stands at $1, and what was to come.
WITH lifted AS (
    UPDATE line_closure SET lifted_at = $1, lifted_by = $2
    WHERE lifted_at IS NULL AND (until_at IS NULL OR until_at > $1)
    RETURNING id
)
SELECT count(*) FROM lifted;

-- name: move
-- The WHERE is the lock; the event is written by the same statement, so history misses no move.
WITH moved AS (
    UPDATE ticket SET status = $3 WHERE id = $1 AND status = $2 RETURNING id
)
INSERT INTO ticket_event (ticket, kind, was, became, actor)
SELECT id, 'moved', $2, $3, $4 FROM moved
RETURNING ticket;
