-- The ticket side's tables as they are after the last migration: the place to read them.
-- `tests/store/test_migrations.py` proves that the migrations lead exactly here.
--
-- Ids are UUIDv7 of the writer (docs/decisions/0002-ids-by-the-writer.md). Every row that comes
-- of a fact carries the fact's id or an id out of it, so that writing it again changes nothing.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- People and calls ----------------------------------------------------------------------------

CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text,
    met_at timestamptz NOT NULL,
    -- Since when their data is kept and used for nothing that needs their consent.
    restricted_at timestamptz
);
CREATE INDEX person_met ON person (met_at, id);
CREATE INDEX person_name ON person USING gin (name gin_trgm_ops);

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
CREATE INDEX call_outcome ON call (outcome, began_at, id);
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
    call uuid REFERENCES call,
    phone text REFERENCES phone,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    at timestamptz NOT NULL,
    person uuid REFERENCES person,
    channel text NOT NULL DEFAULT 'call' CHECK (channel IN ('call', 'whatsapp', 'desk')),
    -- Where it can be read or heard again: a message's id, a recording's, or an officer's words.
    proof text NOT NULL DEFAULT '',
    by_whom text NOT NULL DEFAULT '',
    CONSTRAINT consent_proven CHECK (
        (channel = 'call') = (call IS NOT NULL) AND (channel = 'call' OR proof <> '')
    )
);
CREATE INDEX consent_call ON consent (call);
CREATE INDEX consent_phone ON consent (phone, purpose, at);
CREATE INDEX consent_person ON consent (person, purpose, at) WHERE person IS NOT NULL;

-- The last word counts, by whichever of their numbers it came; without one there is no consent, nor
-- is there while their data is restricted.
CREATE FUNCTION consents(who uuid, what text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT granted FROM consent
        WHERE purpose = what
            AND (person = who OR phone IN (SELECT number FROM phone WHERE phone.person = who))
        ORDER BY at DESC, id DESC LIMIT 1
    ), false) AND NOT EXISTS (
        SELECT FROM person WHERE id = who AND restricted_at IS NOT NULL
    )
$$;

-- Tickets -------------------------------------------------------------------------------------

CREATE TABLE ticket (
    id uuid PRIMARY KEY,
    number text NOT NULL CONSTRAINT ticket_number UNIQUE CHECK (number ~ '^[0-9]{8,}$'),
    pin_hash text,
    category text NOT NULL CHECK (category IN (
        'GANTI', 'STOK', 'INFO', 'DARING', 'SELUNDUP', 'TERTIB', 'LAYANAN', 'LATIH', 'KUR', 'UMUM'
    )),
    channel text NOT NULL,
    status text NOT NULL DEFAULT 'baru' CHECK (status IN (
        'baru', 'verifikasi', 'tunda', 'rujuk', 'arsip', 'proses', 'ditanggapi', 'selesai',
        'dibuka-kembali'
    )),
    phone text REFERENCES phone,
    person uuid REFERENCES person,
    fields jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fields) = 'object'),
    confidential boolean NOT NULL,
    anonymous boolean NOT NULL,
    language text NOT NULL,
    opened_at timestamptz NOT NULL,
    first_response_due timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    -- The login of who works on it.
    owner text,
    -- Null for one that was opened at the desk.
    call uuid REFERENCES call,
    reason text NOT NULL,
    -- The fact that opened it. Null for a ticket that is so far known only from a promise or a
    -- message that names it: those are never lost for a ticket that was refused or comes late.
    opened_by uuid UNIQUE,
    -- Counts the changes that two people could make at once (the trigger below).
    version bigint NOT NULL DEFAULT 1,
    tags text[] NOT NULL DEFAULT '{}',
    -- Where its story goes on; no list shows it any more.
    merged_into uuid REFERENCES ticket CHECK (merged_into <> id),
    split_from uuid REFERENCES ticket,
    -- What told of a person was taken out then; the rest stays for the figures.
    erased_at timestamptz,
    -- What was written of it outside its fields, for the search alone.
    told text NOT NULL DEFAULT '',
    words text NOT NULL GENERATED ALWAYS AS (
        jsonb_path_query_array(fields, '$.*')::text || ' ' || told
    ) STORED,
    search tsvector NOT NULL GENERATED ALWAYS AS (
        to_tsvector(
            'indonesian', number || ' ' || jsonb_path_query_array(fields, '$.*')::text || ' ' || told
        )
    ) STORED
);
CREATE INDEX ticket_search ON ticket USING gin (search);
CREATE INDEX ticket_words ON ticket USING gin (words gin_trgm_ops);
CREATE INDEX ticket_tags ON ticket USING gin (tags);
CREATE INDEX ticket_category ON ticket (category, opened_at, id);
CREATE INDEX ticket_owner ON ticket (owner, opened_at, id);
CREATE INDEX ticket_person ON ticket (person, opened_at, id);
CREATE INDEX ticket_due ON ticket (deadline, id)
WHERE merged_into IS NULL AND status NOT IN ('selesai', 'arsip');
CREATE INDEX ticket_merged_into ON ticket (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ticket_opened_at ON ticket (opened_at, id);
CREATE INDEX ticket_status ON ticket (status, opened_at, id);
CREATE INDEX ticket_phone ON ticket (phone, opened_at);
CREATE INDEX ticket_call ON ticket (call);

-- Whoever changes what two people could edit at once gives it the next version: facts do too.
CREATE FUNCTION ticket_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER ticket_version BEFORE UPDATE ON ticket FOR EACH ROW
WHEN (
    (
        OLD.category, OLD.status, OLD.phone, OLD.person, OLD.fields, OLD.confidential,
        OLD.anonymous, OLD.owner, OLD.tags, OLD.merged_into, OLD.deadline
    ) IS DISTINCT FROM (
        NEW.category, NEW.status, NEW.phone, NEW.person, NEW.fields, NEW.confidential,
        NEW.anonymous, NEW.owner, NEW.tags, NEW.merged_into, NEW.deadline
    )
)
EXECUTE FUNCTION ticket_changed();

-- An abandoned call that is no ticket of its own: what is told of `id` belongs to `kept`.
CREATE TABLE ticket_merged (
    id uuid PRIMARY KEY,
    kept uuid REFERENCES ticket,
    -- Its callback lives (`live`), the person was followed up today already (`today`), has an open
    -- ticket (`open`), or hardly waited (`short`).
    why text NOT NULL DEFAULT 'live' CHECK (why IN ('live', 'today', 'open', 'short')),
    CONSTRAINT ticket_merged_kept CHECK ((kept IS NULL) = (why = 'short'))
);

CREATE TABLE ticket_event (
    -- The fact's id where a fact made it.
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ticket uuid NOT NULL REFERENCES ticket,
    kind text NOT NULL CHECK (kind IN (
        'opened', 'moved', 'called_again', 'callback', 'assigned', 'commented', 'edited', 'tagged',
        'merged', 'unmerged', 'split', 'attached', 'handover'
    )),
    was text,
    became text,
    actor text NOT NULL,
    call uuid REFERENCES call,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- A comment's text, the number of the other ticket of a merge or split, an attachment's id.
    note text NOT NULL DEFAULT ''
);
CREATE INDEX ticket_event_ticket ON ticket_event (ticket, at);
CREATE INDEX ticket_event_call ON ticket_event (call) WHERE call IS NOT NULL;

-- Callbacks -----------------------------------------------------------------------------------

CREATE TABLE callback (
    id uuid PRIMARY KEY,
    ticket uuid NOT NULL REFERENCES ticket,
    -- Null once the person was erased.
    phone text REFERENCES phone,
    type text NOT NULL CHECK (type IN ('next_opening', 'keep_place', 'slot')),
    due timestamptz NOT NULL,
    -- When the caller began to wait: the place in the queue that the callback earns.
    since timestamptz NOT NULL,
    -- When it was last asked for: of two promises the later one holds, whichever is told first.
    asked_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT callback_state_check CHECK (
        state IN ('waiting', 'claimed', 'dialling', 'done', 'cancelled', 'human')
    ),
    -- What the person was told last; `due` is when it is dialled next.
    promised timestamptz NOT NULL,
    -- Where it was asked for; empty when that was no queue.
    queue text NOT NULL DEFAULT '',
    priority integer NOT NULL DEFAULT 0,
    other_phone text,
    claimed_by text,
    claimed_at timestamptz,
    -- The attempt that the claim is for, and the last one of a callback that is over.
    attempt uuid,
    settled_at timestamptz,
    -- Why it is with a person: the last attempt's result.
    reason text,
    CONSTRAINT callback_phone CHECK (phone IS NOT NULL OR state IN ('done', 'cancelled')),
    CONSTRAINT callback_claim CHECK (
        state NOT IN ('claimed', 'dialling')
        OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL AND attempt IS NOT NULL)
    )
);
CREATE UNIQUE INDEX callback_live ON callback (phone)
WHERE state IN ('waiting', 'claimed', 'dialling');
CREATE INDEX callback_claimed ON callback (claimed_by) WHERE state IN ('claimed', 'dialling');
CREATE INDEX callback_with_people ON callback (settled_at) WHERE state = 'human';
CREATE INDEX callback_due ON callback (due) WHERE state = 'waiting';
CREATE INDEX callback_ticket ON callback (ticket);
CREATE INDEX callback_over ON callback (settled_at, id) WHERE state IN ('done', 'cancelled');
CREATE INDEX callback_phone ON callback (phone, since);
CREATE INDEX callback_order ON callback ((state <> 'human'), priority DESC, since, id)
WHERE state IN ('waiting', 'claimed', 'dialling', 'human');

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

-- Queues and agents --------------------------------------------------------------------------

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

-- What supervisors did with the calls of others, and with the line.
CREATE TABLE supervision (
    -- The fact's id.
    id uuid PRIMARY KEY,
    -- The caller's, where one was concerned.
    call uuid,
    -- The extension.
    supervisor text NOT NULL,
    did text NOT NULL,
    -- Who was listened to; else empty.
    agent text NOT NULL,
    -- Where the caller was put; else empty.
    queue text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX supervision_at ON supervision (at);
CREATE INDEX supervision_call ON supervision (call);

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

-- Recordings ---------------------------------------------------------------------------------

-- A message belongs to a ticket; a conversation to its stay in the queue, and the ticket follows.
CREATE TABLE recording (
    id uuid PRIMARY KEY,
    ticket uuid REFERENCES ticket,
    call uuid REFERENCES call,
    -- The file's name in the recordings store.
    name text NOT NULL UNIQUE,
    seconds double precision NOT NULL CHECK (seconds >= 0),
    -- Bytes of the audio before encryption.
    size bigint NOT NULL CHECK (size >= 0),
    sha256 text NOT NULL,
    silent boolean NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL DEFAULT 'message' CHECK (kind IN ('message', 'talk')),
    entry uuid REFERENCES queue_entry,
    CONSTRAINT recording_belongs CHECK (
        CASE kind WHEN 'talk' THEN entry IS NOT NULL ELSE ticket IS NOT NULL AND call IS NOT NULL END
    )
);
CREATE INDEX recording_ticket ON recording (ticket);
CREATE INDEX recording_call ON recording (call);
CREATE INDEX recording_entry ON recording (entry);

-- The bytes lie encrypted beside the recordings.
CREATE TABLE attachment (
    id uuid PRIMARY KEY,
    ticket uuid NOT NULL REFERENCES ticket,
    -- As people call it: its ending is that of its content.
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]/\\]{1,140}$'),
    -- The media type that its content has.
    kind text NOT NULL,
    -- The file's name in the recordings store.
    stored text NOT NULL UNIQUE,
    -- Bytes before encryption.
    size bigint NOT NULL CHECK (size > 0),
    sha256 text NOT NULL,
    -- The login of who put it there.
    actor text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX attachment_ticket ON attachment (ticket, at);

-- The desk's own ------------------------------------------------------------------------------

-- The first ticket sequence number of the year that nobody has taken.
CREATE TABLE ticket_number_block (
    year integer PRIMARY KEY,
    next bigint NOT NULL CHECK (next > 0)
);

-- Who asked after which ticket by its number, so that a PIN cannot be tried out. Kept for a day.
CREATE TABLE ticket_enquiry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    caller text NOT NULL,
    number text NOT NULL,
    result text NOT NULL DEFAULT 'wrong' CHECK (result IN ('wrong', 'right', 'locked')),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ticket_enquiry_caller ON ticket_enquiry (caller, at) WHERE result = 'wrong';
CREATE INDEX ticket_enquiry_number ON ticket_enquiry (number, at) WHERE result = 'wrong';
CREATE INDEX ticket_enquiry_at ON ticket_enquiry (at);

-- Emergency closures; those of the calendar are in its file.
CREATE TABLE line_closure (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reason text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz CHECK (until_at > from_at),
    closed_by text NOT NULL,
    lifted_at timestamptz,
    lifted_by text,
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX line_closure_from ON line_closure (from_at, id);
CREATE INDEX line_closure_standing ON line_closure (from_at) WHERE lifted_at IS NULL;

-- Facts whose content PostgreSQL or their own definition refuses: put aside, for a person to see.
CREATE TABLE fact_refused (
    -- SHA-256 of the fact's JSON: what is refused may lack even an id.
    digest text PRIMARY KEY,
    kind text NOT NULL,
    -- As text, for it may hold what `jsonb` refuses, such as U+0000.
    fact text NOT NULL,
    reason text NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE schema_migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Agents -------------------------------------------------------------------------------------

CREATE TABLE agent (
    -- Name of the phone, of the queue member and of the login.
    extension text PRIMARY KEY CHECK (extension ~ '^[1-9][0-9]{2,5}$'),
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,80}$'),
    languages text[] NOT NULL CHECK (
        cardinality(languages) > 0 AND languages <@ ARRAY['id', 'en']
    ),
    -- Penalty by queue: 0 is asked first; queues that are not named are not served.
    skills jsonb NOT NULL CHECK (jsonb_typeof(skills) = 'object'),
    supervisor boolean NOT NULL,
    -- MD5 of `extension:realm:secret` in hex (RFC 2617, HA1).
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{32}$'),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- What was done under the extension keeps its row.
    removed_at timestamptz,
    -- A phone of their own, or the one in the page: the PBX encrypts each in its way.
    phone text NOT NULL DEFAULT 'sip' CHECK (phone IN ('sip', 'browser')),
    -- The page's phone is lent its key for so long; NULL holds until it is changed.
    key_until timestamptz
);

-- Accounts of the desk ------------------------------------------------------------------------

CREATE TABLE desk_user (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    login text NOT NULL CONSTRAINT desk_user_login UNIQUE CHECK (login ~ '^[a-z][a-z0-9._-]{1,39}$'),
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,80}$'),
    role text NOT NULL CHECK (role IN ('agent', 'supervisor', 'liaison', 'operator', 'auditor')),
    -- The phone of one who takes calls.
    extension text CONSTRAINT desk_user_extension UNIQUE REFERENCES agent,
    -- Argon2id with its parameters.
    password_hash text NOT NULL,
    -- Encrypted under the key of the file `web.key_file`; null without a second factor.
    totp_secret bytea,
    -- One that its user has not shown a code of yet.
    totp_pending bytea,
    -- The time step of the last code that was used: no code is taken twice.
    totp_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who is disabled keeps the row: what they did names it.
    disabled_at timestamptz
);

CREATE TABLE desk_session (
    -- SHA-256 of the cookie, which is kept nowhere.
    token bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES desk_user,
    address text NOT NULL,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL
);
CREATE INDEX desk_session_user ON desk_session (user_id);
CREATE INDEX desk_session_ends ON desk_session (ends_at);

CREATE TABLE api_token (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES desk_user,
    name text NOT NULL,
    -- SHA-256 of the token, which is kept nowhere.
    token bytea NOT NULL CONSTRAINT api_token_token UNIQUE,
    -- Rights that the user has; the token has none that the user loses.
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_token_user ON api_token (user_id, created_at);

-- Tries to sign in, written before they are judged. Kept for a day.
CREATE TABLE sign_in_try (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    login text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_try_login ON sign_in_try (login, at);
CREATE INDEX sign_in_try_address ON sign_in_try (address, at);
CREATE INDEX sign_in_try_at ON sign_in_try (at);

-- Looks at what is confidential, and what was done to accounts. Never changed, never without a name.
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The login, or the system's user at the command line.
    who text NOT NULL,
    did text NOT NULL,
    -- Such as a ticket's number.
    subject text NOT NULL,
    address text NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at, id);
CREATE INDEX audit_entry_who ON audit_entry (who, at, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, at, id);
CREATE INDEX audit_entry_did ON audit_entry (did, at, id);
-- The page of the calendar shows who changed it.
CREATE INDEX audit_entry_calendar ON audit_entry (at, id) WHERE did LIKE 'calendar.%';

-- What a user has typed and not sent yet, by form.
CREATE TABLE desk_draft (
    user_id uuid NOT NULL REFERENCES desk_user,
    form text NOT NULL,
    content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, form)
);
CREATE INDEX desk_draft_saved ON desk_draft (saved_at);

-- Filters of the list of tickets under a name.
CREATE TABLE ticket_view (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES desk_user,
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,60}$'),
    -- As in the list's address.
    query text NOT NULL,
    -- Whether everybody has it.
    shared boolean NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT ticket_view_name UNIQUE (user_id, name)
);
CREATE INDEX ticket_view_shared ON ticket_view (name) WHERE shared;

-- Requests of the API that may be sent again: the first one's answer. Kept for a day.
CREATE TABLE idempotent_request (
    user_id uuid NOT NULL REFERENCES desk_user,
    key text NOT NULL,
    -- SHA-256 of method, path and body.
    digest bytea NOT NULL,
    -- Null while it is being answered.
    status integer,
    headers jsonb,
    answer bytea,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_request_at ON idempotent_request (at);

-- Menus -----------------------------------------------------------------------------------------

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

-- Hints ----------------------------------------------------------------------------------------

-- What has changed, told to the desks that listen: a hint, sent when the change is committed.
CREATE FUNCTION hint_desk() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'ticket' THEN
            said := jsonb_build_object(
                'kind', 'ticket', 'number', NEW.number, 'secret', NEW.confidential
            );
        WHEN 'ticket_event' THEN
            SELECT jsonb_build_object('kind', 'ticket', 'number', number, 'secret', confidential)
            INTO said FROM ticket WHERE id = NEW.ticket;
        WHEN 'callback' THEN
            SELECT jsonb_build_object('kind', 'callback', 'id', NEW.id, 'secret', confidential)
            INTO said FROM ticket WHERE id = NEW.ticket;
        WHEN 'line_closure' THEN
            said := jsonb_build_object('kind', 'line');
        ELSE
            said := jsonb_build_object('kind', 'figures');
    END CASE;
    IF said IS NOT NULL THEN
        PERFORM pg_notify('saluran_desk', said::text);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ticket_hint AFTER INSERT OR UPDATE ON ticket
FOR EACH ROW EXECUTE FUNCTION hint_desk();
CREATE TRIGGER ticket_event_hint AFTER INSERT ON ticket_event
FOR EACH ROW EXECUTE FUNCTION hint_desk();
CREATE TRIGGER callback_hint AFTER INSERT OR UPDATE ON callback
FOR EACH ROW EXECUTE FUNCTION hint_desk();
CREATE TRIGGER line_closure_hint AFTER INSERT OR UPDATE ON line_closure
FOR EACH ROW EXECUTE FUNCTION hint_desk();
CREATE TRIGGER queue_entry_hint AFTER UPDATE OF left_at, talk_ended_at ON queue_entry
FOR EACH ROW EXECUTE FUNCTION hint_desk();

-- Webhooks --------------------------------------------------------------------------------------

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

-- WhatsApp -------------------------------------------------------------------------------------

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

-- WhatsApp's sending.
-- Of all senders together: before `next_at` nothing is sent (80 messages a second, or as Meta asks for).
CREATE TABLE whatsapp_pace (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    next_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What is on its way to an account: the first is sent before the others.
CREATE INDEX whatsapp_message_waiting ON whatsapp_message (whatsapp_user, seq)
WHERE state IN ('queued', 'sending');
-- Producers -------------------------------------------------------------------------------------

-- Local producers that traders are introduced to, and what each can still take on in a month.
CREATE TABLE producer (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- Nomor Induk Berusaha, the business id: whoever brings it again means the same producer.
    nib text NOT NULL CONSTRAINT producer_nib UNIQUE CHECK (nib ~ '^[0-9]{13}$'),
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,120}$'),
    brand text NOT NULL DEFAULT '',
    city text NOT NULL,
    -- Two digits as the Ministry of Home Affairs counts provinces; null for a city nobody knows.
    province text CHECK (province ~ '^[0-9]{2}$'),
    -- Five digits each, of that year's classification.
    kbli text[] NOT NULL CHECK (cardinality(kbli) > 0),
    kbli_version integer NOT NULL CHECK (kbli_version IN (2015, 2017, 2020, 2025)),
    -- As they call them, and the kinds of config/goods.yaml that these are.
    products text[] NOT NULL CHECK (cardinality(products) > 0),
    kinds text[] NOT NULL DEFAULT '{}',
    schemes text[] NOT NULL CHECK (
        cardinality(schemes) > 0 AND schemes <@ ARRAY[
            'reseller', 'dropship', 'wholesale', 'consignment', 'make_to_order'
        ]
    ),
    -- Pieces.
    minimum_order integer NOT NULL DEFAULT 1 CHECK (minimum_order > 0),
    -- Rupiah, the smallest first: what a trader begins with.
    packages bigint[] NOT NULL DEFAULT '{}',
    -- Rupiah a piece.
    price_from bigint NOT NULL CHECK (price_from > 0),
    price_to bigint NOT NULL CHECK (price_to >= price_from),
    -- Pieces a month.
    capacity integer NOT NULL CHECK (capacity >= 0),
    delivery_days integer CHECK (delivery_days >= 0),
    returns text NOT NULL DEFAULT '',
    contact_name text NOT NULL DEFAULT '',
    contact_phone text CHECK (contact_phone ~ '^\+[1-9][0-9]{6,14}$'),
    -- Whether traders may be given the contact; when and how that was said is in the history.
    contact_shared boolean NOT NULL DEFAULT false,
    catalogue text NOT NULL DEFAULT '' CHECK (catalogue = '' OR catalogue ~ '^https?://'),
    curated_by text NOT NULL CHECK (curated_by IN ('smesco', 'ikft', 'ministry')),
    verified_on date,
    -- Where it was seen that all this is so; a change of what was verified takes it back.
    verified_source text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'listed' CHECK (status IN ('listed', 'paused', 'left')),
    -- Introductions that came to an end, for the next ones: counted by whoever ends them.
    deals integer NOT NULL DEFAULT 0 CHECK (deals >= 0),
    no_deals integer NOT NULL DEFAULT 0 CHECK (no_deals >= 0),
    version bigint NOT NULL DEFAULT 1,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    search tsvector NOT NULL,
    CHECK ((verified_on IS NULL) = (verified_source = ''))
);
CREATE INDEX producer_added ON producer (added_at, id);
CREATE INDEX producer_kinds ON producer USING gin (kinds) WHERE status = 'listed';
CREATE INDEX producer_search ON producer USING gin (search);

CREATE FUNCTION producer_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := to_tsvector(
        'indonesian',
        concat_ws(
            ' ', NEW.nib, NEW.name, NEW.brand, NEW.city, array_to_string(NEW.products, ' '),
            array_to_string(NEW.kinds, ' '), array_to_string(NEW.kbli, ' ')
        )
    );
    -- Counters of introductions are no edit.
    IF TG_OP = 'UPDATE' AND (OLD.deals, OLD.no_deals) = (NEW.deals, NEW.no_deals) THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER producer_changes BEFORE INSERT OR UPDATE ON producer
FOR EACH ROW EXECUTE FUNCTION producer_changes();

CREATE TABLE producer_event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    producer uuid NOT NULL REFERENCES producer,
    kind text NOT NULL CHECK (kind IN (
        'added', 'imported', 'edited', 'verified', 'unverified', 'shared', 'unshared', 'status'
    )),
    actor text NOT NULL,
    -- What was said, the file and row it came from, where it was verified.
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX producer_event_producer ON producer_event (producer, at);

-- What of a month's capacity is promised to traders. Without a row nothing is.
CREATE TABLE producer_month (
    producer uuid NOT NULL REFERENCES producer,
    -- Its first day.
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    -- Pieces. What is taken may be more than what is offered: they may offer less afterwards.
    offered integer NOT NULL CHECK (offered >= 0),
    taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
    PRIMARY KEY (producer, month)
);

-- Months from this one on follow what the producer says now.
CREATE FUNCTION producer_offers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE producer_month SET offered = NEW.capacity
    WHERE producer = NEW.id
        AND month >= date_trunc('month', clock_timestamp() AT TIME ZONE 'Asia/Jakarta');
    RETURN NULL;
END
$$;
CREATE TRIGGER producer_offers AFTER UPDATE OF capacity ON producer
FOR EACH ROW WHEN (OLD.capacity <> NEW.capacity) EXECUTE FUNCTION producer_offers();

-- Promise pieces of a month, if that many are left; false if not. Of two at once the later one
-- waits for the earlier and sees what it left: the WHERE is the lock.
CREATE FUNCTION take_capacity(who uuid, of_month date, pieces integer) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF pieces <= 0 THEN
        RAISE EXCEPTION 'pieces must be more than none' USING ERRCODE = 'check_violation';
    END IF;
    -- Shared with others who take, not with a change of what is offered.
    INSERT INTO producer_month (producer, month, offered)
    SELECT id, of_month, capacity FROM producer WHERE id = who FOR SHARE
    ON CONFLICT DO NOTHING;
    UPDATE producer_month SET taken = taken + pieces
    WHERE producer = who AND month = of_month AND taken + pieces <= offered
        AND EXISTS (SELECT FROM producer WHERE id = who AND status = 'listed');
    RETURN FOUND;
END
$$;

-- Give promised pieces back; false if not so many were taken.
CREATE FUNCTION give_back_capacity(who uuid, of_month date, pieces integer) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF pieces <= 0 THEN
        RAISE EXCEPTION 'pieces must be more than none' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE producer_month SET taken = taken - pieces
    WHERE producer = who AND month = of_month AND taken >= pieces;
    RETURN FOUND;
END
$$;

-- Pieces of a month that can still be promised; null for a producer that is not there.
CREATE FUNCTION capacity_left(who uuid, of_month date) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT greatest(0, coalesce(producer_month.offered - producer_month.taken, producer.capacity))
    FROM producer LEFT JOIN producer_month
        ON producer_month.producer = producer.id AND producer_month.month = of_month
    WHERE producer.id = who
$$;

-- Lists of producers that were uploaded and looked at, until they are imported or dropped.
CREATE TABLE producer_import (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- The login; nobody else imports it.
    actor text NOT NULL,
    name text NOT NULL,
    -- The table that was in it, as `tickets.producers.tables` packs it. Kept for a day.
    content bytea,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_at timestamptz,
    added integer,
    changed integer
);
CREATE INDEX producer_import_at ON producer_import (at);
-- Training -----------------------------------------------------------------------------------

CREATE TABLE training_session (
    id uuid PRIMARY KEY,
    title text NOT NULL CHECK (title <> ''),
    city text NOT NULL CHECK (city <> ''),
    -- The house and street; empty until it is known.
    place text NOT NULL DEFAULT '',
    starts_at timestamptz NOT NULL,
    -- In which its times are told.
    zone text NOT NULL DEFAULT 'WIB' CHECK (zone IN ('WIB', 'WITA', 'WIT')),
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    seats integer NOT NULL CHECK (seats > 0),
    -- Counted by the trigger below: whoever writes a sign-up, no seat is given twice.
    taken integer NOT NULL DEFAULT 0,
    cancelled_at timestamptz,
    cancelled_why text NOT NULL DEFAULT '',
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_never_oversold CHECK (taken BETWEEN 0 AND seats)
);
CREATE INDEX training_session_order ON training_session (starts_at, id);

CREATE TABLE training_signup (
    -- The fact's id, or the request's.
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES training_session,
    person uuid NOT NULL REFERENCES person,
    -- Where they are told; null of somebody who is reached by WhatsApp alone.
    phone text REFERENCES phone,
    channel text NOT NULL CHECK (channel IN ('call', 'whatsapp', 'desk')),
    call uuid REFERENCES call,
    ticket uuid REFERENCES ticket,
    by_whom text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('seated', 'waiting', 'cancelled')),
    -- Of two who wait the one who asked first is seated first, whichever is told first.
    asked_at timestamptz NOT NULL,
    -- What they know; while it is not their state somebody owes them a word.
    told text CHECK (told IN ('seated', 'waiting', 'cancelled')),
    told_at timestamptz,
    reminded_at timestamptz,
    -- The call that is to tell or remind them.
    callback uuid REFERENCES callback,
    errand text CHECK (errand IN ('seated', 'waiting', 'cancelled', 'reminder')),
    -- Null until it was noted.
    attended boolean,
    attended_by text NOT NULL DEFAULT '',
    attended_at timestamptz,
    CONSTRAINT training_come CHECK (attended IS NULL OR state = 'seated'),
    CONSTRAINT training_called CHECK ((callback IS NULL) = (errand IS NULL))
);
CREATE UNIQUE INDEX training_signup_once ON training_signup (session, person)
WHERE state <> 'cancelled';
CREATE INDEX training_signup_order ON training_signup (session, asked_at, id);
CREATE INDEX training_signup_person ON training_signup (person, asked_at);
CREATE INDEX training_signup_owed ON training_signup (asked_at, id)
WHERE told IS DISTINCT FROM state;

CREATE FUNCTION count_training_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more integer := 0;
BEGIN
    IF TG_OP <> 'DELETE' AND NEW.state = 'seated' THEN
        more := more + 1;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.state = 'seated' THEN
        more := more - 1;
    END IF;
    IF more <> 0 THEN
        UPDATE training_session SET taken = taken + more
        WHERE id = coalesce(NEW.session, OLD.session);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER training_seats AFTER INSERT OR DELETE OR UPDATE OF state ON training_signup
FOR EACH ROW EXECUTE FUNCTION count_training_seats();
-- Personal data ---------------------------------------------------------------------------------

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
-- Hand-over to institutions ---------------------------------------------------------------------

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

-- Referrals ---------------------------------------------------------------------------------

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
