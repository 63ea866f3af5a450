-- Traders introduced to producers, what became of it, and the calls in which they met.
CREATE TABLE referral (
    id uuid PRIMARY KEY,
    ticket uuid NOT NULL REFERENCES ticket,
    producer uuid NOT NULL REFERENCES producer,
    state text NOT NULL DEFAULT 'introduced' CHECK (
        state IN ('introduced', 'accepted', 'declined', 'deal', 'no_deal')
    ),
    how text NOT NULL CHECK (how IN ('call', 'whatsapp', 'by_hand')),
    -- Of the producer's capacity of that month; given back when it comes to nothing.
    pieces integer NOT NULL CHECK (pieces > 0),
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    introduced_at timestamptz NOT NULL,
    -- The login.
    introduced_by text NOT NULL,
    moved_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX referral_open ON referral (ticket, producer)
WHERE state IN ('introduced', 'accepted');
CREATE INDEX referral_ticket ON referral (ticket, introduced_at);
CREATE INDEX referral_producer ON referral (producer, introduced_at);
CREATE INDEX referral_moved ON referral (moved_at, id);

CREATE TABLE referral_event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    referral uuid NOT NULL REFERENCES referral,
    -- Null for the introduction itself.
    was text,
    became text NOT NULL,
    -- The login, or `service`.
    actor text NOT NULL,
    why text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE INDEX referral_event_referral ON referral_event (referral, at);

-- When somebody has to look or to ask: nothing moves (`stalled`), or after so many days.
CREATE TABLE referral_follow_up (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    referral uuid NOT NULL REFERENCES referral,
    kind text NOT NULL CHECK (kind IN ('stalled', 'day_30', 'day_90')),
    due timestamptz NOT NULL,
    -- `asked` by message or callback; `task` for the liaison; `done` with an answer; `dropped`.
    state text NOT NULL DEFAULT 'due' CHECK (
        state IN ('due', 'asked', 'task', 'done', 'dropped')
    ),
    how text CHECK (how IN ('whatsapp', 'callback')),
    callback uuid REFERENCES callback,
    answer text NOT NULL DEFAULT '',
    by_whom text NOT NULL DEFAULT '',
    -- When the state was reached.
    at timestamptz,
    CONSTRAINT referral_follow_up_once UNIQUE (referral, kind)
);
CREATE INDEX referral_follow_up_due ON referral_follow_up (due) WHERE state = 'due';
CREATE INDEX referral_follow_up_task ON referral_follow_up (due) WHERE state IN ('asked', 'task');
CREATE INDEX referral_follow_up_callback ON referral_follow_up (callback) WHERE callback IS NOT NULL;

-- An agent, the trader and the producer in one call. Made once; what happened in it are its steps.
CREATE TABLE introduction_call (
    id uuid PRIMARY KEY,
    referral uuid NOT NULL REFERENCES referral,
    -- The extension.
    agent text NOT NULL,
    -- The login.
    asked_by text NOT NULL,
    trader text NOT NULL,
    producer text NOT NULL,
    asked_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- Why it was not begun; else empty.
    refused text NOT NULL DEFAULT ''
);
CREATE INDEX introduction_call_referral ON introduction_call (referral, asked_at);
-- Nobody is called for two of them at once.
CREATE UNIQUE INDEX introduction_call_trader ON introduction_call (trader) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX introduction_call_producer ON introduction_call (producer)
WHERE ended_at IS NULL;
CREATE UNIQUE INDEX introduction_call_agent ON introduction_call (agent) WHERE ended_at IS NULL;

CREATE TABLE introduction_step (
    -- The fact's id.
    id uuid PRIMARY KEY,
    introduction uuid NOT NULL REFERENCES introduction_call,
    what text NOT NULL,
    -- `agent`, `trader` or `producer`; empty for its end.
    party text NOT NULL,
    detail text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX introduction_step_introduction ON introduction_step (introduction, at);

-- The ticket's page and the referral's own are told.
CREATE FUNCTION hint_referral() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid;
BEGIN
    which := CASE TG_TABLE_NAME
        WHEN 'introduction_step' THEN (
            SELECT referral FROM introduction_call WHERE id = (to_jsonb(NEW) ->> 'introduction')::uuid
        )
        ELSE (to_jsonb(NEW) ->> 'referral')::uuid
    END;
    PERFORM pg_notify(
        'saluran_desk',
        jsonb_build_object(
            'kind', 'ticket', 'number', ticket.number, 'secret', ticket.confidential
        )::text
    )
    FROM referral JOIN ticket ON ticket.id = referral.ticket WHERE referral.id = which;
    RETURN NULL;
END
$$;
CREATE TRIGGER referral_event_hint AFTER INSERT ON referral_event
FOR EACH ROW EXECUTE FUNCTION hint_referral();
CREATE TRIGGER introduction_step_hint AFTER INSERT ON introduction_step
FOR EACH ROW EXECUTE FUNCTION hint_referral();
