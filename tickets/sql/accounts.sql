-- Accounts of the desk: who they are, how they sign in, what they looked at.

-- name: add_user
INSERT INTO desk_user (login, name, role, extension, password_hash) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (login) DO NOTHING
RETURNING id;

-- name: users
SELECT
    id, login, name, role, extension, totp_secret IS NOT NULL AS totp, created_at, disabled_at
FROM desk_user ORDER BY login;

-- name: user_by_login
SELECT id, login, name, role, extension, password_hash, totp_secret, totp_step
FROM desk_user WHERE login = $1 AND disabled_at IS NULL;

-- name: set_password
-- Whoever is signed in elsewhere, perhaps with a stolen password, is not any more.
WITH changed AS (
    UPDATE desk_user SET password_hash = $2 WHERE login = $1 RETURNING id
), ended AS (
    DELETE FROM desk_session USING changed
    WHERE desk_session.user_id = changed.id AND desk_session.token IS DISTINCT FROM $3::bytea
)
SELECT id FROM changed;

-- name: set_totp
WITH changed AS (
    UPDATE desk_user SET totp_secret = $2, totp_pending = NULL, totp_step = 0
    WHERE login = $1 RETURNING id
), ended AS (
    DELETE FROM desk_session USING changed WHERE desk_session.user_id = changed.id
)
SELECT id FROM changed;

-- name: offer_totp
UPDATE desk_user SET totp_pending = $2 WHERE id = $1;

-- name: pending_totp
SELECT totp_pending FROM desk_user WHERE id = $1;

-- name: take_totp
-- Whoever signed in without it elsewhere is not signed in any more.
WITH changed AS (
    UPDATE desk_user SET totp_secret = totp_pending, totp_pending = NULL, totp_step = $3
    WHERE id = $1 AND totp_pending = $2 RETURNING id
), ended AS (
    DELETE FROM desk_session USING changed
    WHERE desk_session.user_id = changed.id AND desk_session.token IS DISTINCT FROM $4::bytea
)
SELECT id FROM changed;

-- name: use_totp_step
-- No code is taken twice, nor one from before the last.
UPDATE desk_user SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING id;

-- name: disable_user
WITH changed AS (
    UPDATE desk_user SET disabled_at = coalesce(disabled_at, clock_timestamp())
    WHERE login = $1 RETURNING id
), ended AS (
    DELETE FROM desk_session USING changed WHERE desk_session.user_id = changed.id
), revoked AS (
    UPDATE api_token SET revoked_at = clock_timestamp() FROM changed
    WHERE api_token.user_id = changed.id AND revoked_at IS NULL
)
SELECT id FROM changed;

-- name: enable_user
UPDATE desk_user SET disabled_at = NULL WHERE login = $1 RETURNING id;

-- name: set_role
-- Sessions end: a page that is open shows what the old role might see.
WITH changed AS (
    UPDATE desk_user SET role = $2 WHERE login = $1 RETURNING id
), ended AS (
    DELETE FROM desk_session USING changed WHERE desk_session.user_id = changed.id
)
SELECT id FROM changed;

-- name: unlock_user
WITH forgotten AS (
    DELETE FROM sign_in_try WHERE login = $1
)
SELECT id FROM desk_user WHERE login = $1;

-- name: end_sessions
WITH ended AS (
    DELETE FROM desk_session USING desk_user
    WHERE desk_user.login = $1 AND desk_session.user_id = desk_user.id
)
SELECT id FROM desk_user WHERE login = $1;

-- name: sessions_of
SELECT s.address, s.began_at, s.seen_at, s.ends_at
FROM desk_session AS s JOIN desk_user AS u ON u.id = s.user_id
WHERE u.login = $1 AND s.ends_at > clock_timestamp() ORDER BY s.seen_at DESC;

-- name: tries_of
-- Wrong tries to sign in within $2, and when the last one was.
SELECT count(*) AS tries, max(at) AS last FROM sign_in_try
WHERE login = $1 AND at > clock_timestamp() - $2::interval;

-- name: try_sign_in
-- Written before it is judged, so that tries made at once see each other.
WITH forgotten AS (
    DELETE FROM sign_in_try WHERE at < clock_timestamp() - interval '1 day'
)
INSERT INTO sign_in_try (login, address) VALUES ($1, $2) RETURNING id;

-- name: judge_sign_in
SELECT
    count(*) FILTER (WHERE login = $2) AS of_login,
    max(at) FILTER (WHERE login = $2) AS last_of_login,
    count(*) FILTER (WHERE address = $3) AS of_address,
    max(at) FILTER (WHERE address = $3) AS last_of_address,
    clock_timestamp() AS now
FROM sign_in_try
WHERE (login = $2 OR address = $3) AND id <> $1 AND at > clock_timestamp() - $4::interval;

-- name: forget_try
DELETE FROM sign_in_try WHERE id = $1;

-- name: forget_tries
DELETE FROM sign_in_try WHERE login = $1;

-- name: begin_session
WITH ended AS (
    DELETE FROM desk_session WHERE ends_at < clock_timestamp()
)
INSERT INTO desk_session (token, user_id, address, ends_at)
VALUES ($1, $2, $3, clock_timestamp() + $4::interval);

-- name: session
-- Whose phone is the one in the page is shown it.
SELECT
    u.id, u.login, u.name, u.role, u.extension,
    s.seen_at < clock_timestamp() - interval '1 min' AS stale,
    EXISTS (
        SELECT FROM agent AS a
        WHERE a.extension = u.extension AND a.phone = 'browser' AND a.removed_at IS NULL
    ) AS browser_phone
FROM desk_session AS s JOIN desk_user AS u ON u.id = s.user_id
WHERE s.token = $1 AND s.ends_at > clock_timestamp()
    AND s.seen_at > clock_timestamp() - $2::interval AND u.disabled_at IS NULL;

-- name: see_session
UPDATE desk_session SET seen_at = clock_timestamp() WHERE token = $1;

-- name: end_session
DELETE FROM desk_session WHERE token = $1 RETURNING user_id;

-- name: add_token
INSERT INTO api_token (user_id, name, token, scopes, ends_at) VALUES ($1, $2, $3, $4, $5)
RETURNING id, name, scopes, created_at, ends_at, used_at;

-- name: tokens
SELECT id, name, scopes, created_at, ends_at, used_at FROM api_token
WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at, id;

-- name: revoke_token
UPDATE api_token SET revoked_at = clock_timestamp()
WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id;

-- name: token
SELECT
    t.id AS token, t.scopes, u.id, u.login, u.name, u.role, u.extension,
    t.used_at IS NULL OR t.used_at < clock_timestamp() - interval '1 min' AS stale
FROM api_token AS t JOIN desk_user AS u ON u.id = t.user_id
WHERE t.token = $1 AND t.revoked_at IS NULL AND t.ends_at > clock_timestamp()
    AND u.disabled_at IS NULL;

-- name: see_token
UPDATE api_token SET used_at = clock_timestamp() WHERE id = $1;

-- name: note_audit
INSERT INTO audit_entry (who, did, subject, address) VALUES ($1, $2, $3, $4);

-- name: page_audit
SELECT id, at, who, did, subject, address FROM audit_entry
WHERE ($1::text IS NULL OR who = $1) AND ($2::text IS NULL OR subject = $2)
    AND ($3::timestamptz IS NULL OR (at, id) < ($3, $4::uuid))
    AND ($6::text IS NULL OR did = $6)
    AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
ORDER BY at DESC, id DESC LIMIT $5;

-- name: claim_request
WITH forgotten AS (
    DELETE FROM idempotent_request WHERE at < clock_timestamp() - interval '1 day'
)
INSERT INTO idempotent_request AS claim (user_id, key, digest) VALUES ($1, $2, $3)
ON CONFLICT (user_id, key) DO UPDATE SET at = clock_timestamp()
-- Who claimed it and never answered has died meanwhile.
WHERE claim.status IS NULL AND claim.digest = $3
    AND claim.at < clock_timestamp() - interval '1 min'
RETURNING key;

-- name: claimed_request
SELECT digest, status, headers, answer FROM idempotent_request WHERE user_id = $1 AND key = $2;

-- name: answer_request
UPDATE idempotent_request SET status = $3, headers = $4::jsonb, answer = $5
WHERE user_id = $1 AND key = $2;

-- name: drop_request
DELETE FROM idempotent_request WHERE user_id = $1 AND key = $2 AND status IS NULL;
