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
    owner text,
    call uuid NOT NULL REFERENCES call,
    reason text NOT NULL,
    -- The fact that opened it. Null for a ticket that is so far known only from a promise or a
    -- message that names it: those are never lost for a ticket that was refused or comes late.
    opened_by uuid UNIQUE
);
CREATE INDEX ticket_opened_at ON ticket (opened_at, id);
CREATE INDEX ticket_status ON ticket (status, opened_at, id);
CREATE INDEX ticket_phone ON ticket (phone, opened_at);
CREATE INDEX ticket_call ON ticket (call);

-- A caller who hung up and whose callback lives already is no ticket of their own: what is told
-- of `id` belongs to `kept`.
CREATE TABLE ticket_merged (
    id uuid PRIMARY KEY,
    kept uuid NOT NULL REFERENCES ticket
);

CREATE TABLE ticket_event (
    -- The fact's id where a fact made it.
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ticket uuid NOT NULL REFERENCES ticket,
    kind text NOT NULL CHECK (kind IN ('opened', 'moved', 'called_again')),
    was text,
    became text,
    actor text NOT NULL,
    call uuid REFERENCES call,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ticket_event_ticket ON ticket_event (ticket, at);
