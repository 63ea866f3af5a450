-- What a person agreed to, however they said so: by a key in a call, in a message, at the desk.
ALTER TABLE consent
ALTER COLUMN call DROP NOT NULL,
ADD COLUMN person uuid REFERENCES person,
ADD COLUMN channel text NOT NULL DEFAULT 'call' CHECK (channel IN ('call', 'whatsapp', 'desk')),
-- Where it can be read or heard again: a message's id, a recording's, or an officer's words.
ADD COLUMN proof text NOT NULL DEFAULT '',
ADD COLUMN by_whom text NOT NULL DEFAULT '',
ADD CONSTRAINT consent_proven CHECK (
    (channel = 'call') = (call IS NOT NULL) AND (channel = 'call' OR proof <> '')
);
CREATE INDEX consent_person ON consent (person, purpose, at) WHERE person IS NOT NULL;

-- The last word counts, by whichever of their numbers it came; without one there is no consent.
CREATE FUNCTION consents(who uuid, what text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT granted FROM consent
        WHERE purpose = what
            AND (person = who OR phone IN (SELECT number FROM phone WHERE phone.person = who))
        ORDER BY at DESC, id DESC LIMIT 1
    ), false)
$$;
