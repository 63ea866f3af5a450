-- Accounts of people whom an OpenID provider vouches for.

-- name: user_by_identity
SELECT
    u.id, u.login, u.name, u.role, u.extension, u.disabled_at, u.totp_secret IS NOT NULL AS totp
FROM desk_identity AS i JOIN desk_user AS u ON u.id = i.user_id
WHERE i.issuer = $1 AND i.subject = $2 FOR NO KEY UPDATE OF u;

-- name: add_identity
-- With an account that has no password. Nothing, where somebody has the login already.
WITH added AS (
    INSERT INTO desk_user (login, name, role, password_hash) VALUES ($3, $4, $5, '!')
    ON CONFLICT (login) DO NOTHING RETURNING id
)
INSERT INTO desk_identity (issuer, subject, user_id) SELECT $1, $2, id FROM added
RETURNING user_id;

-- name: see_identity
UPDATE desk_identity SET last_at = clock_timestamp() WHERE issuer = $1 AND subject = $2;

-- name: change_role
-- Whoever has another role now begins anew with it, wherever they are signed in.
WITH changed AS (
    UPDATE desk_user SET role = $2 WHERE id = $1 AND role <> $2 RETURNING id
)
DELETE FROM desk_session USING changed WHERE desk_session.user_id = changed.id;

