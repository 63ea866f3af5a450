-- Institutions that tickets are handed over to: what each may be told, and what it answered.
CREATE TABLE partner (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT partner_name UNIQUE CHECK (name ~ '^[^[:cntrl:]]{1,200}$'),
    kind text NOT NULL CHECK (
        kind IN ('industry', 'market', 'bank', 'customs', 'enforcement', 'other')
    ),
    enforces boolean NOT NULL GENERATED ALWAYS AS (kind IN ('customs', 'enforcement')) STORED,
    -- Whom an officer there is asked for.
    contact text NOT NULL,
    -- Working days until its first answer.
    answer_days integer NOT NULL CHECK (answer_days BETWEEN 1 AND 60),
    -- Where tickets are sent; null where an officer takes them out as a file.
    url text,
    -- For both directions, encrypted under the key of the file `web.key_file`.
    secret bytea NOT NULL,
    made_by text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Nothing more is handed over to it; what was, goes on.
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    -- It took nothing since then; one desk at a time sends to it.
    failing_since timestamptz,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    held_until timestamptz,
    CONSTRAINT partner_enforces UNIQUE (id, enforces)
);

-- What of a category may leave for it; a category without a row never does.
CREATE TABLE partner_share (
    partner uuid NOT NULL,
    enforces boolean NOT NULL,
    category text NOT NULL,
    -- Names of the ticket's fields, and `name` and `phone` of the person.
    fields text[] NOT NULL,
    -- The law by which it leaves, as it is cited; empty where only the person's consent lets it.
    law text NOT NULL CHECK (law ~ '^[^[:cntrl:]]{0,200}$'),
    PRIMARY KEY (partner, category),
    FOREIGN KEY (partner, enforces) REFERENCES partner (id, enforces) ON UPDATE CASCADE,
    -- Who tells of their own stock may incriminate themselves.
    CONSTRAINT stock_stays CHECK (category <> 'STOK' OR (NOT enforces AND law = ''))
);

CREATE TABLE handover (
    id uuid PRIMARY KEY,
    ticket uuid NOT NULL REFERENCES ticket,
    partner uuid NOT NULL REFERENCES partner,
    way text NOT NULL CHECK (way IN ('webhook', 'file')),
    state text NOT NULL CHECK (
        state IN ('waiting', 'sent', 'failed', 'accepted', 'done', 'declined', 'withdrawn')
    ),
    -- What the officer says to the institution.
    note text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    -- Of its first answer; once accepted, of its end.
    due timestamptz NOT NULL,
    sent_at timestamptz,
    -- Names of what left at last, and the SHA-256 of its bytes.
    told text[] NOT NULL DEFAULT '{}',
    sha256 text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    -- What the last attempt brought: an HTTP status, or why there was none.
    status integer,
    problem text NOT NULL DEFAULT '',
    -- When it is sent or tried next.
    next_at timestamptz,
    settled_at timestamptz,
    CONSTRAINT handover_next CHECK (
        (next_at IS NOT NULL) = (state = 'waiting' AND way = 'webhook')
    ),
    CONSTRAINT handover_settled CHECK (
        (state IN ('done', 'declined', 'withdrawn')) = (settled_at IS NOT NULL)
    )
);
CREATE UNIQUE INDEX handover_live ON handover (ticket, partner)
WHERE state IN ('waiting', 'sent', 'failed', 'accepted');
CREATE INDEX handover_ticket ON handover (ticket, made_at);
CREATE INDEX handover_due ON handover (due, id)
WHERE state IN ('waiting', 'sent', 'failed', 'accepted');
CREATE INDEX handover_made ON handover (made_at, id);
CREATE INDEX handover_waiting ON handover (partner, next_at) WHERE state = 'waiting';

CREATE TABLE handover_answer (
    id uuid PRIMARY KEY,
    handover uuid NOT NULL REFERENCES handover,
    answer text NOT NULL CHECK (answer IN ('accepted', 'done', 'declined')),
    note text NOT NULL,
    -- Until when it says it will be done.
    until timestamptz,
    -- The login of who wrote it down; null for one that it signed itself.
    by_whom text,
    at timestamptz NOT NULL,
    partner uuid NOT NULL REFERENCES partner,
    -- Its own id of the message: what comes again is one.
    message text,
    CONSTRAINT handover_answer_once UNIQUE (partner, message),
    CHECK ((by_whom IS NULL) = (message IS NOT NULL))
);
CREATE INDEX handover_answer_handover ON handover_answer (handover, at);

-- Whether a ticket is or ever was of somebody's own stock, or goes on for one that was.
CREATE FUNCTION was_stock(which uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM ticket
        WHERE (ticket.id = which OR ticket.merged_into = which) AND (
            ticket.category = 'STOK' OR EXISTS (
                SELECT FROM ticket_event AS event
                WHERE event.ticket = ticket.id AND event.kind = 'edited'
                    AND 'STOK' IN (event.was, event.became)
            )
        )
    )
$$;

ALTER TABLE ticket_event
DROP CONSTRAINT ticket_event_kind_check,
ADD CONSTRAINT ticket_event_kind_check CHECK (
    kind IN (
        'opened', 'moved', 'called_again', 'callback', 'assigned', 'commented', 'edited', 'tagged',
        'merged', 'unmerged', 'split', 'attached', 'handover'
    )
);
