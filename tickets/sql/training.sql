-- Trainings: their seats, who signed up, who is owed a word. Whoever gives or frees a seat holds
-- the session first (`hold_trainings`); the table itself refuses one seat too many.

-- name: hold_trainings
SELECT id FROM training_session WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE;

-- name: sign_up_for_training
-- How it stands with their seat: what was given now, or what they have already; nothing without
-- such a session. For one that was called off or had begun when they asked it is `cancelled`.
WITH made AS (
    INSERT INTO training_signup (
        id, session, person, phone, channel, call, ticket, by_whom, asked_at, state
    )
    SELECT
        $1, session.id, $3, $4, $5, $6, $7, $8, $9,
        CASE
            WHEN session.cancelled_at IS NOT NULL OR session.starts_at <= $9 THEN 'cancelled'
            WHEN session.taken < session.seats THEN 'seated'
            ELSE 'waiting'
        END
    FROM training_session AS session WHERE session.id = $2
    ON CONFLICT DO NOTHING
    RETURNING id, state
)
SELECT id, state FROM made
UNION ALL
SELECT id, state FROM training_signup
WHERE NOT EXISTS (SELECT FROM made)
    AND ((session = $2 AND person = $3 AND state <> 'cancelled') OR id = $1)
ORDER BY state DESC LIMIT 1;

-- name: training_told_by_phone
-- They heard it; if it is otherwise by now, they are still owed a word.
UPDATE training_signup SET told = $3, told_at = $4
WHERE session = $1 AND state <> 'cancelled'
    AND person = (SELECT person FROM phone WHERE number = $2)
    AND (told_at IS NULL OR told_at < $4);

-- name: seat_the_waiting
-- As many as there are seats, in the order in which they asked; the session is held.
UPDATE training_signup SET state = 'seated'
WHERE id IN (
    SELECT signup.id FROM training_signup AS signup
    WHERE signup.session = $1 AND signup.state = 'waiting'
    ORDER BY signup.asked_at, signup.id
    LIMIT (
        SELECT CASE WHEN cancelled_at IS NULL AND starts_at > $2 THEN seats - taken ELSE 0 END
        FROM training_session WHERE id = $1
    )
)
RETURNING id;

-- name: trainings_ahead
SELECT id, city, starts_at AS starts, zone, seats - taken AS free FROM training_session
WHERE starts_at > $1 AND cancelled_at IS NULL
ORDER BY starts_at, id LIMIT $2;

-- name: training_place
SELECT state FROM training_signup
WHERE session = $1 AND state <> 'cancelled'
    AND person = (SELECT person FROM phone WHERE number = $2);

-- name: page_trainings
-- Those that have not ended at $1, the next first, behind the place of $2 and $3.
SELECT
    session.id, session.title, session.city, session.place, session.starts_at, session.ends_at,
    session.zone, session.seats, session.taken, session.cancelled_at, session.cancelled_why,
    session.made_by, session.version,
    (
        SELECT count(*) FROM training_signup AS signup
        WHERE signup.session = session.id AND signup.state = 'waiting'
    ) AS waiting
FROM training_session AS session
WHERE session.ends_at > $1 AND ($2::timestamptz IS NULL OR (starts_at, id) > ($2, $3::uuid))
ORDER BY session.starts_at, session.id LIMIT $4;

-- name: page_past_trainings
-- Those that had ended at $1, the last first.
SELECT
    session.id, session.title, session.city, session.place, session.starts_at, session.ends_at,
    session.zone, session.seats, session.taken, session.cancelled_at, session.cancelled_why,
    session.made_by, session.version,
    (
        SELECT count(*) FROM training_signup AS signup
        WHERE signup.session = session.id AND signup.state = 'waiting'
    ) AS waiting
FROM training_session AS session
WHERE session.ends_at <= $1 AND ($2::timestamptz IS NULL OR (starts_at, id) < ($2, $3::uuid))
ORDER BY session.starts_at DESC, session.id DESC LIMIT $4;

-- name: work_training
SELECT
    session.id, session.title, session.city, session.place, session.starts_at, session.ends_at,
    session.zone, session.seats, session.taken, session.cancelled_at, session.cancelled_why,
    session.made_by, session.version,
    (
        SELECT count(*) FROM training_signup AS signup
        WHERE signup.session = session.id AND signup.state = 'waiting'
    ) AS waiting
FROM training_session AS session WHERE session.id = $1;

-- name: add_training
INSERT INTO training_session (
    id, title, city, place, starts_at, ends_at, zone, seats, made_by, made_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO NOTHING;

-- name: change_training
UPDATE training_session SET
    title = $3, city = $4, place = $5, starts_at = $6, ends_at = $7, zone = $8, seats = $9,
    version = version + 1
WHERE id = $1 AND version = $2 AND cancelled_at IS NULL
RETURNING id;

-- name: cancel_training
UPDATE training_session SET cancelled_at = $3, cancelled_why = $4, version = version + 1
WHERE id = $1 AND version = $2 AND cancelled_at IS NULL
RETURNING id;

-- name: cancel_signups
UPDATE training_signup SET state = 'cancelled' WHERE session = $1 AND state <> 'cancelled';

-- name: remind_again
-- The time or the place is another: what they were told does not hold.
UPDATE training_signup SET told = NULL, reminded_at = NULL
WHERE session = $1 AND state = 'seated';

-- name: signups_of_training
-- Those who come, then those who wait, in their order, then the others.
SELECT
    signup.id, signup.session, signup.person, signup.phone, signup.channel, signup.state,
    signup.asked_at, signup.told, signup.told_at, signup.reminded_at, signup.attended,
    signup.attended_by, signup.by_whom, person.name,
    coalesce(
        (SELECT bool_and(ticket.anonymous) FROM ticket WHERE ticket.person = person.id), false
    ) AS anonymous,
    (SELECT number FROM ticket WHERE ticket.id = signup.ticket) AS ticket
FROM training_signup AS signup JOIN person ON person.id = signup.person
WHERE signup.session = $1
ORDER BY array_position('{seated,waiting,cancelled}'::text[], signup.state),
    signup.asked_at, signup.id;

-- name: work_signup
SELECT
    signup.id, signup.session, signup.person, signup.phone, signup.channel, signup.state,
    signup.asked_at, signup.told, signup.told_at, signup.reminded_at, signup.attended,
    signup.attended_by, signup.by_whom, person.name,
    coalesce(
        (SELECT bool_and(ticket.anonymous) FROM ticket WHERE ticket.person = person.id), false
    ) AS anonymous,
    (SELECT number FROM ticket WHERE ticket.id = signup.ticket) AS ticket
FROM training_signup AS signup JOIN person ON person.id = signup.person
WHERE signup.id = $1;

-- name: trainings_of_person
SELECT
    signup.id, signup.session, signup.state, signup.attended, session.title, session.city,
    session.starts_at, session.zone
FROM training_signup AS signup JOIN training_session AS session ON session.id = signup.session
WHERE signup.person = $1
ORDER BY session.starts_at DESC, signup.id LIMIT 50;

-- name: session_of_signup
SELECT session FROM training_signup WHERE id = $1;

-- name: leave_training
-- They said so themselves, so they know it.
UPDATE training_signup SET state = 'cancelled', told = 'cancelled', told_at = $2, attended = NULL
WHERE id = $1 AND state <> 'cancelled'
RETURNING id;

-- name: tell_signup
-- $3 is what they were told; if it is otherwise by now, they are still owed a word.
UPDATE training_signup SET told = $3, told_at = $2 WHERE id = $1 RETURNING state = $3;

-- name: attend_training
UPDATE training_signup SET attended = $2, attended_by = $3, attended_at = $4
WHERE id = $1 AND state = 'seated'
RETURNING id;

-- name: owed_signups
-- Who does not know how it stands, those of the next session first.
SELECT
    signup.id, signup.session, signup.person, signup.phone, signup.state, signup.told,
    person.name, session.title, session.city, session.starts_at, session.zone,
    coalesce(
        (SELECT bool_and(ticket.anonymous) FROM ticket WHERE ticket.person = person.id), false
    ) AS anonymous,
    callback.state AS called
FROM training_signup AS signup
JOIN training_session AS session ON session.id = signup.session
JOIN person ON person.id = signup.person
LEFT JOIN callback ON callback.id = signup.callback
WHERE signup.told IS DISTINCT FROM signup.state
ORDER BY session.starts_at, signup.asked_at, signup.id LIMIT $1;

-- name: training_errands
-- Words that are owed and not on their way: how it stands, until a week after the beginning ($1 is
-- that long ago), and the reminder of what begins from $2 to $3, unless they were told after $4.
-- Nobody else takes them meanwhile.
SELECT
    signup.id, signup.person, signup.phone, signup.ticket, session.title, session.city,
    session.place, session.starts_at, session.zone,
    coalesce((SELECT language FROM phone WHERE phone.number = signup.phone), 'id') AS language,
    CASE
        WHEN signup.told IS DISTINCT FROM signup.state THEN signup.state ELSE 'reminder'
    END AS errand
FROM training_signup AS signup JOIN training_session AS session ON session.id = signup.session
WHERE (
        (signup.told IS DISTINCT FROM signup.state AND session.starts_at > $1)
        OR (
            signup.told = 'seated' AND signup.state = 'seated' AND signup.reminded_at IS NULL
            AND session.starts_at > $2 AND session.starts_at <= $3 AND signup.told_at < $4
        )
    )
    AND signup.callback IS NULL
ORDER BY session.starts_at, signup.id LIMIT $5
FOR UPDATE OF signup SKIP LOCKED;

-- name: errand_done
UPDATE training_signup SET
    told = CASE WHEN $2 = 'reminder' THEN told ELSE $2 END,
    told_at = CASE WHEN $2 = 'reminder' THEN told_at ELSE $3 END,
    reminded_at = CASE WHEN $2 = 'reminder' THEN $3 ELSE reminded_at END
WHERE id = $1;

-- name: errand_called
UPDATE training_signup SET callback = $2, errand = $3, ticket = $4 WHERE id = $1;

-- name: errands_spoken
-- A call was had for them: they know what it was about. One that was called off, or that did not
-- reach them, leaves the word owed; a task for people is theirs until it is done.
UPDATE training_signup AS signup SET
    told = CASE WHEN spoken AND signup.errand <> 'reminder' THEN signup.errand ELSE told END,
    told_at = CASE WHEN spoken AND signup.errand <> 'reminder' THEN over_at ELSE told_at END,
    reminded_at = CASE WHEN signup.errand = 'reminder' THEN over_at ELSE reminded_at END,
    callback = NULL, errand = NULL
FROM (
    SELECT
        callback.id, callback.state = 'done' AS spoken, coalesce(callback.settled_at, $1) AS over_at
    FROM callback WHERE callback.state IN ('done', 'cancelled')
) AS over
WHERE over.id = signup.callback;

-- name: end_waiting
-- It has begun without them; they are told that there was no seat.
UPDATE training_signup AS signup SET state = 'cancelled'
FROM training_session AS session
WHERE session.id = signup.session AND signup.state = 'waiting' AND session.starts_at <= $1;

-- name: part_trainings
-- Two people who become one ($1, $2) need one place: the worse of two is given back.
UPDATE training_signup AS signup SET state = 'cancelled', told = 'cancelled', attended = NULL
FROM training_signup AS other
WHERE signup.person = ANY(ARRAY[$1, $2]::uuid[]) AND other.person = ANY(ARRAY[$1, $2]::uuid[])
    AND signup.person <> other.person AND signup.session = other.session
    AND signup.state <> 'cancelled' AND other.state <> 'cancelled'
    AND (
        signup.state = 'waiting' AND other.state = 'seated'
        OR (signup.state = other.state AND (signup.asked_at, signup.id) > (other.asked_at, other.id))
    );

-- name: seats_to_give
-- Sessions that have both seats and people who wait for one.
SELECT session.id FROM training_session AS session
WHERE session.starts_at > $1 AND session.cancelled_at IS NULL AND session.taken < session.seats
    AND EXISTS (
        SELECT FROM training_signup AS signup
        WHERE signup.session = session.id AND signup.state = 'waiting'
    );
