-- What people ask of their data, restriction and erasure (docs/personal-data.md).

ALTER TABLE person ADD COLUMN restricted_at timestamptz;
ALTER TABLE ticket ADD COLUMN erased_at timestamptz;

ALTER TABLE callback ALTER COLUMN phone DROP NOT NULL;
ALTER TABLE callback ADD CONSTRAINT callback_phone CHECK (
    phone IS NOT NULL OR state IN ('done', 'cancelled')
);

CREATE INDEX recording_call ON recording (call);

CREATE OR REPLACE FUNCTION consents(who uuid, what text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT granted FROM consent
        WHERE purpose = what
            AND (person = who OR phone IN (SELECT number FROM phone WHERE phone.person = who))
        ORDER BY at DESC, id DESC LIMIT 1
    ), false) AND NOT EXISTS (
        SELECT FROM person WHERE id = who AND restricted_at IS NOT NULL
    )
$$;

CREATE TABLE data_request (
    id uuid PRIMARY KEY,
    -- No reference: the request outlives whom it erased.
    person uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'access', 'correct', 'withdraw', 'restrict', 'unrestrict', 'erase'
    )),
    -- How it came: by phone, in person, by letter.
    channel text NOT NULL CHECK (channel IN ('call', 'whatsapp', 'letter', 'desk')),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    -- In their words, and how they were recognised; emptied by their erasure.
    said text NOT NULL DEFAULT '',
    proof text NOT NULL,
    taken_by text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused')),
    settled_at timestamptz,
    settled_by text,
    -- Why it was refused, or what was done; emptied by their erasure.
    outcome text NOT NULL DEFAULT '',
    CHECK ((state = 'open') = (settled_at IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);
CREATE INDEX data_request_due ON data_request (due_at, id) WHERE state = 'open';
CREATE INDEX data_request_person ON data_request (person, asked_at);
CREATE INDEX data_request_settled ON data_request (settled_at, id) WHERE state <> 'open';

-- Files whose rows are gone: destroyed right afterwards, or by the next run if that failed.
CREATE TABLE file_to_destroy (
    name text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
