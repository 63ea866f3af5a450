-- name: last_entry
SELECT id FROM queue_entry WHERE agent = $1 AND answered_at IS NOT NULL
ORDER BY answered_at DESC, id DESC LIMIT 1;
