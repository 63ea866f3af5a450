-- Others' programs that are told what happens: who they are, what happened, and what each was told.

CREATE TABLE webhook (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    url text NOT NULL,
    -- Of what: `ticket`, `callback`, `call`.
    kinds text[] NOT NULL,
    -- Rights: what is told is what somebody with these alone would see.
    scopes text[] NOT NULL,
    -- Encrypted under the key of the file `web.key_file`.
    secret bytea NOT NULL,
    made_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Never deleted: a change that is being written may just refer to it.
    removed_at timestamptz,
    disabled_at timestamptz,
    disabled_why text NOT NULL DEFAULT '',
    -- In a row, since the last time that it took something.
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- One desk at a time sends to it; one that dies lets go by and by.
    held_until timestamptz
);

-- What happened, by its id alone: what is told of it is read when it is sent.
CREATE TABLE outbox (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    subject uuid NOT NULL,
    was text,
    became text
);
CREATE INDEX outbox_at ON outbox (at, id);

CREATE TABLE webhook_delivery (
    webhook uuid NOT NULL REFERENCES webhook,
    event uuid NOT NULL REFERENCES outbox ON DELETE CASCADE,
    seq bigint NOT NULL,
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'delivered', 'failed', 'withheld')),
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 0,
    -- What the last attempt brought: an HTTP status, or why there was none.
    status integer,
    problem text NOT NULL DEFAULT '',
    settled_at timestamptz,
    PRIMARY KEY (webhook, event)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due_at, seq) WHERE state = 'due';
CREATE INDEX webhook_delivery_seq ON webhook_delivery (webhook, seq);
CREATE INDEX webhook_delivery_event ON webhook_delivery (event);

-- In the transaction of the change itself. Without a webhook for it nothing is written.
CREATE FUNCTION tell_webhooks(happened text, about uuid, old text, new text) RETURNS void
LANGUAGE sql AS $$
    WITH told AS (
        INSERT INTO outbox (kind, subject, was, became)
        SELECT happened, about, old, new
        WHERE EXISTS (
            SELECT FROM webhook
            WHERE removed_at IS NULL AND split_part(happened, '.', 1) = ANY(kinds)
        )
        RETURNING id, seq
    )
    INSERT INTO webhook_delivery (webhook, event, seq)
    SELECT webhook.id, told.id, told.seq FROM told CROSS JOIN webhook
    WHERE webhook.removed_at IS NULL AND webhook.disabled_at IS NULL
        AND split_part(happened, '.', 1) = ANY(webhook.kinds)
$$;

CREATE FUNCTION change_for_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'ticket_event' THEN
            PERFORM tell_webhooks(
                'ticket.' || NEW.kind, NEW.ticket,
                CASE WHEN NEW.kind = 'moved' THEN NEW.was END,
                CASE WHEN NEW.kind = 'moved' THEN NEW.became END
            );
        WHEN 'callback' THEN
            IF TG_OP = 'INSERT' THEN
                PERFORM tell_webhooks('callback.promised', NEW.id, NULL, NEW.state);
            ELSIF NEW.state <> OLD.state THEN
                PERFORM tell_webhooks('callback.' || NEW.state, NEW.id, OLD.state, NEW.state);
            ELSIF NEW.due <> OLD.due THEN
                PERFORM tell_webhooks('callback.moved', NEW.id, NULL, NULL);
            END IF;
        ELSE
            IF TG_OP = 'INSERT' THEN
                PERFORM tell_webhooks('call.began', NEW.id, NULL, NULL);
            END IF;
            IF NEW.ended_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.ended_at IS NULL) THEN
                PERFORM tell_webhooks('call.ended', NEW.id, NULL, NEW.outcome);
            END IF;
    END CASE;
    RETURN NULL;
END
$$;

CREATE TRIGGER ticket_event_webhook AFTER INSERT ON ticket_event
FOR EACH ROW EXECUTE FUNCTION change_for_webhooks();
CREATE TRIGGER callback_webhook AFTER INSERT OR UPDATE OF state, due ON callback
FOR EACH ROW EXECUTE FUNCTION change_for_webhooks();
CREATE TRIGGER call_webhook AFTER INSERT OR UPDATE OF ended_at ON call
FOR EACH ROW EXECUTE FUNCTION change_for_webhooks();

-- Who an OpenID provider says somebody is: by its own name for them, which it never gives to another.
CREATE TABLE desk_identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES desk_user,
    first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX ticket_split_from ON ticket (split_from) WHERE split_from IS NOT NULL;
