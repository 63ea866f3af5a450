-- Recordings and attachments as the desk hands them out.

-- name: recording_to_hear
-- With the tickets that it belongs to, by itself, by its call or by its callback: what is secret of
-- one of them is secret of the recording. $1 and $2: whether confidential and anonymous ones exist
-- for who asks.
SELECT recording.id, recording.name, recording.kind, recording.seconds, recording.size, recording.at
FROM recording
LEFT JOIN queue_entry AS entry ON entry.id = recording.entry
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(ticket.confidential), false) AS confidential,
        coalesce(bool_or(ticket.anonymous), false) AS anonymous
    FROM (
        SELECT recording.ticket AS id
        UNION ALL
        SELECT own.id FROM ticket AS own WHERE own.call IN (recording.call, entry.call)
        UNION ALL
        SELECT event.ticket FROM ticket_event AS event
        WHERE event.call IN (recording.call, entry.call)
        UNION ALL
        SELECT callback.ticket FROM callback WHERE callback.id = entry.callback
        UNION ALL
        SELECT request.ticket FROM callback_request AS request
        WHERE request.callback = entry.callback
    ) AS any_of
    JOIN ticket ON ticket.id = any_of.id
) AS of_
WHERE recording.id = $3 AND ($1::boolean OR NOT of_.confidential)
    AND ($2::boolean OR NOT of_.anonymous);

-- name: user_by_id
-- For a link that was lent: who has left hears nothing more.
SELECT id, login, name, role, extension FROM desk_user WHERE id = $1 AND disabled_at IS NULL;

-- name: note_audit_once
-- A player asks for one sound in many parts: looks of a person from one address within $5 are one.
INSERT INTO audit_entry (who, did, subject, address)
SELECT $1, $2, $3, $4
WHERE NOT EXISTS (
    SELECT FROM audit_entry
    WHERE subject = $3 AND who = $1 AND did = $2 AND address = $4
        AND at > clock_timestamp() - $5::interval
);

-- name: attachments_of
-- Of the ticket and of those that were merged into it.
SELECT attachment.id, attachment.name, attachment.kind, attachment.size, attachment.actor,
    attachment.at, ticket.anonymous
FROM attachment JOIN ticket ON ticket.id = attachment.ticket
WHERE ticket.id = $1 OR ticket.merged_into = $1
ORDER BY attachment.at, attachment.id;

-- name: count_attachments
SELECT count(*) FROM attachment WHERE ticket = $1;

-- name: add_attachment
-- Sent again, it is the same.
WITH added AS (
    INSERT INTO attachment (id, ticket, name, kind, stored, size, sha256, actor, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (id) DO NOTHING
    RETURNING ticket
)
INSERT INTO ticket_event (ticket, kind, actor, note, at)
SELECT ticket, 'attached', $8, $1::text, $9 FROM added
RETURNING ticket;

-- name: attachment_to_open
SELECT
    attachment.id, attachment.name, attachment.kind, attachment.size, attachment.actor,
    attachment.at, attachment.stored
FROM attachment JOIN ticket ON ticket.id = attachment.ticket
WHERE attachment.id = $3 AND ($1::boolean OR NOT ticket.confidential)
    AND ($2::boolean OR NOT ticket.anonymous);
