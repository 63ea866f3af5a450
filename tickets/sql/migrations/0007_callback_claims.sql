ALTER TABLE callback
    -- What the person was told last; `due` is when it is dialled next.
    ADD COLUMN promised timestamptz,
    -- Where it was asked for; empty when that was no queue.
    ADD COLUMN queue text NOT NULL DEFAULT '',
    ADD COLUMN priority integer NOT NULL DEFAULT 0,
    ADD COLUMN other_phone text,
    ADD COLUMN claimed_by text,
    ADD COLUMN claimed_at timestamptz,
    -- The attempt that the claim is for, and the last one of a callback that is over.
    ADD COLUMN attempt uuid,
    ADD COLUMN settled_at timestamptz,
    -- Why it is with a person: the last attempt's result.
    ADD COLUMN reason text,
    DROP CONSTRAINT callback_state_check;
UPDATE callback SET promised = due;
ALTER TABLE callback
    ALTER COLUMN promised SET NOT NULL,
    ADD CONSTRAINT callback_state_check CHECK (
        state IN ('waiting', 'claimed', 'dialling', 'done', 'cancelled', 'human')
    ),
    ADD CONSTRAINT callback_claim CHECK (
        state NOT IN ('claimed', 'dialling')
        OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL AND attempt IS NOT NULL)
    );

DROP INDEX callback_live;
CREATE UNIQUE INDEX callback_live ON callback (phone)
WHERE state IN ('waiting', 'claimed', 'dialling');
CREATE INDEX callback_claimed ON callback (claimed_by) WHERE state IN ('claimed', 'dialling');
CREATE INDEX callback_with_people ON callback (settled_at) WHERE state = 'human';

CREATE TABLE callback_attempt (
    id uuid PRIMARY KEY,
    callback uuid NOT NULL REFERENCES callback,
    -- Just before the customer's phone was dialled; null when it did not come to that.
    dialled_at timestamptz,
    agent text,
    phone text,
    -- Null while nothing is known of how it ended.
    result text,
    -- Seconds.
    talked double precision,
    -- When the result was told.
    at timestamptz,
    CHECK ((result IS NULL) = (at IS NULL))
);
CREATE INDEX callback_attempt_callback ON callback_attempt (callback, dialled_at);
CREATE INDEX callback_attempt_at ON callback_attempt (at);

ALTER TABLE ticket_event
    DROP CONSTRAINT ticket_event_kind_check,
    ADD CONSTRAINT ticket_event_kind_check CHECK (
        kind IN ('opened', 'moved', 'called_again', 'callback')
    );

-- Why an abandoned call is no ticket of its own: its callback lives (`live`), the person was
-- followed up today already (`today`), has an open ticket (`open`), or hardly waited (`short`).
ALTER TABLE ticket_merged
    ADD COLUMN why text NOT NULL DEFAULT 'live' CHECK (why IN ('live', 'today', 'open', 'short')),
    ALTER COLUMN kept DROP NOT NULL,
    ADD CONSTRAINT ticket_merged_kept CHECK ((kept IS NULL) = (why = 'short'));
