CREATE TABLE callback (
    id uuid PRIMARY KEY,
    ticket uuid NOT NULL REFERENCES ticket,
    phone text NOT NULL REFERENCES phone,
    type text NOT NULL CHECK (type IN ('next_opening', 'keep_place', 'slot')),
    due timestamptz NOT NULL,
    -- When the caller began to wait: the place in the queue that the callback earns.
    since timestamptz NOT NULL,
    -- When it was last asked for: of two promises the later one holds, whichever is told first.
    asked_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'cancelled'))
);
CREATE UNIQUE INDEX callback_live ON callback (phone) WHERE state = 'waiting';
CREATE INDEX callback_due ON callback (due) WHERE state = 'waiting';
CREATE INDEX callback_ticket ON callback (ticket);

-- Each asking: the first makes the callback, the others confirm or move it.
CREATE TABLE callback_request (
    -- The fact's id.
    id uuid PRIMARY KEY,
    callback uuid NOT NULL REFERENCES callback,
    ticket uuid NOT NULL REFERENCES ticket,
    call uuid NOT NULL REFERENCES call,
    type text NOT NULL,
    due timestamptz NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX callback_request_callback ON callback_request (callback, at);
CREATE INDEX callback_request_ticket ON callback_request (ticket);

CREATE TABLE recording (
    id uuid PRIMARY KEY,
    ticket uuid NOT NULL REFERENCES ticket,
    call uuid NOT NULL REFERENCES call,
    -- The file's name in the recordings store.
    name text NOT NULL UNIQUE,
    seconds double precision NOT NULL CHECK (seconds >= 0),
    -- Bytes of the audio before encryption.
    size bigint NOT NULL CHECK (size >= 0),
    sha256 text NOT NULL,
    silent boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX recording_ticket ON recording (ticket);
