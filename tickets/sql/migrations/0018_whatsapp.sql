-- WhatsApp: what it told us as it came, who writes there, and what was written, both ways.

-- As Meta sent it, before anybody understood it: what stands here was answered with 200.
CREATE TABLE whatsapp_webhook (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- SHA-256 of the bytes: Meta repeats itself for up to seven days.
    digest bytea NOT NULL CONSTRAINT whatsapp_webhook_once UNIQUE CHECK (length(digest) = 32),
    -- Null once all of it is in rows of its own; of what could not be read it stays.
    body bytea,
    sorted_at timestamptz,
    -- Why it could not be read.
    problem text NOT NULL DEFAULT '',
    CONSTRAINT whatsapp_webhook_kept CHECK (body IS NOT NULL OR sorted_at IS NOT NULL)
);
CREATE INDEX whatsapp_webhook_due ON whatsapp_webhook (seq) WHERE sorted_at IS NULL;
CREATE INDEX whatsapp_webhook_old ON whatsapp_webhook (sorted_at) WHERE sorted_at IS NOT NULL;

-- An account of WhatsApp. A person may have several, as they may have several numbers: the thread of
-- a person is the messages of all of theirs. Made by the first message in, or the first one out.
CREATE TABLE whatsapp_user (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person uuid NOT NULL REFERENCES person,
    -- Meta's name for them towards us ("ID.13491208655302741918"); comes with every message since
    -- 2026, and is not known yet of who was only ever written to.
    bsuid text CONSTRAINT whatsapp_user_bsuid UNIQUE
    CHECK (bsuid ~ '^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$'),
    -- Who hides theirs behind a user name has none here.
    phone text CONSTRAINT whatsapp_user_phone UNIQUE REFERENCES phone,
    -- As they call themselves there; a hint, never proof of who they are.
    name text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
    met_at timestamptz NOT NULL,
    -- Of their last message, by WhatsApp's clock: free text may be sent for 24 h from then.
    last_in_at timestamptz,
    -- The sender's: before then nothing is sent to them (one message in 6 s, after a burst).
    next_out_at timestamptz,
    CONSTRAINT whatsapp_user_known CHECK (bsuid IS NOT NULL OR phone IS NOT NULL)
);
CREATE INDEX whatsapp_user_person ON whatsapp_user (person);

CREATE TABLE whatsapp_message (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- In the order in which they came or were queued: between two of the same second.
    seq bigint GENERATED ALWAYS AS IDENTITY,
    whatsapp_user uuid NOT NULL REFERENCES whatsapp_user,
    -- Null until it was worked, and for one out that belongs to no ticket.
    ticket uuid REFERENCES ticket,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    -- WhatsApp's id; of one out only once it was accepted.
    wamid text CONSTRAINT whatsapp_message_wamid UNIQUE CHECK (length(wamid) <= 400),
    kind text NOT NULL CHECK (kind IN (
        'text', 'reply', 'image', 'audio', 'video', 'document', 'sticker', 'location', 'contacts',
        'reaction', 'template', 'buttons', 'unsupported'
    )),
    -- What a reader reads: a text, a caption, the title of the button that was pressed. Of a
    -- template out: its text with the values in it, as the person sees it.
    text text NOT NULL DEFAULT '',
    -- What else there is: in {"button": id}, {"location": …}; out {"buttons": [{"id", "title"}]}.
    content jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(content) = 'object'),
    -- The wamid of the message that it answers.
    reply_to text,
    -- In: when they sent it, by WhatsApp's clock. Out: when it was queued.
    at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),

    -- In: null until ticket and questions are done with.
    worked_at timestamptz,
    -- Media: due (to be fetched), kept (an attachment), refused (and why), lost (expired, or its
    -- source failed for days).
    media_state text CHECK (media_state IN ('due', 'kept', 'refused', 'lost')),
    media_id text,
    media_name text NOT NULL DEFAULT '',
    media_why text NOT NULL DEFAULT '',
    media_due_at timestamptz,
    media_tries integer NOT NULL DEFAULT 0,
    attachment uuid REFERENCES attachment,

    -- Out, all of it the sender's. `sending` is written before the request: found so after a crash
    -- it is uncertain, and its status, which carries our id, tells.
    state text CHECK (
        state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'cancelled')
    ),
    -- What makes it one, however often it is asked for: "ticket-number:UUID".
    key text CONSTRAINT whatsapp_message_key UNIQUE,
    -- The login of who wrote it; `saluran` for what goes by itself.
    actor text NOT NULL DEFAULT '',
    template text,
    template_values jsonb CHECK (jsonb_typeof(template_values) = 'object'),
    language text NOT NULL DEFAULT 'id',
    due_at timestamptz,
    held_until timestamptz,
    tries integer NOT NULL DEFAULT 0,
    sent_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    failed_at timestamptz,
    -- WhatsApp's, as 131047; with what it said.
    error_code integer,
    error text NOT NULL DEFAULT '',

    CONSTRAINT whatsapp_message_way CHECK (
        CASE direction
            WHEN 'in' THEN wamid IS NOT NULL AND state IS NULL AND key IS NULL AND due_at IS NULL
            ELSE state IS NOT NULL AND key IS NOT NULL AND due_at IS NOT NULL AND actor <> ''
        END
    ),
    CONSTRAINT whatsapp_message_template CHECK (
        (kind = 'template') = (template IS NOT NULL)
        AND (template IS NULL) = (template_values IS NULL)
    ),
    CONSTRAINT whatsapp_message_media CHECK (
        (media_state IS NULL) = (media_id IS NULL)
        AND (media_state IS NOT DISTINCT FROM 'kept') = (attachment IS NOT NULL)
    )
);
CREATE INDEX whatsapp_message_thread ON whatsapp_message (whatsapp_user, at, seq);
CREATE INDEX whatsapp_message_ticket ON whatsapp_message (ticket, at, seq) WHERE ticket IS NOT NULL;
CREATE INDEX whatsapp_message_unworked ON whatsapp_message (whatsapp_user, at, seq)
WHERE direction = 'in' AND worked_at IS NULL;
CREATE INDEX whatsapp_message_media_due ON whatsapp_message (media_due_at)
WHERE media_state = 'due' AND worked_at IS NOT NULL;
CREATE INDEX whatsapp_message_queued ON whatsapp_message (due_at, seq)
WHERE state IN ('queued', 'sending');
CREATE INDEX whatsapp_message_attachment ON whatsapp_message (attachment)
WHERE attachment IS NOT NULL;

-- What became of messages out, as it was told: in any order, perhaps before we know the wamid
-- ourselves. The receiver writes it, the sender works it (`worked_at`).
CREATE TABLE whatsapp_status (
    wamid text NOT NULL,
    status text NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
    -- By WhatsApp's clock.
    at timestamptz NOT NULL,
    -- `biz_opaque_callback_data`: the id of our row, where it was sent along.
    message uuid,
    error_code integer,
    error text NOT NULL DEFAULT '',
    seq bigint GENERATED ALWAYS AS IDENTITY,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    worked_at timestamptz,
    PRIMARY KEY (wamid, status)
);
CREATE INDEX whatsapp_status_due ON whatsapp_status (seq) WHERE worked_at IS NULL;

-- The question that an account was asked last, for which ticket; none once all is answered.
CREATE TABLE whatsapp_intake (
    whatsapp_user uuid PRIMARY KEY REFERENCES whatsapp_user,
    ticket uuid NOT NULL REFERENCES ticket,
    -- A key of config/whatsapp_intake.yaml, and the message that asked it: nothing is an answer
    -- before that was sent.
    question text NOT NULL,
    asked uuid NOT NULL REFERENCES whatsapp_message,
    -- Answers in a row that were none.
    misses integer NOT NULL DEFAULT 0
);
CREATE INDEX whatsapp_intake_ticket ON whatsapp_intake (ticket);
CREATE INDEX whatsapp_intake_asked ON whatsapp_intake (asked);

-- A message is a change of its ticket: pages that show it look again.
CREATE FUNCTION hint_whatsapp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(
        'saluran_desk',
        jsonb_build_object('kind', 'ticket', 'number', number, 'secret', confidential)::text
    ) FROM ticket WHERE id = NEW.ticket;
    RETURN NULL;
END
$$;
CREATE TRIGGER whatsapp_message_hint
AFTER INSERT OR UPDATE OF ticket, state, media_state ON whatsapp_message
FOR EACH ROW WHEN (NEW.ticket IS NOT NULL) EXECUTE FUNCTION hint_whatsapp();
