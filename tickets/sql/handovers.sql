-- Institutions, and tickets that were handed over to them.

-- name: partners
SELECT
    partner.id, partner.name, partner.kind, partner.enforces, partner.contact,
    partner.answer_days, partner.url, partner.closed_at, partner.version, partner.failing_since,
    coalesce((
        SELECT jsonb_agg(
            jsonb_build_object(
                'category', share.category, 'fields', share.fields, 'law', share.law
            ) ORDER BY share.category
        )
        FROM partner_share AS share WHERE share.partner = partner.id
    ), '[]')::text AS shares,
    (
        SELECT count(*) FROM handover
        WHERE handover.partner = partner.id
            AND handover.state IN ('waiting', 'sent', 'failed', 'accepted')
    ) AS open
FROM partner
WHERE $1::uuid IS NULL OR partner.id = $1
ORDER BY partner.closed_at IS NOT NULL, partner.name;

-- name: add_partner
INSERT INTO partner (id, name, kind, contact, answer_days, url, secret, made_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO NOTHING;

-- name: hold_partner
SELECT id, name, kind, enforces, version, secret, closed_at FROM partner
WHERE id = $1 FOR NO KEY UPDATE;

-- name: partner_by_id
SELECT name, secret FROM partner WHERE id = $1;

-- name: change_partner
UPDATE partner SET
    name = $2, kind = $3, contact = $4, answer_days = $5, url = $6, version = version + 1,
    closed_at = $7, next_at = clock_timestamp()
WHERE id = $1;

-- name: set_partner_secret
UPDATE partner SET secret = $2, version = version + 1, next_at = clock_timestamp() WHERE id = $1;

-- name: touch_partner
UPDATE partner SET version = version + 1 WHERE id = $1;

-- name: drop_partner_shares
DELETE FROM partner_share WHERE partner = $1;

-- name: add_partner_share
INSERT INTO partner_share (partner, enforces, category, fields, law)
SELECT id, enforces, $2, $3, $4 FROM partner WHERE id = $1;

-- name: ticket_to_hand_over
-- All that decides whether a ticket may leave, and what of it.
SELECT
    ticket.id, ticket.number, ticket.category, ticket.status, ticket.confidential,
    ticket.anonymous, ticket.fields, ticket.opened_at, ticket.deadline, ticket.phone,
    ticket.merged_into, person.name, was_stock(ticket.id) AS was_stock,
    coalesce(consents(ticket.person, 'share_partner'), false) AS consents
FROM ticket LEFT JOIN person ON person.id = ticket.person
WHERE ticket.number = $1 AND ($2::boolean OR NOT ticket.confidential);

-- name: share_of_partner
SELECT fields, law FROM partner_share WHERE partner = $1 AND category = $2;

-- name: live_handovers
SELECT partner FROM handover
WHERE ticket = $1 AND state IN ('waiting', 'sent', 'failed', 'accepted');

-- name: add_handover
INSERT INTO handover (id, ticket, partner, way, state, note, made_by, made_at, due, next_at)
VALUES (
    $1, $2, $3, $4, 'waiting', $5, $6, $7, $8,
    CASE WHEN $4 = 'webhook' THEN clock_timestamp() END
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: handovers
-- $1: whether confidential tickets exist for who asks. The open ones by what is due next.
SELECT
    handover.id, ticket.number AS ticket, ticket.category, ticket.status AS ticket_status,
    ticket.deadline, ticket.confidential, handover.partner, partner.name AS partner_name,
    partner.enforces, handover.way, handover.state, handover.note, handover.made_by, handover.made_at, handover.due,
    handover.sent_at, handover.told, handover.attempts, handover.status, handover.problem,
    handover.settled_at,
    coalesce((
        SELECT jsonb_agg(
            jsonb_build_object(
                'answer', one.answer, 'note', one.note, 'until', one.until, 'by_whom', one.by_whom,
                'at', one.at
            ) ORDER BY one.at, one.id
        )
        FROM handover_answer AS one WHERE one.handover = handover.id
    ), '[]')::text AS answers
FROM handover
JOIN ticket ON ticket.id = handover.ticket
JOIN partner ON partner.id = handover.partner
WHERE ($1::boolean OR NOT ticket.confidential)
    AND ($2::uuid IS NULL OR handover.id = $2)
    AND ($3::uuid IS NULL OR handover.partner = $3)
    AND (
        $4::text IS NULL OR handover.ticket IN (
            SELECT one.id FROM ticket AS one WHERE one.number = $4
            UNION ALL
            SELECT one.id FROM ticket AS one
            JOIN ticket AS into_ ON into_.id = one.merged_into WHERE into_.number = $4
        )
    )
    AND (
        NOT $5::boolean OR handover.state IN ('waiting', 'sent', 'failed', 'accepted')
    )
    AND ($6::timestamptz IS NULL OR handover.due < $6)
    AND ($7::timestamptz IS NULL OR (handover.due, handover.id) > ($7, $8::uuid))
ORDER BY handover.due, handover.id LIMIT $9;

-- name: hold_ticket_of_handover
SELECT ticket.id, ticket.number, ticket.status, ticket.deadline, ticket.confidential FROM ticket
WHERE ticket.id = (SELECT handover.ticket FROM handover WHERE handover.id = $1)
    AND ($2::boolean OR NOT ticket.confidential)
FOR NO KEY UPDATE;

-- name: hold_handover
SELECT handover.id, handover.state, handover.due, handover.way, partner.name AS partner_name
FROM handover JOIN partner ON partner.id = handover.partner
WHERE handover.id = $1 AND ($2::uuid IS NULL OR handover.partner = $2)
FOR NO KEY UPDATE OF handover;

-- name: settle_handover
UPDATE handover SET
    state = $2, due = $3, next_at = NULL,
    settled_at = CASE WHEN $2 IN ('done', 'declined', 'withdrawn') THEN $4::timestamptz END
WHERE id = $1;

-- name: send_handover_again
UPDATE handover SET
    state = 'waiting', way = 'webhook', attempts = 0, status = NULL, problem = '',
    next_at = clock_timestamp()
WHERE id = $1;

-- name: answer_handover
INSERT INTO handover_answer (id, handover, answer, note, until, by_whom, at, partner, message)
SELECT $1, handover.id, $3, $4, $5, $6, $7, handover.partner, $8
FROM handover WHERE handover.id = $2
ON CONFLICT DO NOTHING
RETURNING id;

-- name: partner_message_taken
SELECT EXISTS (SELECT FROM handover_answer WHERE partner = $1 AND message = $2);

-- name: set_ticket_status
UPDATE ticket SET status = $2 WHERE id = $1;

-- name: open_handovers_of_ticket
SELECT count(*) FROM handover
WHERE ticket = $1 AND state IN ('waiting', 'sent', 'failed', 'accepted');

-- name: claim_partner
UPDATE partner SET held_until = clock_timestamp() + $1::interval
WHERE id = (
    SELECT one.id FROM partner AS one
    WHERE one.next_at <= clock_timestamp()
        AND (one.held_until IS NULL OR one.held_until < clock_timestamp())
        AND EXISTS (
            SELECT FROM handover AS due
            WHERE due.partner = one.id AND due.state = 'waiting'
                AND due.next_at <= clock_timestamp()
        )
    ORDER BY one.next_at, one.id LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, name, url, secret, enforces;

-- name: release_partner
UPDATE partner SET held_until = NULL WHERE id = $1;

-- name: due_handover
-- The hold lasts from now on.
WITH held AS (
    UPDATE partner SET held_until = clock_timestamp() + $2::interval WHERE id = $1 RETURNING id
)
SELECT
    handover.id, handover.attempts, handover.note, handover.due, handover.made_at,
    ticket.number AS ticket
FROM held
JOIN handover ON handover.partner = held.id
JOIN ticket ON ticket.id = handover.ticket
WHERE handover.state = 'waiting' AND handover.next_at <= clock_timestamp()
ORDER BY handover.next_at, handover.made_at, handover.id LIMIT 1;

-- name: handover_taken
-- Not one that was withdrawn or answered while it was on its way: it has its state.
WITH taken AS (
    UPDATE handover SET
        state = CASE WHEN state = 'waiting' THEN 'sent' ELSE state END, next_at = NULL,
        attempts = attempts + 1, status = $2, problem = '', sent_at = coalesce(sent_at, $3),
        told = $4, sha256 = $5
    WHERE id = $1 RETURNING partner, ticket, state
), well AS (
    UPDATE partner SET failing_since = NULL, next_at = clock_timestamp()
    FROM taken WHERE partner.id = taken.partner
)
SELECT ticket FROM taken WHERE state = 'sent';

-- name: handover_not_taken
-- $4: how long this one waits, null for ever; $5: how long all of this partner's wait.
WITH tried AS (
    UPDATE handover SET
        state = CASE WHEN $4::interval IS NULL THEN 'failed' ELSE state END,
        attempts = attempts + 1, status = $2, problem = $3,
        next_at = clock_timestamp() + $4::interval
    WHERE id = $1 AND state = 'waiting' RETURNING partner, state, ticket
), waits AS (
    UPDATE partner SET
        failing_since = coalesce(failing_since, clock_timestamp()),
        next_at = clock_timestamp() + $5::interval
    FROM tried WHERE partner.id = tried.partner
)
SELECT ticket FROM tried;

-- name: handover_withheld
-- What may not leave any more: nobody was asked.
UPDATE handover SET state = 'failed', problem = $2, next_at = NULL
WHERE id = $1 AND state = 'waiting' RETURNING ticket;

-- name: handover_taken_out
UPDATE handover SET
    state = CASE WHEN state IN ('waiting', 'failed') THEN 'sent' ELSE state END, next_at = NULL,
    sent_at = coalesce(sent_at, $2), told = $3, sha256 = $4, problem = ''
WHERE id = $1;
