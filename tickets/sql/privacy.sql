-- Personal data: what is asked of it, and what is done then. Statements over every table of the
-- plan are made of that (tickets/privacy/held.py).

-- name: note_files_to_destroy
INSERT INTO file_to_destroy (name) SELECT name FROM unnest($1::text[]) AS name
ON CONFLICT (name) DO NOTHING;

-- name: files_to_destroy
SELECT name FROM file_to_destroy ORDER BY since, name LIMIT 1000;

-- name: file_destroyed
DELETE FROM file_to_destroy WHERE name = $1;

-- name: numbers_of_tickets
SELECT number FROM ticket WHERE id = ANY($1::uuid[]);

-- name: take_data_request
INSERT INTO data_request (id, person, kind, channel, asked_at, due_at, said, proof, taken_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO NOTHING;

-- name: page_open_data_requests
-- Who is due next comes first.
SELECT
    request.id, request.person, request.kind, request.channel, request.asked_at, request.due_at,
    request.said, request.proof, request.taken_by, request.state, request.settled_at,
    request.settled_by, request.outcome, person.name, person.id IS NOT NULL AS known,
    ARRAY(SELECT number FROM phone WHERE phone.person = request.person ORDER BY number) AS phones
FROM data_request AS request LEFT JOIN person ON person.id = request.person
WHERE request.state = 'open'
    AND ($1::timestamptz IS NULL OR (request.due_at, request.id) > ($1, $2::uuid))
ORDER BY request.due_at, request.id LIMIT $3;

-- name: page_settled_data_requests
-- The last one first.
SELECT
    request.id, request.person, request.kind, request.channel, request.asked_at, request.due_at,
    request.said, request.proof, request.taken_by, request.state, request.settled_at,
    request.settled_by, request.outcome, person.name, person.id IS NOT NULL AS known,
    ARRAY(SELECT number FROM phone WHERE phone.person = request.person ORDER BY number) AS phones
FROM data_request AS request LEFT JOIN person ON person.id = request.person
WHERE request.state <> 'open'
    AND ($1::timestamptz IS NULL OR (request.settled_at, request.id) < ($1, $2::uuid))
ORDER BY request.settled_at DESC, request.id DESC LIMIT $3;

-- name: data_request
SELECT
    request.id, request.person, request.kind, request.channel, request.asked_at, request.due_at,
    request.said, request.proof, request.taken_by, request.state, request.settled_at,
    request.settled_by, request.outcome, person.name, person.id IS NOT NULL AS known,
    ARRAY(SELECT number FROM phone WHERE phone.person = request.person ORDER BY number) AS phones
FROM data_request AS request LEFT JOIN person ON person.id = request.person
WHERE request.id = $1;

-- name: data_requests_of
SELECT id, kind, asked_at, due_at, state, settled_at FROM data_request
WHERE person = $1 ORDER BY asked_at DESC, id DESC LIMIT 20;

-- name: hold_data_request
SELECT person, kind FROM data_request WHERE id = $1 AND state = 'open' FOR UPDATE;

-- name: settle_data_request
UPDATE data_request SET state = $2, settled_at = $3, settled_by = $4, outcome = $5
WHERE id = $1 AND state = 'open' RETURNING id;

-- name: restrict_person
UPDATE person SET restricted_at = $2 WHERE id = $1 RETURNING id;

-- name: lock_phones_of
-- What a call tells at this moment waits, and finds them as they are afterwards.
SELECT number FROM phone WHERE person = $1 ORDER BY number FOR UPDATE;

-- name: in_touch
-- Somebody talks with them or dials them just now ($1 calls, $2 callbacks); a call without an end
-- that began before $3 is over.
SELECT
    EXISTS (
        SELECT FROM call WHERE id = ANY($1::uuid[]) AND ended_at IS NULL AND began_at > $3
    )
    OR EXISTS (
        SELECT FROM callback WHERE id = ANY($2::uuid[]) AND state IN ('claimed', 'dialling')
    );

-- name: open_reports
-- Of these tickets and callbacks, what is still worked on.
SELECT number FROM ticket
WHERE merged_into IS NULL AND (
    (id = ANY($1::uuid[]) AND status NOT IN ('selesai', 'arsip'))
    OR id IN (
        SELECT ticket FROM callback
        WHERE id = ANY($2::uuid[]) AND state NOT IN ('done', 'cancelled')
    )
)
ORDER BY number;

-- name: withdraw_reports
WITH held AS (
    SELECT id, status FROM ticket
    WHERE id = ANY($1::uuid[]) AND status NOT IN ('selesai', 'arsip')
    FOR NO KEY UPDATE
), closed AS (
    UPDATE ticket SET status = 'arsip' FROM held WHERE ticket.id = held.id
)
INSERT INTO ticket_event (ticket, kind, was, became, actor, at)
SELECT id, 'moved', status, 'arsip', $2, $3 FROM held;

-- name: withdraw_callbacks
WITH held AS (
    SELECT id, ticket, state FROM callback
    WHERE id = ANY($1::uuid[]) AND state IN ('waiting', 'human')
    FOR NO KEY UPDATE
), ended AS (
    UPDATE callback SET state = 'cancelled', settled_at = $3, reason = NULL
    FROM held WHERE callback.id = held.id
)
INSERT INTO ticket_event (ticket, kind, was, became, actor, at)
SELECT ticket, 'callback', state, 'cancelled', $2, $3 FROM held;

-- name: talks_of
-- Recordings of their talks, which they agreed to; messages that they left are reports of theirs.
SELECT recording.id FROM recording
WHERE recording.kind = 'talk'
    AND (recording.entry = ANY($1::uuid[]) OR recording.call = ANY($2::uuid[]));

-- name: looks_at
-- Who did what with something of a person: ids and ticket numbers.
SELECT audit_entry.at, audit_entry.did, audit_entry.subject, desk_user.role
FROM audit_entry LEFT JOIN desk_user ON desk_user.login = audit_entry.who
WHERE audit_entry.subject = ANY($1::text[])
    OR (audit_entry.did = 'person.merged' AND position($2 IN audit_entry.subject) > 0)
ORDER BY audit_entry.at, audit_entry.id;

-- name: standing_consents
-- The last word on each purpose.
SELECT DISTINCT ON (consent.purpose)
    consent.purpose, consent.granted, consent.at, consent.channel, consent.proof, consent.by_whom,
    consent.call
FROM consent
WHERE consent.person = $1
    OR consent.phone IN (SELECT number FROM phone WHERE phone.person = $1)
ORDER BY consent.purpose, consent.at DESC, consent.id DESC;

-- name: page_consents
-- The newest first.
SELECT
    consent.id, consent.purpose, consent.granted, consent.at, consent.channel, consent.proof,
    consent.by_whom, consent.call, person.id AS person, person.name, consent.phone
FROM consent
LEFT JOIN phone ON phone.number = consent.phone
LEFT JOIN person ON person.id = coalesce(consent.person, phone.person)
WHERE ($1::text IS NULL OR consent.purpose = $1)
    AND ($2::boolean IS NULL OR consent.granted = $2)
    AND ($3::text IS NULL OR consent.channel = $3)
    AND ($4::timestamptz IS NULL OR (consent.at, consent.id) < ($4, $5::uuid))
ORDER BY consent.at DESC, consent.id DESC LIMIT $6;

-- name: touched
-- Of whom something was seen or changed between $1 and $2, by $3 and from $4 unless null.
WITH look AS (
    SELECT subject, at FROM audit_entry
    WHERE at >= $1 AND at < $2 AND ($3::text IS NULL OR who = $3)
        AND ($4::text IS NULL OR address = $4)
), seen AS (
    SELECT person.id AS person, look.at FROM look JOIN person ON person.id::text = look.subject
    UNION ALL
    SELECT ticket.person, look.at FROM look JOIN ticket ON ticket.number = look.subject
    UNION ALL
    SELECT phone.person, look.at FROM look
    JOIN call ON call.id::text = look.subject JOIN phone ON phone.number = call.phone
    UNION ALL
    SELECT coalesce(ticket.person, phone.person), look.at FROM look
    JOIN recording ON recording.id::text = look.subject
    LEFT JOIN ticket ON ticket.id = recording.ticket
    LEFT JOIN queue_entry AS entry ON entry.id = recording.entry
    LEFT JOIN callback ON callback.id = entry.callback
    LEFT JOIN call ON call.id = coalesce(recording.call, entry.call)
    LEFT JOIN phone ON phone.number = coalesce(call.phone, callback.phone)
    UNION ALL
    SELECT ticket.person, look.at FROM look
    JOIN attachment ON attachment.id::text = look.subject
    JOIN ticket ON ticket.id = attachment.ticket
    UNION ALL
    SELECT request.person, look.at FROM look
    JOIN data_request AS request ON request.id::text = look.subject
)
SELECT
    person.id AS person, person.name,
    ARRAY(SELECT number FROM phone WHERE phone.person = person.id ORDER BY number) AS phones,
    count(*) AS looks, min(seen.at) AS first_at, max(seen.at) AS last_at
FROM seen JOIN person ON person.id = seen.person
GROUP BY person.id, person.name
ORDER BY first_at, person.id;

-- name: everybody_known
-- Whose data lay here before $1, whatever was noted of it.
SELECT
    person.id AS person, person.name,
    ARRAY(SELECT number FROM phone WHERE phone.person = person.id ORDER BY number) AS phones,
    0::bigint AS looks, person.met_at AS first_at, person.met_at AS last_at
FROM person WHERE person.met_at < $1 ORDER BY person.met_at, person.id;

-- name: messages_under_way
-- Of these accounts ($1), or of whom $2 matches: raw messages that are not sorted yet, and those
-- that are just worked or sent.
SELECT
    EXISTS (
        SELECT FROM whatsapp_message
        WHERE whatsapp_user = ANY($1::uuid[])
            AND ((direction = 'in' AND worked_at IS NULL) OR state = 'sending')
    )
    OR EXISTS (
        SELECT FROM whatsapp_webhook
        WHERE sorted_at IS NULL AND $2 <> '' AND encode(body, 'escape') ~ nullif($2, '')
    );

-- name: bsuids_of
SELECT bsuid FROM whatsapp_user WHERE id = ANY($1::uuid[]) AND bsuid IS NOT NULL;
