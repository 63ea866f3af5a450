-- What people write to us by WhatsApp, on its way from the raw request to a ticket.

-- name: keep_whatsapp_webhook
-- The same bytes again are the same request.
INSERT INTO whatsapp_webhook (digest, body) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING;

-- name: only_sorter
-- One sorts at a time: two would mix up the order of what one person wrote.
SELECT pg_try_advisory_xact_lock(1524788769);

-- name: unsorted_whatsapp
SELECT seq, body, received_at FROM whatsapp_webhook
WHERE sorted_at IS NULL ORDER BY seq LIMIT $1 FOR UPDATE;

-- name: whatsapp_sorted
-- What was read stands in rows of its own: the request is forgotten but for its digest, by which a
-- repetition is known. Of what was not, the bytes stay with why.
UPDATE whatsapp_webhook AS webhook SET
    sorted_at = clock_timestamp(), problem = told.problem,
    body = CASE WHEN told.problem = '' THEN NULL ELSE webhook.body END
FROM unnest($1::bigint[], $2::text[]) AS told (seq, problem) WHERE webhook.seq = told.seq;

-- name: forget_whatsapp_webhooks
-- WhatsApp repeats itself for seven days.
DELETE FROM whatsapp_webhook WHERE sorted_at < clock_timestamp() - $1::interval;

-- name: whatsapp_users_of
SELECT id, person, bsuid, phone, name FROM whatsapp_user
WHERE bsuid = ANY($1::text[]) OR phone = ANY($2::text[])
FOR NO KEY UPDATE;

-- name: meet_whatsapp_user
-- Whose number is known is that person; who has none is a person of their own.
WITH stranger AS (
    INSERT INTO person (id, met_at) SELECT $2, $5 WHERE $4::text IS NULL
)
INSERT INTO whatsapp_user (id, person, bsuid, phone, name, met_at)
SELECT
    $1,
    CASE WHEN $4::text IS NULL THEN $2
        ELSE (SELECT phone.person FROM phone WHERE phone.number = $4) END,
    $3, $4, $6, $5;

-- name: know_whatsapp_user
-- What else they are called by is known now.
UPDATE whatsapp_user SET
    bsuid = coalesce(bsuid, $2), phone = coalesce(phone, $3),
    name = CASE WHEN $4 = '' THEN name ELSE $4 END
WHERE id = $1;

-- name: part_whatsapp_number
-- The number has another account now, which is somebody else until people say otherwise.
UPDATE whatsapp_user SET phone = NULL WHERE id = $1;

-- name: join_whatsapp_users
-- Two rows were one account: all that is $1's is $2's.
WITH messages AS (
    UPDATE whatsapp_message SET whatsapp_user = $2 WHERE whatsapp_user = $1
), questions AS (
    DELETE FROM whatsapp_intake WHERE whatsapp_user = $1
)
UPDATE whatsapp_user AS kept SET
    met_at = least(kept.met_at, gone.met_at),
    last_in_at = greatest(kept.last_in_at, gone.last_in_at),
    next_out_at = greatest(kept.next_out_at, gone.next_out_at)
FROM whatsapp_user AS gone WHERE kept.id = $2 AND gone.id = $1;

-- name: drop_whatsapp_user
DELETE FROM whatsapp_user WHERE id = $1;

-- name: rehome_whatsapp_user
-- Their number is known now, and whose that is: with what they wrote while it was not.
WITH theirs AS (
    UPDATE ticket SET person = phone.person, phone = phone.number
    FROM phone
    WHERE phone.number = $3 AND ticket.person = $2 AND ticket.phone IS NULL
        AND ticket.id IN (SELECT ticket FROM whatsapp_message WHERE whatsapp_user = $1)
)
UPDATE whatsapp_user SET person = phone.person FROM phone
WHERE whatsapp_user.id = $1 AND phone.number = $3;

-- name: add_whatsapp_messages
-- In the order given, which numbers those of one second. What came before is there already.
INSERT INTO whatsapp_message (
    whatsapp_user, direction, wamid, kind, text, content, reply_to, at, media_state, media_id,
    media_name, media_due_at
)
SELECT
    told.whatsapp_user, 'in', told.wamid, told.kind, told.text, told.content::jsonb, told.reply_to,
    told.at, CASE WHEN told.media_id IS NOT NULL THEN 'due' END, told.media_id, told.media_name,
    CASE WHEN told.media_id IS NOT NULL THEN clock_timestamp() END
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
    $8::text[], $9::text[]
) WITH ORDINALITY AS told (
    whatsapp_user, wamid, kind, text, content, reply_to, at, media_id, media_name, n
)
ORDER BY told.n
ON CONFLICT (wamid) DO NOTHING;

-- name: whatsapp_users_wrote
UPDATE whatsapp_user SET last_in_at = greatest(last_in_at, told.at)
FROM unnest($1::uuid[], $2::timestamptz[]) AS told (id, at) WHERE whatsapp_user.id = told.id;

-- name: add_whatsapp_statuses
INSERT INTO whatsapp_status (wamid, status, at, message, error_code, error)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::integer[], $6::text[]
)
ON CONFLICT (wamid, status) DO NOTHING;

-- name: join_open_tickets
-- Who has an open ticket and has no question to answer: all they wrote joins it at once. The ticket
-- that they last wrote for comes first, then the newest. Commands wait for who understands them.
WITH candidate AS (
    SELECT DISTINCT whatsapp_user AS id FROM (
        SELECT message.whatsapp_user FROM whatsapp_message AS message
        WHERE message.direction = 'in' AND message.worked_at IS NULL
        ORDER BY message.whatsapp_user LIMIT $1
    ) AS near
), due AS (
    SELECT account.id, account.person FROM whatsapp_user AS account
    JOIN candidate ON candidate.id = account.id
    WHERE NOT EXISTS (
            SELECT FROM whatsapp_intake AS intake
            JOIN whatsapp_message AS asked ON asked.id = intake.asked
            WHERE intake.whatsapp_user = account.id AND asked.sent_at IS NOT NULL
        )
        AND NOT EXISTS (
            SELECT FROM whatsapp_message AS other
            WHERE other.whatsapp_user = account.id AND other.direction = 'in'
                AND other.worked_at IS NULL AND other.content ? 'command'
        )
    FOR NO KEY UPDATE OF account SKIP LOCKED
), open AS (
    SELECT due.id, (
        SELECT ticket.id FROM ticket
        WHERE ticket.person = due.person AND ticket.merged_into IS NULL
            AND ticket.status NOT IN ('selesai', 'arsip')
        ORDER BY (
            SELECT max(message.at) FROM whatsapp_message AS message
            WHERE message.ticket = ticket.id AND message.direction = 'in'
        ) DESC NULLS LAST, ticket.opened_at DESC, ticket.id DESC
        LIMIT 1
    ) AS ticket
    FROM due
)
UPDATE whatsapp_message AS message SET ticket = open.ticket, worked_at = clock_timestamp()
FROM open
WHERE message.whatsapp_user = open.id AND open.ticket IS NOT NULL
    AND message.direction = 'in' AND message.worked_at IS NULL;

-- name: claim_whatsapp_user
-- Somebody who wrote what nobody has worked yet; nobody else works on them until the transaction
-- ends. $1: those who failed a moment ago.
SELECT account.id, account.person, account.phone, account.bsuid FROM whatsapp_user AS account
WHERE account.id <> ALL($1::uuid[]) AND account.id IN (
    SELECT near.whatsapp_user FROM (
        SELECT message.whatsapp_user FROM whatsapp_message AS message
        WHERE message.direction = 'in' AND message.worked_at IS NULL
            AND message.whatsapp_user <> ALL($1::uuid[])
        ORDER BY message.at LIMIT 200
    ) AS near
)
LIMIT 1
FOR NO KEY UPDATE OF account SKIP LOCKED;

-- name: unworked_messages
SELECT id, wamid, kind, text, content, at, reply_to FROM whatsapp_message
WHERE whatsapp_user = $1 AND direction = 'in' AND worked_at IS NULL
ORDER BY at, seq LIMIT 500;

-- name: hold_person_of_account
-- As it is now: two may have been merged. One at a time opens a ticket for a person.
SELECT person.id FROM whatsapp_user AS account JOIN person ON person.id = account.person
WHERE account.id = $1 FOR NO KEY UPDATE OF person;

-- name: open_ticket_of_person
SELECT
    ticket.id, ticket.number, ticket.category, ticket.fields, ticket.opened_at, ticket.confidential
FROM ticket
WHERE ticket.person = $1 AND ticket.merged_into IS NULL
    AND ticket.status NOT IN ('selesai', 'arsip')
ORDER BY (
    SELECT max(message.at) FROM whatsapp_message AS message
    WHERE message.ticket = ticket.id AND message.direction = 'in'
) DESC NULLS LAST, ticket.opened_at DESC, ticket.id DESC
LIMIT 1;

-- name: last_ticket_of_person
-- Their newest one of whatever state that was opened after $2.
SELECT
    coalesce(into_.id, ticket.id) AS id, coalesce(into_.number, ticket.number) AS number
FROM ticket LEFT JOIN ticket AS into_ ON into_.id = ticket.merged_into
WHERE ticket.person = $1 AND ticket.opened_at > $2
ORDER BY ticket.opened_at DESC, ticket.id DESC LIMIT 1;

-- name: open_whatsapp_ticket
-- Once for an id, which is made of the first message's.
WITH opened AS (
    INSERT INTO ticket (
        id, number, category, channel, phone, person, fields, confidential, anonymous, language,
        opened_at, first_response_due, deadline, reason
    )
    VALUES ($1, $2, $3, 'whatsapp', $4, $5, $6::jsonb, false, false, 'id', $7, $8, $9, 'message')
    ON CONFLICT (id) DO NOTHING
    RETURNING id
)
INSERT INTO ticket_event (ticket, kind, became, actor, at)
SELECT id, 'opened', 'baru', 'caller', $7 FROM opened
RETURNING ticket;

-- name: whatsapp_messages_worked
UPDATE whatsapp_message SET ticket = $2, worked_at = clock_timestamp() WHERE id = ANY($1::uuid[]);

-- name: intake_of
-- The question that is open, and whether it has reached WhatsApp.
SELECT
    intake.ticket, intake.question, intake.misses, asked.sent_at IS NOT NULL AS was_asked,
    ticket.category, ticket.fields, ticket.number, ticket.opened_at, ticket.confidential,
    ticket.merged_into IS NULL AND ticket.status NOT IN ('selesai', 'arsip') AS open
FROM whatsapp_intake AS intake
JOIN whatsapp_message AS asked ON asked.id = intake.asked
JOIN ticket ON ticket.id = intake.ticket
WHERE intake.whatsapp_user = $1
FOR NO KEY UPDATE OF ticket;

-- name: ask_next
INSERT INTO whatsapp_intake (whatsapp_user, ticket, question, asked, misses)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (whatsapp_user) DO UPDATE SET
    ticket = excluded.ticket, question = excluded.question, asked = excluded.asked,
    misses = excluded.misses;

-- name: intake_over
DELETE FROM whatsapp_intake WHERE whatsapp_user = $1;

-- name: answer_fills_field
UPDATE ticket SET fields = fields || jsonb_build_object($2::text, $3::text) WHERE id = $1;

-- name: answer_sets_category
UPDATE ticket SET category = $2, deadline = $3, confidential = confidential OR $4 WHERE id = $1;

-- name: queue_reply
-- Sent by who sends all of them; once for a key.
INSERT INTO whatsapp_message (
    whatsapp_user, ticket, direction, kind, text, content, at, state, key, actor, due_at
)
VALUES ($1, $2, 'out', $3, $4, $5::jsonb, $6, 'queued', $7, $8, clock_timestamp())
ON CONFLICT (key) DO NOTHING
RETURNING id;

-- name: due_media
SELECT
    message.id, message.media_id, message.media_name, message.kind, message.media_tries,
    message.ticket, message.at, message.created_at
FROM whatsapp_message AS message
WHERE message.media_state = 'due' AND message.worked_at IS NOT NULL AND message.ticket IS NOT NULL
    AND message.media_due_at <= clock_timestamp()
ORDER BY message.media_due_at LIMIT 1
FOR NO KEY UPDATE OF message SKIP LOCKED;

-- name: hold_media
-- So long it is ours: fetching takes longer than a transaction may.
UPDATE whatsapp_message SET
    media_due_at = clock_timestamp() + $2::interval, media_tries = media_tries + 1
WHERE id = $1;

-- name: media_kept
UPDATE whatsapp_message SET media_state = 'kept', attachment = $2, media_due_at = NULL
WHERE id = $1 AND media_state = 'due';

-- name: media_not_kept
UPDATE whatsapp_message SET media_state = $2, media_why = $3, media_due_at = NULL
WHERE id = $1 AND media_state = 'due';

-- name: media_again
UPDATE whatsapp_message SET media_due_at = clock_timestamp() + $2::interval
WHERE id = $1 AND media_state = 'due';

-- name: ticket_of_media
-- Where its ticket's story goes on now.
SELECT coalesce(ticket.merged_into, ticket.id) AS ticket
FROM whatsapp_message AS message JOIN ticket ON ticket.id = message.ticket WHERE message.id = $1;

-- name: messages_of_ticket
-- Of the ticket and of those that were merged into it; the newest $3, in their order.
SELECT * FROM (
    SELECT
        message.id, message.seq, message.at, message.direction, message.kind, message.text,
        message.content, message.media_state, message.media_why, message.attachment,
        message.media_name, message.state, message.actor, message.template, message.due_at,
        message.sent_at, message.delivered_at, message.read_at, message.failed_at,
        message.error_code, message.error, ticket.number AS ticket, ticket.anonymous
    FROM ticket JOIN whatsapp_message AS message ON message.ticket = ticket.id
    WHERE (ticket.id = $2 OR ticket.merged_into = $2) AND ($1::boolean OR NOT ticket.confidential)
    ORDER BY message.at DESC, message.seq DESC LIMIT $3
) AS newest ORDER BY at, seq;

-- name: messages_of_person
-- The whole thread of all their accounts, without what belongs to a ticket that does not exist for
-- who asks ($1), or to one of who stays anonymous for them ($2). What nobody has worked yet may
-- belong to any.
SELECT * FROM (
    SELECT
        message.id, message.seq, message.at, message.direction, message.kind, message.text,
        message.content, message.media_state, message.media_why, message.attachment,
        message.media_name, message.state, message.actor, message.template, message.due_at,
        message.sent_at, message.delivered_at, message.read_at, message.failed_at,
        message.error_code, message.error, ticket.number AS ticket,
        coalesce(ticket.anonymous, false) AS anonymous
    FROM whatsapp_user AS account
    JOIN whatsapp_message AS message ON message.whatsapp_user = account.id
    LEFT JOIN ticket ON ticket.id = message.ticket
    WHERE account.person = $3
        AND (ticket.id IS NOT NULL OR message.direction = 'out' OR ($1::boolean AND $2::boolean))
        AND ($1 OR NOT coalesce(ticket.confidential, false))
        AND ($2 OR NOT coalesce(ticket.anonymous, false))
    ORDER BY message.at DESC, message.seq DESC LIMIT $4
) AS newest ORDER BY at, seq;

-- name: account_of_ticket
-- Through which the ticket's person is reached: where they wrote last.
SELECT account.id, account.name, account.last_in_at, account.bsuid IS NOT NULL AS known
FROM ticket JOIN whatsapp_user AS account ON account.person = ticket.person
WHERE ticket.id = $1
ORDER BY account.last_in_at DESC NULLS LAST, account.id LIMIT 1;
