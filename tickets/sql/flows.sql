-- Versions of the menu.

-- name: flow_versions
SELECT
    version, note, added_by, added_at,
    (
        SELECT max(at) FROM flow_activation AS done
        WHERE done.name = flow_version.name AND done.version = flow_version.version
    ) AS activated_at
FROM flow_version WHERE name = $1
ORDER BY added_at DESC, version LIMIT 100;

-- name: flow_text
SELECT content FROM flow_version WHERE name = $1 AND version = $2;

-- name: keep_flow
-- True for one that was not kept yet.
INSERT INTO flow_version (name, version, content, note, added_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name, version) DO NOTHING RETURNING true;

-- name: note_activation
INSERT INTO flow_activation (name, version, was, by) VALUES ($1, $2, $3, $4);

-- name: flow_before
-- What was active when this version was activated last.
SELECT was FROM flow_activation WHERE name = $1 AND version = $2
ORDER BY at DESC, id DESC LIMIT 1;

-- name: flow_calls
-- Calls since $1 by the version that they began with.
SELECT flow, count(*) AS calls, count(*) FILTER (WHERE ended_at IS NULL) AS in_progress
FROM call WHERE began_at >= $1 AND flow IS NOT NULL GROUP BY flow;
