-- What a person reads of tickets and calls.

-- name: list_tickets
SELECT
    id, number, category, status, channel, reason, phone, confidential, opened_at, deadline
FROM ticket
WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR category = $2)
ORDER BY opened_at DESC, id DESC
LIMIT $3;

-- name: show_ticket
SELECT
    id, number, category, status, channel, reason, phone, confidential, anonymous, language,
    opened_at, first_response_due, deadline, owner, call, fields
FROM ticket WHERE number = $1;

-- name: ticket_events
SELECT at, kind, was, became, actor, call FROM ticket_event WHERE ticket = $1 ORDER BY at, id;

-- name: ticket_callbacks
SELECT id, type, state, phone, due, since, reason FROM callback
WHERE id = ANY(
    ARRAY(
        SELECT id FROM callback WHERE ticket = $1
        UNION ALL
        SELECT callback FROM callback_request WHERE ticket = $1
    )
)
ORDER BY since, id;

-- name: ticket_attempts
SELECT attempt.at, attempt.agent, attempt.result, attempt.talked
FROM callback_attempt AS attempt
WHERE attempt.callback IN (
    SELECT id FROM callback WHERE ticket = $1
    UNION ALL
    SELECT callback FROM callback_request WHERE ticket = $1
)
ORDER BY coalesce(attempt.at, attempt.dialled_at), attempt.id;

-- name: ticket_recordings
-- Messages, and the conversations of the ticket's call and callbacks.
SELECT id, kind, name, seconds, silent, at FROM recording
WHERE ticket = $1 OR entry = ANY(
    ARRAY(
        SELECT entry.id FROM queue_entry AS entry
        WHERE entry.call = ANY(
            ARRAY(
                SELECT call FROM ticket WHERE id = $1
                UNION ALL
                SELECT call FROM callback_request WHERE ticket = $1
            )
        ) OR entry.callback = ANY(ARRAY(SELECT id FROM callback WHERE ticket = $1))
    )
)
ORDER BY at, id;

-- name: list_calls
SELECT id, pbx, uniqueid, caller, phone, flow, began_at, ended_at, outcome, last_step, certain
FROM call
WHERE $1::text IS NULL OR outcome = $1
ORDER BY began_at DESC, id DESC
LIMIT $2;

-- name: show_call
SELECT id, pbx, uniqueid, caller, phone, flow, began_at, ended_at, outcome, last_step, certain
FROM call WHERE id = $1::uuid OR uniqueid = $2
ORDER BY began_at DESC, id DESC LIMIT 1;

-- name: call_steps
SELECT seq, step, event, detail, at FROM call_step WHERE call = $1 ORDER BY seq, at, id;

-- name: call_stays
-- With what the agent said last became of the talk.
SELECT
    entry.queue, entry.joined_at, entry.left_at, entry.how, entry.agent, entry.waited, entry.talked,
    entry.ended_by,
    (
        SELECT disposition.code FROM disposition WHERE disposition.entry = entry.id
        ORDER BY disposition.at DESC, disposition.id DESC LIMIT 1
    ) AS disposition
FROM queue_entry AS entry WHERE entry.call = $1
ORDER BY entry.joined_at, entry.id;

-- name: call_tickets
SELECT number FROM ticket WHERE call = $1
UNION
SELECT ticket.number FROM ticket_event JOIN ticket ON ticket.id = ticket_event.ticket
WHERE ticket_event.call = $1
ORDER BY number;
