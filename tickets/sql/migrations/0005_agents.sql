CREATE TABLE agent (
    -- Name of the phone, of the queue member and of the login.
    extension text PRIMARY KEY CHECK (extension ~ '^[1-9][0-9]{2,5}$'),
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,80}$'),
    languages text[] NOT NULL CHECK (
        cardinality(languages) > 0 AND languages <@ ARRAY['id', 'en']
    ),
    -- Penalty by queue: 0 is asked first; queues that are not named are not served.
    skills jsonb NOT NULL CHECK (jsonb_typeof(skills) = 'object'),
    supervisor boolean NOT NULL,
    -- MD5 of `extension:realm:secret` in hex (RFC 2617, HA1).
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{32}$'),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- What was done under the extension keeps its row.
    removed_at timestamptz
);
