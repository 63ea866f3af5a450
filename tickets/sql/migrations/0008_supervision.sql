-- What supervisors did with the calls of others, and with the line.
CREATE TABLE supervision (
    -- The fact's id.
    id uuid PRIMARY KEY,
    -- The caller's, where one was concerned.
    call uuid,
    -- The extension.
    supervisor text NOT NULL,
    did text NOT NULL,
    -- Who was listened to; else empty.
    agent text NOT NULL,
    -- Where the caller was put; else empty.
    queue text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX supervision_at ON supervision (at);
CREATE INDEX supervision_call ON supervision (call);
