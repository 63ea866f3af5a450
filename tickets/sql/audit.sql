-- Statements of `saluran audit`.

-- name: calls_of_pbx
SELECT uniqueid, ended_at IS NOT NULL AS ended
FROM call
WHERE pbx = $1 AND id >= $2;
