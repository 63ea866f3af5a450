-- Who works, who waits and whose phone rings: what rows know of them.

-- name: agents_known
-- With the time of the last change of state that was written, and who has the phone.
SELECT
    agent.extension, agent.name, agent.supervisor, agent.languages,
    ARRAY(SELECT jsonb_object_keys(agent.skills) ORDER BY 1) AS skills,
    (
        SELECT event.at FROM presence_event AS event WHERE event.agent = agent.extension
        ORDER BY event.at DESC, event.id DESC LIMIT 1
    ) AS since
FROM agent WHERE agent.removed_at IS NULL
ORDER BY agent.extension;

-- name: live_people
-- Who they are: by call ($1) or callback ($2); $3 as in work.sql. No number and no name of those
-- whose tickets do not exist for the reader.
SELECT
    call.id AS id, call.phone, person.name,
    coalesce(
        (SELECT bool_or(ticket.anonymous) FROM ticket WHERE ticket.call = call.id), false
    ) AS anonymous,
    coalesce(
        (SELECT ticket.category FROM ticket WHERE ticket.call = call.id
        ORDER BY ticket.opened_at DESC, ticket.id DESC LIMIT 1), ''
    ) AS category
FROM call
LEFT JOIN phone ON phone.number = call.phone
LEFT JOIN person ON person.id = phone.person
WHERE call.id = ANY($1::uuid[]) AND (
    $3::boolean OR NOT EXISTS (
        SELECT FROM ticket WHERE ticket.call = call.id AND ticket.confidential
    )
)
UNION ALL
SELECT callback.id, callback.phone, person.name, ticket.anonymous, ticket.category
FROM callback
JOIN ticket ON ticket.id = callback.ticket
LEFT JOIN phone ON phone.number = callback.phone
LEFT JOIN person ON person.id = phone.person
WHERE callback.id = ANY($2::uuid[]) AND ($3::boolean OR NOT ticket.confidential);

-- name: person_of_call
SELECT phone.person, call.phone FROM call LEFT JOIN phone ON phone.number = call.phone
WHERE call.id = $1;

-- name: person_of_callback
SELECT phone.person, callback.phone, ticket.number, ticket.call
FROM callback
JOIN ticket ON ticket.id = callback.ticket
LEFT JOIN phone ON phone.number = callback.phone
WHERE callback.id = $2 AND ($1::boolean OR NOT ticket.confidential);

-- name: messages_of
-- What the person has said, newest first: of all their tickets that exist for the reader.
SELECT recording.id, ticket.number, recording.kind, recording.seconds, recording.silent, recording.at
FROM recording
JOIN ticket ON ticket.id = recording.ticket
WHERE ($1::boolean OR NOT ticket.confidential)
    AND (ticket.person = $2 OR ticket.call = $3)
    AND recording.kind = 'message'
ORDER BY recording.at DESC, recording.id DESC LIMIT 10;

-- name: last_talk_of
-- The agent's last talk, and what they said became of it.
SELECT
    entry.id AS entry, entry.call, entry.callback, entry.queue, entry.answered_at,
    entry.talk_ended_at, entry.talked,
    (
        SELECT disposition.code FROM disposition WHERE disposition.entry = entry.id
        ORDER BY disposition.at DESC, disposition.id DESC LIMIT 1
    ) AS disposition
FROM queue_entry AS entry
WHERE entry.agent = $1 AND entry.answered_at IS NOT NULL
ORDER BY entry.answered_at DESC, entry.id DESC LIMIT 1;

-- name: callbacks_now
-- At $1: due, late by more than is forgiven ($2), with people, and all that live.
SELECT
    count(*) FILTER (WHERE state <> 'human' AND due <= $1) AS due,
    count(*) FILTER (
        WHERE state <> 'human' AND promised + $2::interval < $1
    ) AS late,
    count(*) FILTER (WHERE state = 'human') AS with_people,
    count(*) FILTER (WHERE state <> 'human') AS live
FROM callback WHERE state IN ('waiting', 'claimed', 'dialling', 'human');

-- name: load_by_hour
-- Calls that came in from $1 to $2, by the weekday (1 is Monday) and hour of Jakarta.
SELECT
    extract(isodow FROM began_at AT TIME ZONE 'Asia/Jakarta')::integer AS weekday,
    extract(hour FROM began_at AT TIME ZONE 'Asia/Jakarta')::integer AS hour,
    count(*) AS calls
FROM call WHERE began_at >= $1 AND began_at < $2
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: steps_reached
-- Of the calls that came in from $1 to $2: how many were at each step of the menu, and at how many
-- of them that was the last one before they hung up.
WITH came AS (
    SELECT id, outcome, last_step FROM call WHERE began_at >= $1 AND began_at < $2 AND flow IS NOT NULL
), at AS (
    SELECT DISTINCT call_step.call, call_step.step FROM call_step JOIN came ON came.id = call_step.call
)
SELECT
    at.step, count(*) AS calls,
    count(*) FILTER (WHERE came.outcome = 'hung_up' AND came.last_step = at.step) AS left
FROM at JOIN came ON came.id = at.call
GROUP BY at.step ORDER BY calls DESC, at.step;

-- name: busy
-- Who waited and talked from $1 to $2, each $3. Nobody stays for longer than three hours.
SELECT
    moment.at,
    count(*) FILTER (
        WHERE entry.call IS NOT NULL
            AND coalesce(entry.answered_at, entry.left_at, 'infinity') > moment.at
    ) AS waiting,
    count(*) FILTER (
        WHERE entry.answered_at <= moment.at
            AND coalesce(entry.talk_ended_at, 'infinity') > moment.at
    ) AS talking
FROM generate_series($1::timestamptz, $2::timestamptz, $3::interval) AS moment (at)
LEFT JOIN queue_entry AS entry
    ON entry.joined_at > $1::timestamptz - interval '3 hours' AND entry.joined_at <= moment.at
GROUP BY moment.at ORDER BY moment.at;
