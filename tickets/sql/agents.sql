-- name: agents
SELECT extension, name, languages, skills, supervisor, digest
FROM agent WHERE removed_at IS NULL ORDER BY length(extension), extension;

-- name: add_agent
-- An extension of someone who has left may be given to another.
INSERT INTO agent (extension, name, languages, skills, supervisor, digest)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (extension) DO UPDATE SET
    name = excluded.name,
    languages = excluded.languages,
    skills = excluded.skills,
    supervisor = excluded.supervisor,
    digest = excluded.digest,
    since = clock_timestamp(),
    removed_at = NULL
WHERE agent.removed_at IS NOT NULL
RETURNING extension;

-- name: remove_agent
UPDATE agent SET removed_at = clock_timestamp()
WHERE extension = $1 AND removed_at IS NULL
RETURNING extension;

-- name: reset_agent
UPDATE agent SET digest = $2
WHERE extension = $1 AND removed_at IS NULL
RETURNING extension;
