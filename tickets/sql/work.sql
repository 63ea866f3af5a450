-- Tickets, people, calls and callbacks as the desk works on them. In all of them $1 tells whether
-- confidential tickets exist for who asks.

-- name: page_tickets
-- Newest first. What is null does not narrow; the desk's connections plan each page with its values.
-- How many words are like one is beyond an estimate: these are always looked up first, among the
-- next $17 alone unless that is null.
WITH alike AS MATERIALIZED (
    SELECT id FROM ticket WHERE $17::integer IS NULL AND $13 <% words
    UNION ALL
    SELECT near.id FROM (
        SELECT ticket.id, ticket.words FROM ticket
        WHERE $17::integer IS NOT NULL
            AND ($14::timestamptz IS NULL OR (ticket.opened_at, ticket.id) < ($14, $15::uuid))
        ORDER BY ticket.opened_at DESC, ticket.id DESC LIMIT $17
    ) AS near
    WHERE $13 <% near.words
)
SELECT
    ticket.id, ticket.number, ticket.category, ticket.status, ticket.channel, ticket.reason,
    ticket.phone, ticket.confidential, ticket.anonymous, ticket.opened_at,
    ticket.first_response_due, ticket.deadline, ticket.owner, ticket.tags, ticket.version,
    (SELECT person.name FROM person WHERE person.id = ticket.person) AS name
FROM ticket
WHERE ($1::boolean OR NOT ticket.confidential)
    AND ($2::text[] IS NULL OR ticket.status = ANY($2))
    AND ($3::text[] IS NULL OR ticket.category = ANY($3))
    AND ($4::text IS NULL OR ticket.owner = $4)
    AND ($5::boolean IS NULL OR (ticket.owner IS NULL) = $5)
    AND ($6::text[] IS NULL OR ticket.tags @> $6)
    AND ($7::text IS NULL OR ticket.phone = $7)
    AND ($8::boolean OR NOT ticket.anonymous OR $7::text IS NULL)
    AND ($9::timestamptz IS NULL OR ticket.deadline < $9)
    AND ($10::timestamptz IS NULL OR ticket.opened_at >= $10)
    AND ($11::timestamptz IS NULL OR ticket.opened_at < $11)
    AND ($12::text IS NULL OR ticket.search @@ websearch_to_tsquery('indonesian', $12))
    AND ($13::text IS NULL OR ticket.id IN (SELECT alike.id FROM alike))
    AND ticket.merged_into IS NULL
    AND ($14::timestamptz IS NULL OR (ticket.opened_at, ticket.id) < ($14, $15::uuid))
ORDER BY ticket.opened_at DESC, ticket.id DESC
LIMIT $16;

-- name: page_tickets_due
-- Of the open ones, who is due next comes first; as above otherwise.
WITH alike AS MATERIALIZED (
    SELECT id FROM ticket WHERE $13 <% words
)
SELECT
    ticket.id, ticket.number, ticket.category, ticket.status, ticket.channel, ticket.reason,
    ticket.phone, ticket.confidential, ticket.anonymous, ticket.opened_at,
    ticket.first_response_due, ticket.deadline, ticket.owner, ticket.tags, ticket.version,
    (SELECT person.name FROM person WHERE person.id = ticket.person) AS name
FROM ticket
WHERE ($1::boolean OR NOT ticket.confidential)
    AND ($2::text[] IS NULL OR ticket.status = ANY($2))
    AND ($3::text[] IS NULL OR ticket.category = ANY($3))
    AND ($4::text IS NULL OR ticket.owner = $4)
    AND ($5::boolean IS NULL OR (ticket.owner IS NULL) = $5)
    AND ($6::text[] IS NULL OR ticket.tags @> $6)
    AND ($7::text IS NULL OR ticket.phone = $7)
    AND ($8::boolean OR NOT ticket.anonymous OR $7::text IS NULL)
    AND ($9::timestamptz IS NULL OR ticket.deadline < $9)
    AND ($10::timestamptz IS NULL OR ticket.opened_at >= $10)
    AND ($11::timestamptz IS NULL OR ticket.opened_at < $11)
    AND ($12::text IS NULL OR ticket.search @@ websearch_to_tsquery('indonesian', $12))
    AND ($13::text IS NULL OR ticket.id IN (SELECT alike.id FROM alike))
    AND ticket.merged_into IS NULL AND ticket.status NOT IN ('selesai', 'arsip')
    AND ($14::timestamptz IS NULL OR (ticket.deadline, ticket.id) > ($14, $15::uuid))
ORDER BY ticket.deadline, ticket.id
LIMIT $16;

-- name: work_ticket
SELECT
    ticket.id, ticket.number, ticket.category, ticket.status, ticket.channel, ticket.reason,
    ticket.phone, ticket.confidential, ticket.anonymous, ticket.language, ticket.opened_at,
    ticket.first_response_due, ticket.deadline, ticket.owner, ticket.tags, ticket.version,
    ticket.call, ticket.fields, ticket.person, ticket.merged_into, person.name,
    into_.number AS merged_into_number, whole.number AS split_from_number
FROM ticket
LEFT JOIN person ON person.id = ticket.person
LEFT JOIN ticket AS into_
    ON into_.id = ticket.merged_into AND ($1::boolean OR NOT into_.confidential)
LEFT JOIN ticket AS whole
    ON whole.id = ticket.split_from AND ($1::boolean OR NOT whole.confidential)
WHERE ticket.number = $2 AND ($1::boolean OR NOT ticket.confidential);

-- name: hold_ticket
SELECT
    id, number, category, status, phone, person, fields, confidential, anonymous, owner, tags,
    version, merged_into, opened_at, deadline, language, call
FROM ticket
WHERE number = $2 AND ($1::boolean OR NOT confidential)
FOR NO KEY UPDATE;

-- name: thread
-- Its own story, and those of the tickets that were merged into it; without the number of another
-- ticket that does not exist for the reader.
SELECT
    event.id, event.at, event.kind, event.was, event.became, event.actor, event.call,
    CASE
        WHEN event.kind IN ('merged', 'unmerged', 'split') AND NOT $2::boolean AND EXISTS (
            SELECT FROM ticket AS other WHERE other.number = event.note AND other.confidential
        ) THEN ''
        ELSE event.note
    END AS note,
    ticket.number AS ticket
FROM ticket JOIN ticket_event AS event ON event.ticket = ticket.id
WHERE ticket.id = $1 OR ticket.merged_into = $1
ORDER BY event.at, event.id;

-- name: story_callbacks
-- Of the ticket and of those that were merged into it, as is all that follows. Unions, for an index
-- serves each part of them and none serves an OR.
WITH own AS (
    SELECT id FROM ticket WHERE id = $1 OR merged_into = $1
), found AS (
    SELECT callback.id FROM callback JOIN own ON own.id = callback.ticket
    UNION
    SELECT request.callback FROM callback_request AS request JOIN own ON own.id = request.ticket
)
SELECT
    callback.id, callback.type, callback.state, callback.phone, callback.due, callback.since,
    callback.reason, ticket.anonymous
FROM found
JOIN callback ON callback.id = found.id
JOIN ticket ON ticket.id = callback.ticket
ORDER BY callback.since, callback.id;

-- name: story_attempts
WITH own AS (
    SELECT id FROM ticket WHERE id = $1 OR merged_into = $1
), found AS (
    SELECT callback.id FROM callback JOIN own ON own.id = callback.ticket
    UNION
    SELECT request.callback FROM callback_request AS request JOIN own ON own.id = request.ticket
)
SELECT attempt.at, attempt.agent, attempt.result, attempt.talked
FROM found JOIN callback_attempt AS attempt ON attempt.callback = found.id
ORDER BY coalesce(attempt.at, attempt.dialled_at), attempt.id;

-- name: story_recordings
-- Messages, and the conversations of the calls and callbacks.
WITH own AS (
    SELECT id, call FROM ticket WHERE id = $1 OR merged_into = $1
), spoke AS (
    SELECT call FROM own
    UNION
    SELECT request.call FROM callback_request AS request JOIN own ON own.id = request.ticket
), stay AS (
    SELECT entry.id FROM queue_entry AS entry JOIN spoke ON spoke.call = entry.call
    UNION
    SELECT entry.id FROM queue_entry AS entry
    JOIN callback ON callback.id = entry.callback
    JOIN own ON own.id = callback.ticket
), found AS (
    SELECT recording.id FROM recording JOIN own ON own.id = recording.ticket
    UNION
    SELECT recording.id FROM recording JOIN stay ON stay.id = recording.entry
)
SELECT recording.id, recording.kind, recording.name, recording.seconds, recording.silent,
    recording.at
FROM found JOIN recording ON recording.id = found.id
ORDER BY recording.at, recording.id;

-- name: merged_tickets
SELECT number FROM ticket WHERE merged_into = $1 ORDER BY number;

-- name: parts_of_ticket
SELECT number FROM ticket WHERE split_from = $1 AND ($2::boolean OR NOT confidential)
ORDER BY number;

-- name: change_ticket
UPDATE ticket SET
    category = $2, status = $3, fields = $4::jsonb, confidential = $5, anonymous = $6, owner = $7,
    tags = $8, merged_into = $9, deadline = $10
WHERE id = $1
RETURNING version;

-- name: add_event
INSERT INTO ticket_event (ticket, kind, was, became, actor, note, at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: comment
-- Found by its words; a request that comes again writes nothing again.
WITH added AS (
    INSERT INTO ticket_event (id, ticket, kind, actor, note, at)
    VALUES ($1, $2, 'commented', $3, $4, $5)
    ON CONFLICT (id) DO NOTHING
    RETURNING ticket
)
UPDATE ticket SET told = right(told || ' ' || $4, 100000) FROM added WHERE ticket.id = added.ticket
RETURNING ticket.id;

-- name: open_at_desk
WITH opened AS (
    INSERT INTO ticket (
        id, number, category, channel, phone, person, fields, confidential, anonymous, language,
        opened_at, first_response_due, deadline, owner, call, reason, split_from, told
    )
    VALUES (
        $1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $13, $14,
        (SELECT id FROM call WHERE id = $15), 'desk', $16, $18
    )
    ON CONFLICT (id) DO NOTHING
    RETURNING id
)
INSERT INTO ticket_event (ticket, kind, became, actor, at)
SELECT id, 'opened', 'baru', $17, $11 FROM opened
RETURNING ticket;

-- name: number_of_ticket
SELECT number FROM ticket WHERE id = $1;

-- name: person_of_phone
SELECT person FROM phone WHERE number = $1;

-- name: role_of
SELECT role FROM desk_user WHERE login = $1 AND disabled_at IS NULL;

-- name: page_calls
-- Newest first; without those of which a confidential ticket came, or was spoken of. $9 tells
-- whether who asks may know who is anonymous: nobody else finds those by their number.
SELECT
    id, pbx, uniqueid, caller, phone, flow, began_at, ended_at, outcome, last_step, certain,
    coalesce((SELECT bool_or(ticket.anonymous) FROM ticket WHERE ticket.call = call.id), false)
        AS anonymous
FROM call
WHERE (
        $1::boolean
        OR (
            -- Aggregates, which are asked for one call at a time: of many calls an EXISTS would be
            -- answered by reading all tickets.
            coalesce(
                (SELECT NOT bool_or(ticket.confidential) FROM ticket WHERE ticket.call = call.id),
                true
            )
            AND coalesce(
                (
                    SELECT NOT bool_or(ticket.confidential)
                    FROM ticket_event AS event JOIN ticket ON ticket.id = event.ticket
                    WHERE event.call = call.id
                ),
                true
            )
        )
    )
    AND ($2::text IS NULL OR outcome = $2)
    AND (
        $3::text IS NULL
        OR (
            phone = $3 AND (
                $9::boolean
                OR coalesce(
                    (SELECT NOT bool_or(ticket.anonymous) FROM ticket WHERE ticket.call = call.id),
                    true
                )
            )
        )
    )
    AND ($4::timestamptz IS NULL OR began_at >= $4)
    AND ($5::timestamptz IS NULL OR began_at < $5)
    AND ($6::timestamptz IS NULL OR (began_at, id) < ($6, $7::uuid))
ORDER BY began_at DESC, id DESC
LIMIT $8;

-- name: call_is_confidential
SELECT
    EXISTS (SELECT FROM ticket WHERE ticket.call = $1 AND ticket.confidential)
    OR EXISTS (
        SELECT FROM ticket_event AS event JOIN ticket ON ticket.id = event.ticket
        WHERE event.call = $1 AND ticket.confidential
    );

-- name: call_is_anonymous
SELECT EXISTS (SELECT FROM ticket WHERE ticket.call = $1 AND ticket.anonymous);

-- name: page_callbacks
-- In the order in which they are served; tasks for people first.
SELECT
    callback.id, ticket.number, ticket.category, callback.phone, callback.type, callback.state,
    callback.reason, callback.due, callback.promised, callback.since, callback.settled_at,
    callback.priority,
    (
        SELECT count(*) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.dialled_at IS NOT NULL
    ) AS tries,
    (
        SELECT max(attempt.at) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.result = 'kept'
    ) AS kept_at,
    callback.xmin::text AS version, ticket.anonymous
FROM callback JOIN ticket ON ticket.id = callback.ticket
WHERE ($1::boolean OR NOT ticket.confidential)
    AND callback.state IN ('waiting', 'claimed', 'dialling', 'human')
    AND ($2::text[] IS NULL OR callback.state = ANY($2))
    AND (
        $3::boolean IS NULL
        OR (callback.state <> 'human', -callback.priority, callback.since, callback.id)
            > ($3, -$4::integer, $5::timestamptz, $6::uuid)
    )
    -- Due, or promised, before.
    AND ($8::timestamptz IS NULL OR (callback.state <> 'human' AND callback.due <= $8))
    AND ($9::timestamptz IS NULL OR (callback.state <> 'human' AND callback.promised < $9))
ORDER BY callback.state <> 'human', callback.priority DESC, callback.since, callback.id
LIMIT $7;

-- name: page_past_callbacks
-- Those that are over, the last first.
SELECT
    callback.id, ticket.number, ticket.category, callback.phone, callback.type, callback.state,
    callback.reason, callback.due, callback.promised, callback.since, callback.settled_at,
    callback.priority,
    (
        SELECT count(*) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.dialled_at IS NOT NULL
    ) AS tries,
    (
        SELECT max(attempt.at) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.result = 'kept'
    ) AS kept_at,
    callback.xmin::text AS version, ticket.anonymous
FROM callback JOIN ticket ON ticket.id = callback.ticket
WHERE ($1::boolean OR NOT ticket.confidential)
    AND callback.state IN ('done', 'cancelled')
    AND ($2::text IS NULL OR callback.state = $2)
    AND ($3::timestamptz IS NULL OR (callback.settled_at, callback.id) < ($3, $4::uuid))
ORDER BY callback.settled_at DESC, callback.id DESC
LIMIT $5;

-- name: attempts_of_callback
SELECT coalesce(at, dialled_at) AS at, agent, result, talked FROM callback_attempt
WHERE callback = $1 ORDER BY coalesce(at, dialled_at), id;

-- name: work_callback
SELECT
    callback.id, ticket.number, ticket.category, callback.phone, callback.type, callback.state,
    callback.reason, callback.due, callback.promised, callback.since, callback.settled_at,
    callback.priority,
    (
        SELECT count(*) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.dialled_at IS NOT NULL
    ) AS tries,
    (
        SELECT max(attempt.at) FROM callback_attempt AS attempt
        WHERE attempt.callback = callback.id AND attempt.result = 'kept'
    ) AS kept_at,
    callback.xmin::text AS version, ticket.anonymous
FROM callback JOIN ticket ON ticket.id = callback.ticket
WHERE callback.id = $2 AND ($1::boolean OR NOT ticket.confidential);

-- name: hold_callback
SELECT callback.state, callback.xmin::text AS version, ticket.id AS ticket, ticket.number, ticket.owner
FROM callback JOIN ticket ON ticket.id = callback.ticket
WHERE callback.id = $2 AND ($1::boolean OR NOT ticket.confidential)
FOR NO KEY UPDATE OF callback;

-- name: make_callback
-- None while the phone has a live one: that is to be moved.
INSERT INTO callback (id, ticket, phone, type, due, promised, since, asked_at, queue, priority)
SELECT $1, ticket.id, $3, 'slot', $4, $4, $5, $5, $6, 0 FROM ticket WHERE ticket.id = $2
ON CONFLICT DO NOTHING
RETURNING id;

-- name: own_ticket
WITH owned AS (
    UPDATE ticket SET owner = $2 WHERE id = $1 AND owner IS NULL RETURNING id
)
INSERT INTO ticket_event (ticket, kind, became, actor, at)
SELECT id, 'assigned', $2, $2, $3 FROM owned;

-- name: page_closures
SELECT
    id, reason, from_at, until_at, closed_by, lifted_at, lifted_by,
    lifted_at IS NULL AND (until_at IS NULL OR until_at > $1) AS stands
FROM line_closure
WHERE $2::timestamptz IS NULL OR (from_at, id) < ($2, $3::uuid)
ORDER BY from_at DESC, id DESC
LIMIT $4;

-- name: name_unnamed
UPDATE person SET name = $2 WHERE id = $1 AND name IS NULL;

-- name: merge_along
UPDATE ticket SET merged_into = $2 WHERE merged_into = $1;

-- name: staff_names
-- An extension without an account is known by its agent's name.
SELECT login AS key, name FROM desk_user
UNION ALL
SELECT agent.extension, coalesce(desk_user.name, agent.name)
FROM agent LEFT JOIN desk_user USING (extension);

-- name: colleagues
SELECT login, name, role, extension FROM desk_user WHERE disabled_at IS NULL ORDER BY name, login;
