-- Others' programs that are told what happens.

-- name: add_webhook
INSERT INTO webhook (id, name, url, kinds, scopes, secret, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: webhooks
SELECT
    webhook.id, webhook.name, webhook.url, webhook.kinds, webhook.scopes, webhook.made_by,
    webhook.created_at, webhook.disabled_at, webhook.disabled_why, webhook.failing_since,
    (
        SELECT count(*) FROM webhook_delivery AS due
        WHERE due.webhook = webhook.id AND due.state = 'due'
    ) AS waiting
FROM webhook
WHERE webhook.removed_at IS NULL AND ($1::uuid IS NULL OR webhook.id = $1)
ORDER BY webhook.created_at, webhook.id;

-- name: remove_webhook
-- What waited for it is nobody's any more.
WITH removed AS (
    UPDATE webhook SET removed_at = clock_timestamp(), secret = ''
    WHERE id = $1 AND removed_at IS NULL RETURNING id
), dropped AS (
    DELETE FROM webhook_delivery USING removed WHERE webhook_delivery.webhook = removed.id
)
SELECT id FROM removed;

-- name: pause_webhook
-- One that is disabled already stays so since then, for its own reason.
WITH paused AS (
    UPDATE webhook SET
        disabled_at = coalesce(disabled_at, clock_timestamp()),
        disabled_why = CASE WHEN disabled_at IS NULL THEN 'by hand' ELSE disabled_why END
    WHERE id = $1 AND removed_at IS NULL RETURNING id
)
SELECT id, pg_notify('saluran_desk', '{"kind": "webhook"}') FROM paused;

-- name: resume_webhook
-- With all that happened while it was disabled: of one moment, so that they keep their order.
WITH before AS (
    SELECT id, disabled_at FROM webhook WHERE id = $1 AND removed_at IS NULL FOR NO KEY UPDATE
), resumed AS (
    UPDATE webhook SET
        disabled_at = NULL, disabled_why = '', failures = 0, failing_since = NULL,
        next_at = clock_timestamp()
    FROM before WHERE webhook.id = before.id
    RETURNING webhook.id, webhook.kinds, before.disabled_at AS was_disabled_at
), hurried AS (
    UPDATE webhook_delivery SET due_at = statement_timestamp() FROM resumed
    WHERE webhook_delivery.webhook = resumed.id AND webhook_delivery.state = 'due'
), missed AS (
    INSERT INTO webhook_delivery (webhook, event, seq, due_at)
    SELECT resumed.id, outbox.id, outbox.seq, statement_timestamp() FROM resumed JOIN outbox
        ON outbox.at >= resumed.was_disabled_at
            AND split_part(outbox.kind, '.', 1) = ANY(resumed.kinds)
    ON CONFLICT DO NOTHING
)
SELECT id FROM resumed;

-- name: replay_to_webhook
-- One event, or all of a window.
WITH again AS (
    INSERT INTO webhook_delivery AS delivery (webhook, event, seq, due_at)
    SELECT webhook.id, outbox.id, outbox.seq, statement_timestamp() FROM webhook JOIN outbox
        ON split_part(outbox.kind, '.', 1) = ANY(webhook.kinds)
    WHERE webhook.id = $1 AND webhook.removed_at IS NULL
        AND ($2::uuid IS NULL OR outbox.id = $2)
        AND ($3::timestamptz IS NULL OR outbox.at >= $3)
        AND ($4::timestamptz IS NULL OR outbox.at < $4)
    ON CONFLICT (webhook, event) DO UPDATE SET
        state = 'due', due_at = excluded.due_at, attempts = 0, settled_at = NULL, problem = '',
        status = NULL
    RETURNING event
)
SELECT count(*) FROM again;

-- name: webhook_deliveries
-- Newest first. What was withheld is not told: not even that it happened.
SELECT
    outbox.id AS event, delivery.seq, outbox.kind, outbox.at, delivery.state, delivery.attempts,
    delivery.status, delivery.problem, delivery.settled_at,
    CASE WHEN delivery.state = 'due' THEN delivery.due_at END AS due_at
FROM webhook_delivery AS delivery JOIN outbox ON outbox.id = delivery.event
WHERE delivery.webhook = $1 AND delivery.state <> 'withheld'
    AND ($2::text IS NULL OR delivery.state = $2)
    AND ($3::bigint IS NULL OR delivery.seq < $3)
ORDER BY delivery.seq DESC LIMIT $4;

-- name: claim_webhook
UPDATE webhook SET held_until = clock_timestamp() + $1::interval
WHERE id = (
    SELECT one.id FROM webhook AS one
    WHERE one.removed_at IS NULL AND one.disabled_at IS NULL AND one.next_at <= clock_timestamp()
        AND (one.held_until IS NULL OR one.held_until < clock_timestamp())
        AND EXISTS (
            SELECT FROM webhook_delivery AS due
            WHERE due.webhook = one.id AND due.state = 'due' AND due.due_at <= clock_timestamp()
        )
    ORDER BY one.next_at, one.id LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, name, url, scopes, secret;

-- name: release_webhook
UPDATE webhook SET held_until = NULL WHERE id = $1;

-- name: due_for_webhook
-- The hold lasts from now on. One that was disabled or removed meanwhile has nothing.
WITH held AS (
    UPDATE webhook SET held_until = clock_timestamp() + $2::interval
    WHERE id = $1 AND removed_at IS NULL AND disabled_at IS NULL RETURNING id
)
SELECT
    outbox.id, outbox.seq, outbox.at, outbox.kind, outbox.subject, outbox.was, outbox.became,
    delivery.attempts
FROM held
JOIN webhook_delivery AS delivery ON delivery.webhook = held.id
JOIN outbox ON outbox.id = delivery.event
WHERE delivery.state = 'due' AND delivery.due_at <= clock_timestamp()
ORDER BY delivery.due_at, delivery.seq LIMIT 1;

-- name: webhook_took
WITH settled AS (
    UPDATE webhook_delivery SET
        state = 'delivered', attempts = attempts + 1, status = $3, problem = '',
        settled_at = clock_timestamp()
    WHERE webhook = $1 AND event = $2
)
UPDATE webhook SET failures = 0, failing_since = NULL, next_at = clock_timestamp() WHERE id = $1;

-- name: webhook_withheld
UPDATE webhook_delivery SET state = 'withheld', settled_at = clock_timestamp()
WHERE webhook = $1 AND event = $2;

-- name: webhook_failed
-- $5: how long this event waits, null for ever; $6: how long all of them wait, times the failures.
WITH tried AS (
    UPDATE webhook_delivery SET
        state = CASE WHEN $5::interval IS NULL THEN 'failed' ELSE state END,
        attempts = attempts + 1, status = $3, problem = $4,
        due_at = clock_timestamp() + coalesce($5::interval, '0'),
        settled_at = CASE WHEN $5::interval IS NULL THEN clock_timestamp() END
    WHERE webhook = $1 AND event = $2
)
UPDATE webhook SET
    failures = failures + 1,
    failing_since = coalesce(failing_since, clock_timestamp()),
    next_at = clock_timestamp() + $6::interval * least(failures + 1, 60)
WHERE id = $1
RETURNING clock_timestamp() - failing_since AS failing;

-- name: disable_webhook
WITH disabled AS (
    UPDATE webhook SET disabled_at = clock_timestamp(), disabled_why = $2
    WHERE id = $1 AND disabled_at IS NULL AND removed_at IS NULL RETURNING name
), noted AS (
    INSERT INTO audit_entry (who, did, subject, address)
    SELECT 'saluran', 'webhook.disabled', name, '' FROM disabled
)
SELECT name, pg_notify('saluran_desk', '{"kind": "webhook"}') FROM disabled;

-- name: forget_outbox
DELETE FROM outbox WHERE at < clock_timestamp() - $1::interval;

-- name: ticket_for_webhook
SELECT
    number, category, status, channel, phone, confidential, anonymous, opened_at,
    first_response_due, deadline, owner, tags, version
FROM ticket WHERE id = $1;

-- name: callback_for_webhook
SELECT
    callback.id, ticket.number AS ticket, ticket.confidential, ticket.anonymous, callback.type,
    callback.state, callback.phone, callback.due, callback.since, callback.reason
FROM callback JOIN ticket ON ticket.id = callback.ticket WHERE callback.id = $1;

-- name: call_for_webhook
WITH about AS (
    SELECT ticket.number, ticket.confidential, ticket.anonymous FROM ticket WHERE ticket.call = $1
    UNION
    SELECT ticket.number, ticket.confidential, ticket.anonymous
    FROM ticket_event AS event JOIN ticket ON ticket.id = event.ticket WHERE event.call = $1
)
SELECT
    call.id, call.began_at, call.ended_at, call.outcome, call.certain, call.phone,
    coalesce((SELECT bool_or(about.confidential) FROM about), false) AS confidential,
    coalesce((SELECT bool_or(about.anonymous) FROM about), false) AS anonymous,
    ARRAY(SELECT about.number FROM about ORDER BY about.number) AS tickets
FROM call WHERE call.id = $1;
