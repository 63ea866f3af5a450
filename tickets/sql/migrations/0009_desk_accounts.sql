-- Who uses the desk's pages and its API, how they sign in, and what they looked at.
CREATE TABLE desk_user (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    login text NOT NULL CONSTRAINT desk_user_login UNIQUE CHECK (login ~ '^[a-z][a-z0-9._-]{1,39}$'),
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,80}$'),
    role text NOT NULL CHECK (role IN ('agent', 'supervisor', 'liaison', 'operator', 'auditor')),
    -- The phone of one who takes calls.
    extension text CONSTRAINT desk_user_extension UNIQUE REFERENCES agent,
    -- Argon2id with its parameters.
    password_hash text NOT NULL,
    -- Encrypted under the key of the file `web.key_file`; null without a second factor.
    totp_secret bytea,
    -- One that its user has not shown a code of yet.
    totp_pending bytea,
    -- The time step of the last code that was used: no code is taken twice.
    totp_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who is disabled keeps the row: what they did names it.
    disabled_at timestamptz
);

CREATE TABLE desk_session (
    -- SHA-256 of the cookie, which is kept nowhere.
    token bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES desk_user,
    address text NOT NULL,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL
);
CREATE INDEX desk_session_user ON desk_session (user_id);
CREATE INDEX desk_session_ends ON desk_session (ends_at);

CREATE TABLE api_token (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES desk_user,
    name text NOT NULL,
    -- SHA-256 of the token, which is kept nowhere.
    token bytea NOT NULL CONSTRAINT api_token_token UNIQUE,
    -- Rights that the user has; the token has none that the user loses.
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_token_user ON api_token (user_id, created_at);

-- Tries to sign in, written before they are judged. Kept for a day.
CREATE TABLE sign_in_try (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    login text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_try_login ON sign_in_try (login, at);
CREATE INDEX sign_in_try_address ON sign_in_try (address, at);
CREATE INDEX sign_in_try_at ON sign_in_try (at);

-- Looks at what is confidential, and what was done to accounts. Never changed, never without a name.
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The login, or the system's user at the command line.
    who text NOT NULL,
    did text NOT NULL,
    -- Such as a ticket's number.
    subject text NOT NULL,
    address text NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at, id);
CREATE INDEX audit_entry_who ON audit_entry (who, at, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, at, id);

-- Requests of the API that may be sent again: the first one's answer. Kept for a day.
CREATE TABLE idempotent_request (
    user_id uuid NOT NULL REFERENCES desk_user,
    key text NOT NULL,
    -- SHA-256 of method, path and body.
    digest bytea NOT NULL,
    -- Null while it is being answered.
    status integer,
    headers jsonb,
    answer bytea,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_request_at ON idempotent_request (at);
