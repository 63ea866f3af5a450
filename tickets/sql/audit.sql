-- Statements of `saluran audit`.

-- name: calls_of_pbx
SELECT uniqueid, ended_at IS NOT NULL AS ended
FROM call
WHERE pbx = $1 AND id >= $2;

-- name: agents_ever
-- Endpoints of agents, of those who have left too.
SELECT extension FROM agent;

-- name: contradictions_of_calls
-- Ended calls whose one outcome is not what the other rows tell. $1: who hung up in a queue sooner
-- is owed nothing.
SELECT call.id, call.uniqueid, found.problem
FROM call
CROSS JOIN LATERAL (
    SELECT
        bool_or(entry.answered_at IS NOT NULL) AS talked,
        bool_or(entry.answered_at IS NULL AND entry.left_at IS NULL) AS stands,
        bool_or(
            entry.how = 'abandoned' AND entry.left_at - entry.joined_at > $1::interval + interval '1 s'
        ) AS waited
    FROM queue_entry AS entry WHERE entry.call = call.id
) AS stay
CROSS JOIN LATERAL (
    SELECT
        EXISTS (SELECT FROM ticket WHERE ticket.call = call.id)
        OR EXISTS (SELECT FROM callback_request AS request WHERE request.call = call.id)
        OR EXISTS (SELECT FROM ticket_event AS event WHERE event.call = call.id) AS promised
) AS ticket
CROSS JOIN LATERAL (
    VALUES
        (call.outcome = 'agent' AND stay.talked IS NOT TRUE, 'ended with an agent that no row has'),
        (call.outcome <> 'agent' AND stay.talked, 'spoke with an agent, but ended otherwise'),
        (call.outcome = 'promise' AND NOT ticket.promised, 'was promised what no ticket has'),
        (stay.stands, 'is over, but stands in a queue'),
        (
            call.outcome = 'hung_up' AND stay.waited AND call.phone IS NOT NULL
                AND NOT ticket.promised,
            'hung up while waiting, and nobody follows up'
        )
) AS found (holds, problem)
WHERE call.ended_at IS NOT NULL AND found.holds
ORDER BY call.began_at, call.id, found.problem;

-- name: contradictions_of_callbacks
-- Callbacks that are not surely kept, live, cancelled or with a person. $1 now.
SELECT callback.id, found.problem
FROM callback
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE attempt.result = 'kept') AS kept,
        count(*) FILTER (WHERE attempt.result IS NULL AND attempt.id IS DISTINCT FROM (
            CASE WHEN callback.state = 'dialling' THEN callback.attempt END
        )) AS unknown
    FROM callback_attempt AS attempt WHERE attempt.callback = callback.id
) AS tries
CROSS JOIN LATERAL (
    VALUES
        (
            callback.state = 'done' AND tries.kept = 0 AND NOT EXISTS (
                SELECT FROM ticket_event AS event
                WHERE event.ticket = callback.ticket AND event.kind = 'callback'
                    AND event.became = 'done'
            ),
            'is done, but nobody spoke with the person'
        ),
        (tries.kept > 1, 'was kept more than once'),
        (tries.unknown > 0, 'was dialled, and nobody knows how that ended'),
        (
            callback.state IN ('claimed', 'dialling') AND callback.claimed_at < $1::timestamptz - interval '6 h',
            'has been held by a service for hours'
        )
) AS found (holds, problem)
WHERE found.holds
ORDER BY callback.since, callback.id, found.problem;

-- name: callbacks_by_state
SELECT
    count(*) FILTER (WHERE state = 'done') AS kept,
    count(*) FILTER (WHERE state IN ('waiting', 'claimed', 'dialling')) AS live,
    count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE state = 'human') AS with_people
FROM callback;
