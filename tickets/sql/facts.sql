-- What facts become. Each statement may be run again, and in any order within a call, and comes
-- to the same rows.

-- name: meet_phones
-- A person for every number seen for the first time. The foreign key is checked at the end.
WITH met AS (
    INSERT INTO phone (number, person)
    SELECT number, gen_random_uuid() FROM unnest($1::text[]) AS number
    ON CONFLICT (number) DO NOTHING
    RETURNING person
)
INSERT INTO person (id, met_at) SELECT person, $2 FROM met;

-- name: hold_phones
-- One writer at a time for what a phone has only one of.
SELECT FROM phone WHERE number = ANY($1::text[]) ORDER BY number FOR NO KEY UPDATE;

-- name: sight_calls
-- A stub for a call whose beginning is not known yet.
INSERT INTO call (id, began_at)
SELECT id, at FROM unnest($1::uuid[], $2::timestamptz[]) AS sighted (id, at)
ON CONFLICT (id) DO NOTHING;

-- name: begin_call
-- Told twice by two writers (the service, and the import of what the PBX took), the earlier holds;
-- but what was dialled is kept from whichever knows it: the service may not have had the time to ask.
INSERT INTO call (id, began_at, pbx, uniqueid, caller, phone, dialled, flow)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET
    began_at = CASE
        WHEN call.pbx IS NULL THEN excluded.began_at ELSE least(call.began_at, excluded.began_at)
    END,
    pbx = excluded.pbx,
    uniqueid = excluded.uniqueid,
    caller = excluded.caller,
    phone = excluded.phone,
    dialled = coalesce(nullif(excluded.dialled, ''), call.dialled),
    flow = excluded.flow
WHERE call.pbx IS NULL
    OR excluded.began_at < call.began_at
    OR (call.dialled = '' AND excluded.dialled <> '');

-- name: end_call
-- A certain end replaces a reconciled one; of two equally certain the later holds.
INSERT INTO call (id, began_at, ended_at, outcome, last_step, certain)
VALUES ($1, $2, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET
    ended_at = excluded.ended_at,
    outcome = excluded.outcome,
    last_step = excluded.last_step,
    certain = excluded.certain
WHERE call.ended_at IS NULL
    OR (excluded.certain, excluded.ended_at) > (call.certain, call.ended_at);

-- name: take_steps
INSERT INTO call_step (call, id, seq, step, event, detail, at)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]
)
ON CONFLICT (call, id) DO NOTHING;

-- name: choose_language
UPDATE phone SET language = $2, language_at = $3
WHERE number = $1 AND (language_at IS NULL OR language_at < $3);

-- name: give_consent
INSERT INTO consent (id, call, phone, purpose, granted, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;

-- name: find_ticket
-- Whether what is told of this ticket has a row to go to.
SELECT number FROM ticket WHERE id = coalesce((SELECT kept FROM ticket_merged WHERE id = $1), $1);

-- name: open_ticket
WITH opened AS (
    INSERT INTO ticket (
        id, number, pin_hash, category, channel, phone, person, fields, confidential, anonymous,
        language, opened_at, first_response_due, deadline, call, reason, opened_by
    )
    SELECT
        $1, $2, $3, $4, $5, $6, (SELECT person FROM phone WHERE phone.number = $6), $7::jsonb, $8,
        $6 IS NULL, $9, $10, $11, $12, $13, $14, $15
    WHERE NOT EXISTS (SELECT FROM ticket_merged WHERE id = $1)
    ON CONFLICT (id) DO UPDATE SET
        number = excluded.number,
        pin_hash = excluded.pin_hash,
        category = excluded.category,
        channel = excluded.channel,
        phone = excluded.phone,
        person = excluded.person,
        fields = excluded.fields,
        confidential = excluded.confidential,
        anonymous = excluded.anonymous,
        language = excluded.language,
        opened_at = excluded.opened_at,
        first_response_due = excluded.first_response_due,
        deadline = excluded.deadline,
        call = excluded.call,
        reason = excluded.reason,
        opened_by = excluded.opened_by
    WHERE ticket.opened_by IS NULL
    RETURNING id, opened_by, call, opened_at
)
INSERT INTO ticket_event (id, ticket, kind, became, actor, call, at)
SELECT opened_by, id, 'opened', 'baru', 'caller', call, opened_at FROM opened
WHERE opened_by IS NOT NULL
ON CONFLICT (id) DO NOTHING;

-- name: merge_abandoned
-- What becomes of a caller who hung up, if it is no ticket of its own: their callback lives, or
-- they hardly waited ($6), or they were followed up on this day ($7, $8), or a ticket of theirs is
-- open. Null: it is one.
WITH merged AS (
    INSERT INTO ticket_merged (id, kept, why)
    SELECT $1, found.kept, found.why FROM (
        SELECT callback.ticket AS kept, 'live' AS why, 1 AS rank, callback.asked_at AS at
        FROM callback
        WHERE callback.phone = $2 AND callback.state IN ('waiting', 'claimed', 'dialling')
        UNION ALL
        SELECT NULL, 'short', 2, entry.joined_at FROM queue_entry AS entry
        WHERE entry.call = $4 AND entry.joined_at > $5::timestamptz - $6::interval
            AND coalesce(entry.how, 'abandoned') = 'abandoned'
        UNION ALL
        SELECT ticket.id, 'today', 3, ticket.opened_at FROM ticket
        WHERE ticket.phone = $2 AND ticket.reason = 'abandoned'
            AND ticket.opened_at >= $7 AND ticket.opened_at < $8
        UNION ALL
        SELECT merged.kept, 'today', 3, event.at FROM ticket_merged AS merged
        JOIN ticket_event AS event ON event.ticket = merged.kept AND event.kind = 'called_again'
        JOIN call ON call.id = event.call
        WHERE merged.why = 'open' AND call.phone = $2 AND event.at >= $7 AND event.at < $8
        UNION ALL
        SELECT ticket.id, 'open', 4, ticket.opened_at FROM ticket
        WHERE ticket.person = (SELECT phone.person FROM phone WHERE phone.number = $2)
            AND ticket.status NOT IN ('selesai', 'arsip')
    ) AS found
    WHERE NOT EXISTS (SELECT FROM ticket WHERE id = $1)
    ORDER BY found.rank, found.at DESC
    LIMIT 1
    ON CONFLICT (id) DO NOTHING
    RETURNING kept, why
), told AS (
    INSERT INTO ticket_event (id, ticket, kind, actor, call, at)
    SELECT $3, kept, 'called_again', 'caller', $4, $5 FROM merged WHERE kept IS NOT NULL
)
SELECT why FROM merged UNION ALL SELECT why FROM ticket_merged WHERE id = $1;

-- name: why_merged
SELECT why FROM ticket_merged WHERE id = $1;

-- name: promise_callback
-- One live callback a phone: asking again confirms or moves it, and never costs the place. If the
-- callback that was live for the asking call has been made meanwhile, this is a new one. A claim
-- that has not come to dialling is dropped for a later time: who holds it is told so. Who hung up
-- while waiting asked for no other time than the slot that they had chosen.
WITH asked AS (
    SELECT coalesce((SELECT kept FROM ticket_merged WHERE id = $3), $3) AS ticket
    WHERE NOT EXISTS (SELECT FROM callback_request WHERE id = $1)
), live AS (
    INSERT INTO callback (
        id, ticket, phone, type, due, promised, since, asked_at, queue, priority, other_phone
    )
    SELECT
        CASE WHEN EXISTS (SELECT FROM callback WHERE id = $2) THEN $1 ELSE $2 END,
        ticket, $4, $5, $6, $6, $7, $9, $10, $11, $12
    FROM asked
    ON CONFLICT (phone) WHERE state IN ('waiting', 'claimed', 'dialling') DO UPDATE SET
        (type, due, promised, queue, other_phone, state, attempt) = (
            SELECT
                CASE WHEN moves THEN excluded.type ELSE callback.type END,
                CASE WHEN moves THEN excluded.due ELSE callback.due END,
                CASE WHEN moves THEN excluded.promised ELSE callback.promised END,
                CASE
                    WHEN moves THEN coalesce(nullif(excluded.queue, ''), callback.queue)
                    ELSE callback.queue
                END,
                CASE
                    WHEN moves THEN coalesce(excluded.other_phone, callback.other_phone)
                    ELSE coalesce(callback.other_phone, excluded.other_phone)
                END,
                CASE WHEN moves AND dropped THEN 'waiting' ELSE callback.state END,
                CASE WHEN moves AND dropped THEN NULL ELSE callback.attempt END
            FROM (
                SELECT
                    excluded.asked_at >= callback.asked_at AND NOT (
                        callback.type = 'slot' AND callback.promised > excluded.asked_at
                        AND EXISTS (SELECT FROM ticket_merged WHERE id = $3 AND why = 'live')
                    ) AS moves,
                    callback.state = 'claimed' AND excluded.due > excluded.asked_at AS dropped
            ) AS asking
        ),
        priority = greatest(callback.priority, excluded.priority),
        since = least(callback.since, excluded.since),
        asked_at = greatest(callback.asked_at, excluded.asked_at)
    RETURNING id
)
INSERT INTO callback_request (id, callback, ticket, call, type, due, at)
SELECT $1, live.id, asked.ticket, $8, $5, $6, $9 FROM live, asked
ON CONFLICT (id) DO NOTHING;

-- name: keep_recording
INSERT INTO recording (id, ticket, call, name, seconds, size, sha256, silent, at)
SELECT
    $1, coalesce((SELECT kept FROM ticket_merged WHERE id = $2), $2), $3, $4, $5, $6, $7, $8, $9
ON CONFLICT (id) DO NOTHING;

-- name: refuse_fact
INSERT INTO fact_refused (digest, kind, fact, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO NOTHING;
