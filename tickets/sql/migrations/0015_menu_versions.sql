-- Versions of the menu that were made at the desk, and when each was activated there.
CREATE TABLE flow_version (
    name text NOT NULL,
    -- The first eight hex digits of the content's SHA-256, as on each call's row.
    version text NOT NULL,
    content text NOT NULL,
    note text NOT NULL,
    -- The login; empty for one that somebody wrote into the file.
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, version)
);

CREATE TABLE flow_activation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    version text NOT NULL,
    -- The version that was active before.
    was text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX flow_activation_version ON flow_activation (name, version, at);

-- The page of the calendar shows who changed it.
CREATE INDEX audit_entry_calendar ON audit_entry (at, id) WHERE did LIKE 'calendar.%';
