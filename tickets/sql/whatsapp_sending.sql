-- What is sent by WhatsApp: queued, claimed, and what became of it.

-- name: whatsapp_account
-- The one that they wrote from last.
SELECT id, last_in_at FROM whatsapp_user
WHERE person = $1 AND ($2::uuid IS NULL OR id = $2)
ORDER BY last_in_at DESC NULLS LAST, met_at DESC, id LIMIT 1;

-- name: phones_for_whatsapp
SELECT number FROM phone WHERE person = $1 ORDER BY language_at DESC NULLS LAST, number;

-- name: meet_whatsapp_account
-- One that was with another person before goes along with its number.
INSERT INTO whatsapp_user (person, phone, met_at) VALUES ($1, $2, $3)
ON CONFLICT (phone) DO UPDATE SET person = excluded.person
RETURNING id, last_in_at;

-- name: queue_whatsapp
INSERT INTO whatsapp_message (
    whatsapp_user, ticket, direction, kind, text, content, at, state, key, actor,
    template, template_values, language, due_at
)
VALUES ($1, $2, 'out', $3, $4, $5, $6, 'queued', $7, $8, $9, $10, $11, clock_timestamp())
ON CONFLICT (key) DO NOTHING;

-- name: whatsapp_pace
-- Who has it is alone until the end of the transaction. How far ahead of now it is used up.
INSERT INTO whatsapp_pace AS pace DEFAULT VALUES
ON CONFLICT (one) DO UPDATE SET next_at = greatest(pace.next_at, clock_timestamp())
RETURNING extract(EPOCH FROM next_at - clock_timestamp())::double precision AS ahead;

-- name: claim_whatsapp
-- At most $1, each the first of its account and of those that may have one now. $2: seconds to the
-- next to the same account; $3: so much of that may be used up in advance; $4: how long it is
-- held; $5: seconds to the next at all. From now on it is uncertain whether it was sent.
WITH due AS (
    SELECT message.id, message.whatsapp_user
    FROM whatsapp_message AS message
    JOIN whatsapp_user AS account ON account.id = message.whatsapp_user
    WHERE message.state = 'queued' AND message.due_at <= clock_timestamp()
        AND (account.next_out_at IS NULL OR account.next_out_at <= clock_timestamp())
        AND NOT EXISTS (
            SELECT FROM whatsapp_message AS earlier
            WHERE earlier.whatsapp_user = message.whatsapp_user
                AND earlier.state IN ('queued', 'sending') AND earlier.seq < message.seq
        )
    ORDER BY message.due_at, message.seq LIMIT $1
    FOR NO KEY UPDATE OF message SKIP LOCKED
), paced AS (
    UPDATE whatsapp_user SET
        next_out_at = greatest(next_out_at, clock_timestamp() - $3::interval) + $2::interval
    FROM due WHERE whatsapp_user.id = due.whatsapp_user
    RETURNING
        whatsapp_user.id, whatsapp_user.phone, whatsapp_user.bsuid, whatsapp_user.last_in_at,
        whatsapp_user.person
), claimed AS (
    UPDATE whatsapp_message AS message SET
        state = 'sending', tries = tries + 1, held_until = clock_timestamp() + $4::interval
    FROM due WHERE message.id = due.id
    RETURNING
        message.id, message.seq, message.whatsapp_user, message.kind, message.text,
        message.content, message.reply_to, message.template, message.template_values,
        message.language, message.tries, message.created_at
), used AS (
    UPDATE whatsapp_pace SET
        next_at = next_at + $5::interval * (SELECT count(*) FROM claimed)
)
SELECT
    claimed.*, paced.phone, paced.bsuid, paced.last_in_at,
    consents(paced.person, 'whatsapp') AS agreed,
    clock_timestamp() - claimed.created_at AS age
FROM claimed JOIN paced ON paced.id = claimed.whatsapp_user
ORDER BY claimed.seq;

-- name: whatsapp_accepted
-- Its status may have come before.
UPDATE whatsapp_message SET
    wamid = coalesce(wamid, $2),
    state = CASE WHEN state = 'sending' THEN 'sent' ELSE state END,
    sent_at = coalesce(sent_at, $3),
    held_until = NULL,
    error_code = CASE WHEN state <> 'sending' THEN error_code END,
    error = CASE WHEN state = 'sending' THEN '' ELSE error END
WHERE id = $1;

-- name: whatsapp_again
-- $2: how long it waits; $5: how long all of its account do; $6: how long everybody does.
WITH paced AS (
    UPDATE whatsapp_pace SET next_at = greatest(next_at, clock_timestamp() + $6::interval)
    WHERE $6::interval IS NOT NULL
), waits AS (
    UPDATE whatsapp_message SET
        state = 'queued', due_at = clock_timestamp() + $2::interval, held_until = NULL,
        error_code = $3, error = $4
    WHERE id = $1 AND state = 'sending'
    RETURNING whatsapp_user
)
UPDATE whatsapp_user SET next_out_at = greatest(next_out_at, clock_timestamp() + $5::interval)
FROM waits WHERE whatsapp_user.id = waits.whatsapp_user AND $5::interval IS NOT NULL;

-- name: whatsapp_over
-- Failed or cancelled: $2.
UPDATE whatsapp_message SET
    state = $2, failed_at = $3, held_until = NULL, error_code = $4, error = $5
WHERE id = $1 AND state = 'sending';

-- name: whatsapp_uncertain
-- Held on, so that its status may tell.
UPDATE whatsapp_message SET
    held_until = clock_timestamp() + $2::interval, error = $3
WHERE id = $1 AND state = 'sending';

-- name: give_up_uncertain
-- Sent or not: nobody told. It is not sent again, which would be twice if it was.
UPDATE whatsapp_message SET
    state = 'failed', failed_at = $1, held_until = NULL, error = 'uncertain', error_code = NULL
WHERE state = 'sending' AND held_until < clock_timestamp()
RETURNING id;

-- name: take_whatsapp_statuses
-- What was told of messages out, in any order: a state is never put back, and one that is skipped
-- is made up for. Delivered is more than failed; an uncertain one is known by its status.
WITH due AS (
    SELECT status.wamid, status.status, status.at, status.error_code, status.error, status.seq,
        status.received_at, message.id AS message
    FROM whatsapp_status AS status
    LEFT JOIN whatsapp_message AS message
        ON message.direction = 'out'
            AND message.id = coalesce(
                status.message,
                (SELECT known.id FROM whatsapp_message AS known WHERE known.wamid = status.wamid)
            )
    WHERE status.worked_at IS NULL
        -- What was never ours is looked at no more.
        AND (message.id IS NOT NULL OR status.received_at < clock_timestamp() - interval '10 min')
    ORDER BY status.seq LIMIT 500
    FOR NO KEY UPDATE OF status SKIP LOCKED
), told AS (
    SELECT
        message,
        min(wamid) AS wamid,
        min(at) AS first_at,
        min(at) FILTER (WHERE status = 'sent') AS sent_at,
        min(at) FILTER (WHERE status = 'delivered') AS delivered_at,
        min(at) FILTER (WHERE status = 'read') AS read_at,
        min(at) FILTER (WHERE status = 'failed') AS failed_at,
        min(error_code) FILTER (WHERE status = 'failed') AS error_code,
        min(error) FILTER (WHERE status = 'failed') AS error
    FROM due WHERE message IS NOT NULL GROUP BY message
), changed AS (
    UPDATE whatsapp_message AS message SET
        wamid = coalesce(message.wamid, told.wamid),
        sent_at = coalesce(message.sent_at, told.sent_at, told.first_at),
        delivered_at = coalesce(message.delivered_at, told.delivered_at),
        read_at = coalesce(message.read_at, told.read_at),
        held_until = NULL,
        state = CASE
            WHEN coalesce(message.read_at, told.read_at) IS NOT NULL THEN 'read'
            WHEN coalesce(message.delivered_at, told.delivered_at) IS NOT NULL THEN 'delivered'
            WHEN told.failed_at IS NOT NULL THEN 'failed'
            WHEN message.state = 'failed' AND message.error <> 'uncertain' THEN 'failed'
            ELSE 'sent'
        END,
        failed_at = coalesce(told.failed_at, message.failed_at),
        error_code = coalesce(told.error_code, message.error_code),
        error = coalesce(
            told.error, CASE WHEN message.error = 'uncertain' THEN '' ELSE message.error END
        )
    FROM told WHERE message.id = told.message
)
UPDATE whatsapp_status AS status SET worked_at = clock_timestamp() FROM due
WHERE status.wamid = due.wamid AND status.status = due.status
RETURNING due.message;

-- name: tickets_to_tell
-- Of calls that are over, to who agreed; each once. $1: what was opened before is no news.
SELECT
    ticket.id AS ticket, ticket.number, ticket.deadline, ticket.person,
    'ticket-number:' || ticket.id AS key
FROM ticket JOIN call ON call.id = ticket.call
WHERE ticket.opened_at > $1 AND ticket.channel = 'phone' AND ticket.merged_into IS NULL
    AND ticket.opened_by IS NOT NULL AND ticket.person IS NOT NULL AND call.ended_at IS NOT NULL
    AND consents(ticket.person, 'whatsapp')
    AND NOT EXISTS (
        SELECT FROM whatsapp_message AS told WHERE told.key = 'ticket-number:' || ticket.id
    )
ORDER BY ticket.opened_at LIMIT 100;

-- name: callbacks_to_tell
-- Given to a person because nobody answered; moved by somebody at the desk; near. Each once for the
-- time that it is about. $1: what happened before is no news; $2: now; $3: until when it is near;
-- $4: so long before it must have been asked for.
WITH due AS (
    SELECT id, 'could_not_reach' AS name, settled_at AS about FROM callback
    WHERE state = 'human' AND settled_at > $1 AND reason NOT IN ('uncertain', 'kept')
    UNION ALL
    SELECT callback.id, 'callback_moved', callback.promised FROM callback
    WHERE callback.state = 'waiting' AND callback.promised > $2 AND callback.asked_at > $1
        AND EXISTS (
            SELECT FROM ticket_event AS moved
            WHERE moved.ticket = callback.ticket AND moved.kind = 'callback'
                AND moved.at = callback.asked_at AND moved.was IS NOT NULL AND moved.call IS NULL
        )
    UNION ALL
    SELECT id, 'callback_reminder', promised FROM callback
    WHERE state = 'waiting' AND type = 'slot' AND promised > $2 AND promised <= $3
        AND asked_at < promised - $4::interval
), told AS (
    SELECT
        due.name, callback.ticket, callback.promised, phone.person,
        replace(due.name, '_', '-') || ':' || due.id || ':'
            || extract(EPOCH FROM due.about)::bigint AS key
    FROM due JOIN callback ON callback.id = due.id JOIN phone ON phone.number = callback.phone
)
SELECT told.name, told.key, told.ticket, told.promised, told.person, ticket.number
FROM told JOIN ticket ON ticket.id = told.ticket
WHERE consents(told.person, 'whatsapp')
    AND NOT EXISTS (SELECT FROM whatsapp_message AS sent WHERE sent.key = told.key)
LIMIT 100;

-- name: ticket_for_whatsapp
SELECT id, person, anonymous FROM ticket WHERE number = $2 AND ($1::boolean OR NOT confidential);
