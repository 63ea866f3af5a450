-- Of all senders together: before `next_at` nothing is sent (80 messages a second, or as Meta asks for).
CREATE TABLE whatsapp_pace (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    next_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What is on its way to an account: the first is sent before the others.
CREATE INDEX whatsapp_message_waiting ON whatsapp_message (whatsapp_user, seq)
WHERE state IN ('queued', 'sending');
