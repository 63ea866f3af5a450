-- People as the desk reads and corrects them. In all of them $1 tells whether confidential tickets
-- exist for who asks, $2 whether they may know who is anonymous.

-- name: page_people
-- Newest first. Whose tickets are all confidential does not exist for who may not see those, nor
-- by name or number who is anonymous in all of theirs; so it is with each number of a person.
SELECT
    person.id, person.name, person.met_at,
    ARRAY(
        SELECT phone.number FROM phone
        WHERE phone.person = person.id AND coalesce(
            (
                SELECT bool_or(
                    ($1::boolean OR NOT ticket.confidential)
                    AND ($2::boolean OR NOT ticket.anonymous)
                )
                FROM ticket WHERE ticket.phone = phone.number
            ),
            true
        )
        ORDER BY phone.number
    ) AS phones,
    (
        SELECT count(*) FROM ticket
        WHERE ticket.person = person.id AND ($1::boolean OR NOT ticket.confidential)
            AND ($2::boolean OR NOT ticket.anonymous)
            AND ticket.merged_into IS NULL AND ticket.status NOT IN ('selesai', 'arsip')
    ) AS open_tickets
FROM person
WHERE (
        $3::text IS NULL
        OR person.name ILIKE '%' || regexp_replace($3, '([%_\\])', '\\\1', 'g') || '%'
        OR $3 <% person.name
    )
    AND (
        $4::text IS NULL
        OR person.id = (
            SELECT phone.person FROM phone
            WHERE phone.number = $4 AND coalesce(
                (
                    SELECT bool_or(
                        ($1::boolean OR NOT ticket.confidential)
                        AND ($2::boolean OR NOT ticket.anonymous)
                    )
                    FROM ticket WHERE ticket.phone = phone.number
                ),
                true
            )
        )
    )
    AND coalesce(
        (
            SELECT bool_or(
                ($1::boolean OR NOT ticket.confidential) AND ($2::boolean OR NOT ticket.anonymous)
            )
            FROM ticket WHERE ticket.person = person.id
        ),
        true
    )
    AND ($5::timestamptz IS NULL OR (person.met_at, person.id) < ($5, $6::uuid))
ORDER BY person.met_at DESC, person.id DESC
LIMIT $7;

-- name: work_person
SELECT
    person.id, person.name, person.met_at,
    ARRAY(
        SELECT phone.number FROM phone
        WHERE phone.person = person.id AND coalesce(
            (
                SELECT bool_or(
                    ($1::boolean OR NOT ticket.confidential)
                    AND ($2::boolean OR NOT ticket.anonymous)
                )
                FROM ticket WHERE ticket.phone = phone.number
            ),
            true
        )
        ORDER BY phone.number
    ) AS phones,
    (
        SELECT count(*) FROM ticket
        WHERE ticket.person = person.id AND ($1::boolean OR NOT ticket.confidential)
            AND ($2::boolean OR NOT ticket.anonymous)
            AND ticket.merged_into IS NULL AND ticket.status NOT IN ('selesai', 'arsip')
    ) AS open_tickets,
    person.xmin::text AS version, person.restricted_at
FROM person
WHERE person.id = $3 AND coalesce(
    (
        SELECT bool_or(
            ($1::boolean OR NOT ticket.confidential) AND ($2::boolean OR NOT ticket.anonymous)
        )
        FROM ticket WHERE ticket.person = person.id
    ),
    true
);

-- name: tickets_of_person
SELECT
    ticket.id, ticket.number, ticket.category, ticket.status, ticket.channel, ticket.reason,
    ticket.phone, ticket.confidential, ticket.anonymous, ticket.opened_at,
    ticket.first_response_due, ticket.deadline, ticket.owner, ticket.tags, ticket.version,
    person.name
FROM ticket JOIN person ON person.id = ticket.person
WHERE ticket.person = $3 AND ($1::boolean OR NOT ticket.confidential)
    AND ($2::boolean OR NOT ticket.anonymous) AND ticket.merged_into IS NULL
ORDER BY ticket.opened_at DESC, ticket.id DESC LIMIT 100;

-- name: calls_of_person
-- The newest ones of their numbers, without those of which a confidential or, for who may not know
-- who that is, an anonymous ticket came.
SELECT
    call.id, call.pbx, call.uniqueid, call.caller, call.phone, call.flow, call.began_at,
    call.ended_at, call.outcome, call.last_step, call.certain
FROM call JOIN phone ON phone.number = call.phone
WHERE phone.person = $3
    AND NOT EXISTS (
        SELECT FROM ticket
        WHERE ticket.call = call.id
            AND ((ticket.confidential AND NOT $1::boolean) OR (ticket.anonymous AND NOT $2::boolean))
    )
    AND NOT EXISTS (
        SELECT FROM ticket_event AS event JOIN ticket ON ticket.id = event.ticket
        WHERE event.call = call.id
            AND ((ticket.confidential AND NOT $1::boolean) OR (ticket.anonymous AND NOT $2::boolean))
    )
ORDER BY call.began_at DESC, call.id DESC LIMIT 50;

-- name: callbacks_of_person
-- The newest ones to their numbers, also those that are over.
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
FROM phone
JOIN callback ON callback.phone = phone.number
JOIN ticket ON ticket.id = callback.ticket
WHERE phone.person = $3 AND ($1::boolean OR NOT ticket.confidential)
    AND ($2::boolean OR NOT ticket.anonymous)
ORDER BY callback.since DESC, callback.id DESC LIMIT 50;

-- name: name_person
UPDATE person SET name = $2 WHERE id = $1 AND xmin::text = $3 RETURNING xmin::text;

-- name: hold_phones_of
-- As `hold_phones` does before a ticket is opened: what a call tells at this moment is written before
-- the person is changed, or finds them as they are afterwards.
SELECT FROM phone WHERE person = ANY($1::uuid[]) ORDER BY number FOR NO KEY UPDATE;

-- name: hold_person
-- With this version, for a change of what hangs on them; the row's version moves on.
UPDATE person SET name = name WHERE id = $1 AND xmin::text = $2 RETURNING name;

-- name: add_phone
-- None for a number that is somebody's already.
INSERT INTO phone (number, person) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING RETURNING number;

-- name: part_phone
-- The number and what came from it are a person's of their own ($3), if it is not the only number.
WITH alone AS (
    SELECT number FROM phone
    WHERE number = $2 AND person = $1 AND EXISTS (
        SELECT FROM phone AS other WHERE other.person = $1 AND other.number <> $2
    )
), made AS (
    INSERT INTO person (id, met_at)
    SELECT $3, person.met_at FROM alone JOIN person ON person.id = $1
    RETURNING id
), parted AS (
    UPDATE phone SET person = made.id FROM made, alone WHERE phone.number = alone.number
), theirs AS (
    UPDATE ticket SET person = made.id FROM made, alone
    WHERE ticket.phone = alone.number AND ticket.person = $1
), accounts AS (
    UPDATE whatsapp_user SET person = made.id FROM made, alone
    WHERE whatsapp_user.phone = alone.number
), trainings AS (
    UPDATE training_signup AS signup SET person = made.id FROM made, alone
    WHERE signup.phone = alone.number AND signup.person = $1
)
SELECT id FROM made;

-- name: merge_people
-- All that the person $1 has is $2's, who is called as $1 if nobody knew their name.
WITH numbers AS (
    UPDATE phone SET person = $2 WHERE person = $1
), theirs AS (
    UPDATE ticket SET person = $2 WHERE person = $1
), accounts AS (
    UPDATE whatsapp_user SET person = $2 WHERE person = $1
), words AS (
    UPDATE consent SET person = $2 WHERE person = $1
), trainings AS (
    UPDATE training_signup SET person = $2 WHERE person = $1
)
UPDATE person SET
    name = coalesce(person.name, gone.name),
    met_at = least(person.met_at, gone.met_at),
    restricted_at = coalesce(person.restricted_at, gone.restricted_at)
FROM person AS gone WHERE person.id = $2 AND gone.id = $1
RETURNING person.id;

-- name: drop_person
DELETE FROM person WHERE id = $1;
