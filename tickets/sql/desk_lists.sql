-- What people keep for themselves at the desk, and lists around one ticket.

-- name: keep_draft
WITH forgotten AS (
    DELETE FROM desk_draft WHERE saved_at < $4::timestamptz - interval '30 days'
)
INSERT INTO desk_draft (user_id, form, content, saved_at) VALUES ($1, $2, $3::jsonb, $4)
ON CONFLICT (user_id, form) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at;

-- name: draft
SELECT content, saved_at FROM desk_draft WHERE user_id = $1 AND form = $2;

-- name: drop_draft
DELETE FROM desk_draft WHERE user_id = $1 AND form = $2;

-- name: ticket_views
-- One's own, and those that everybody has.
SELECT
    view.id, view.name, view.query, view.shared, view.user_id = $1 AS own,
    (SELECT desk_user.name FROM desk_user WHERE desk_user.id = view.user_id) AS by
FROM ticket_view AS view
WHERE view.user_id = $1 OR view.shared
ORDER BY view.shared, view.name, view.id;

-- name: count_ticket_views
SELECT count(*) FROM ticket_view WHERE user_id = $1;

-- name: add_ticket_view
-- One's own of this name is replaced.
INSERT INTO ticket_view (id, user_id, name, query, shared, made_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT ticket_view_name DO UPDATE SET
    query = excluded.query, shared = excluded.shared, made_at = excluded.made_at
RETURNING id, name, query, shared, true AS own, $7::text AS by;

-- name: drop_ticket_view
-- $3: whether the actor may take away what others have shared.
DELETE FROM ticket_view WHERE id = $1 AND (user_id = $2 OR (shared AND $3::boolean)) RETURNING id;

-- name: duplicates_of_ticket
-- Open tickets of the same person or number, of the same category first, then the nearest in time.
SELECT
    other.id, other.number, other.category, other.status, other.channel, other.reason,
    other.phone, other.confidential, other.anonymous, other.opened_at,
    other.first_response_due, other.deadline, other.owner, other.tags, other.version,
    (SELECT person.name FROM person WHERE person.id = other.person) AS name
FROM ticket AS own
JOIN ticket AS other
    ON other.id <> own.id AND (other.person = own.person OR other.phone = own.phone)
WHERE own.number = $3 AND ($1::boolean OR NOT own.confidential)
    AND ($2::boolean OR NOT own.anonymous)
    AND ($1::boolean OR NOT other.confidential) AND ($2::boolean OR NOT other.anonymous)
    AND own.merged_into IS NULL AND other.merged_into IS NULL
    AND other.status NOT IN ('selesai', 'arsip')
ORDER BY other.category <> own.category,
    abs(extract(epoch FROM other.opened_at - own.opened_at)), other.id
LIMIT 5;

-- name: calls_of_ticket
-- Its own, those that it was spoken of in, and those of the tickets that were merged into it.
SELECT call.id
FROM call
WHERE call.id IN (
    SELECT ticket.call FROM ticket WHERE ticket.id = $1 OR ticket.merged_into = $1
    UNION
    SELECT event.call FROM ticket_event AS event
    WHERE event.ticket = $1 OR event.ticket IN (SELECT id FROM ticket WHERE merged_into = $1)
    UNION
    SELECT request.call FROM callback_request AS request WHERE request.ticket = $1
)
ORDER BY call.began_at DESC, call.id DESC
LIMIT 20;
