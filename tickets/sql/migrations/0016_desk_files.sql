-- Files on tickets, what people are typing, and the lists that they look at again.

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

ALTER TABLE ticket_event
DROP CONSTRAINT ticket_event_kind_check,
ADD CONSTRAINT ticket_event_kind_check CHECK (
    kind IN (
        'opened', 'moved', 'called_again', 'callback', 'assigned', 'commented', 'edited', 'tagged',
        'merged', 'unmerged', 'split', 'attached'
    )
);
