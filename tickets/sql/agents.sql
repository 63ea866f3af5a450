-- name: agents
-- Nobody has a secret whose digest is all zeros: a key that is over opens nothing.
SELECT extension, name, languages, skills, supervisor, phone,
    CASE WHEN key_until < clock_timestamp() THEN repeat('0', 32) ELSE digest END AS digest
FROM agent WHERE removed_at IS NULL ORDER BY length(extension), extension;

-- name: add_agent
-- An extension of someone who has left may be given to another.
INSERT INTO agent (extension, name, languages, skills, supervisor, digest, phone)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (extension) DO UPDATE SET
    name = excluded.name,
    languages = excluded.languages,
    skills = excluded.skills,
    supervisor = excluded.supervisor,
    digest = excluded.digest,
    phone = excluded.phone,
    key_until = NULL,
    since = clock_timestamp(),
    removed_at = NULL
WHERE agent.removed_at IS NOT NULL
RETURNING extension;

-- name: remove_agent
UPDATE agent SET removed_at = clock_timestamp()
WHERE extension = $1 AND removed_at IS NULL
RETURNING extension;

-- name: change_phone
UPDATE agent SET digest = $2, phone = $3, key_until = NULL
WHERE extension = $1 AND removed_at IS NULL
RETURNING extension;

-- name: lend_key
-- No row: no such agent. A row without a time: their phone is not the one in the page.
UPDATE agent SET
    digest = CASE WHEN phone = 'browser' THEN $2 ELSE digest END,
    key_until = CASE
        WHEN phone = 'browser' THEN clock_timestamp() + make_interval(hours => $3)
    END
WHERE extension = $1 AND removed_at IS NULL
RETURNING key_until AS until;

-- name: reset_agent
UPDATE agent SET digest = $2, key_until = NULL
WHERE extension = $1 AND removed_at IS NULL
RETURNING extension;
