-- Training: sessions with seats, who signed up, and what they were told of it.
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
