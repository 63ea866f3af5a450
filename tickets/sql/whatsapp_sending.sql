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
