CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text,
    met_at timestamptz NOT NULL
);

CREATE TABLE phone (
    number text PRIMARY KEY CHECK (number ~ '^\+[1-9][0-9]{6,14}$'),
    person uuid NOT NULL REFERENCES person,
    language text,
    language_at timestamptz
);
CREATE INDEX phone_person ON phone (person);

CREATE TABLE call (
    id uuid PRIMARY KEY,
    -- Null until `call_began` is known: a call's facts may come in any order.
    pbx text,
    uniqueid text,
    caller text,
    phone text REFERENCES phone,
    dialled text,
    flow text,
    -- The time of the first fact known, until `call_began` tells.
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('agent', 'promise', 'information', 'hung_up', 'failed')),
    last_step text,
    -- False when the end was reconciled afterwards and its moment is not known.
    certain boolean,
    CONSTRAINT call_channel UNIQUE (pbx, uniqueid),
    CHECK ((pbx IS NULL) = (uniqueid IS NULL)),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((ended_at IS NULL) = (certain IS NULL))
);
CREATE INDEX call_began_at ON call (began_at, id);
CREATE INDEX call_phone ON call (phone, began_at);
CREATE INDEX call_open ON call (pbx) WHERE ended_at IS NULL;

CREATE TABLE call_step (
    call uuid NOT NULL REFERENCES call,
    -- The fact's id.
    id uuid NOT NULL,
    seq integer NOT NULL,
    step text NOT NULL,
    event text NOT NULL,
    detail text NOT NULL,
    at timestamptz NOT NULL,
    -- One index both finds a call's steps and refuses a replay.
    PRIMARY KEY (call, id)
);

CREATE TABLE consent (
    -- The fact's id.
    id uuid PRIMARY KEY,
    call uuid NOT NULL REFERENCES call,
    phone text REFERENCES phone,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX consent_call ON consent (call);
CREATE INDEX consent_phone ON consent (phone, purpose, at);
