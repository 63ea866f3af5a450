-- One stay in a queue, of a caller or of a callback's placeholder. Its facts may come in any
-- order: what `queue_joined` tells is null until that is known.
CREATE TABLE queue_entry (
    id uuid PRIMARY KEY,
    -- The caller's; null for a placeholder.
    call uuid REFERENCES call,
    -- The placeholder's; null for a caller.
    callback uuid,
    queue text,
    -- The original time that the place was earned by.
    since timestamptz,
    priority integer,
    -- Counted from 1, when it was put in.
    position integer,
    joined_at timestamptz,
    left_at timestamptz,
    how text,
    -- The extension.
    agent text,
    answered_at timestamptz,
    -- Seconds.
    waited double precision CHECK (waited >= 0),
    rang double precision CHECK (rang >= 0),
    talk_ended_at timestamptz,
    talked double precision CHECK (talked >= 0),
    ended_by text,
    CHECK (call IS NULL OR callback IS NULL),
    CHECK ((queue IS NULL) = (joined_at IS NULL)),
    CHECK ((left_at IS NULL) = (how IS NULL)),
    CHECK ((answered_at IS NULL) = (waited IS NULL)),
    CHECK ((talk_ended_at IS NULL) = (talked IS NULL))
);
CREATE INDEX queue_entry_call ON queue_entry (call);
CREATE INDEX queue_entry_callback ON queue_entry (callback);
CREATE INDEX queue_entry_joined ON queue_entry (joined_at, queue);
CREATE INDEX queue_entry_agent ON queue_entry (agent, answered_at);

CREATE TABLE ring_miss (
    -- The fact's id.
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES queue_entry,
    agent text NOT NULL,
    -- Seconds.
    rang double precision NOT NULL CHECK (rang >= 0),
    why text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ring_miss_entry ON ring_miss (entry);
CREATE INDEX ring_miss_agent ON ring_miss (agent, at);

-- History of what Asterisk is the truth of; never asked for what is true now.
CREATE TABLE presence_event (
    -- The fact's id.
    id uuid PRIMARY KEY,
    agent text NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX presence_event_agent ON presence_event (agent, at, id);

CREATE TABLE disposition (
    -- The fact's id.
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES queue_entry,
    agent text NOT NULL,
    code text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX disposition_entry ON disposition (entry, at);

CREATE TABLE rating (
    -- The fact's id.
    id uuid PRIMARY KEY,
    -- The caller's call, or the callback that was the talk.
    call uuid NOT NULL,
    agent text NOT NULL,
    score integer NOT NULL CHECK (score BETWEEN 1 AND 5),
    at timestamptz NOT NULL
);
CREATE INDEX rating_agent ON rating (agent, at);
CREATE INDEX rating_call ON rating (call);

-- A conversation's recording belongs to its stay in the queue; the ticket follows from that.
ALTER TABLE recording
    ADD COLUMN kind text NOT NULL DEFAULT 'message' CHECK (kind IN ('message', 'talk')),
    ADD COLUMN entry uuid REFERENCES queue_entry,
    ALTER COLUMN ticket DROP NOT NULL,
    ALTER COLUMN call DROP NOT NULL,
    ADD CONSTRAINT recording_belongs CHECK (
        CASE kind WHEN 'talk' THEN entry IS NOT NULL ELSE ticket IS NOT NULL AND call IS NOT NULL END
    );
CREATE INDEX recording_entry ON recording (entry);
