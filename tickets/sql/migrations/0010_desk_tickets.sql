-- Tickets as they are worked on: opened by hand, tagged, merged, searched.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- One opened at the desk comes of no call.
ALTER TABLE ticket ALTER COLUMN call DROP NOT NULL;
ALTER TABLE ticket
ADD COLUMN version bigint NOT NULL DEFAULT 1,
ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
ADD COLUMN merged_into uuid REFERENCES ticket CHECK (merged_into <> id),
ADD COLUMN split_from uuid REFERENCES ticket,
ADD COLUMN told text NOT NULL DEFAULT '',
ADD COLUMN words text NOT NULL GENERATED ALWAYS AS (
    jsonb_path_query_array(fields, '$.*')::text || ' ' || told
) STORED,
ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    to_tsvector(
        'indonesian', number || ' ' || jsonb_path_query_array(fields, '$.*')::text || ' ' || told
    )
) STORED;

CREATE INDEX ticket_search ON ticket USING gin (search);
CREATE INDEX ticket_words ON ticket USING gin (words gin_trgm_ops);
CREATE INDEX ticket_tags ON ticket USING gin (tags);
CREATE INDEX ticket_category ON ticket (category, opened_at, id);
CREATE INDEX ticket_owner ON ticket (owner, opened_at, id);
CREATE INDEX ticket_person ON ticket (person, opened_at, id);
CREATE INDEX ticket_due ON ticket (deadline, id)
WHERE merged_into IS NULL AND status NOT IN ('selesai', 'arsip');
CREATE INDEX ticket_merged_into ON ticket (merged_into) WHERE merged_into IS NOT NULL;

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

ALTER TABLE ticket_event
DROP CONSTRAINT ticket_event_kind_check,
ADD CONSTRAINT ticket_event_kind_check CHECK (
    kind IN (
        'opened', 'moved', 'called_again', 'callback', 'assigned', 'commented', 'edited', 'tagged',
        'merged', 'unmerged', 'split'
    )
),
ADD COLUMN note text NOT NULL DEFAULT '';

CREATE INDEX person_met ON person (met_at, id);
CREATE INDEX person_name ON person USING gin (name gin_trgm_ops);
CREATE INDEX callback_order ON callback ((state <> 'human'), priority DESC, since, id)
WHERE state IN ('waiting', 'claimed', 'dialling', 'human');
CREATE INDEX call_outcome ON call (outcome, began_at, id);
CREATE INDEX line_closure_from ON line_closure (from_at, id);
CREATE INDEX ticket_event_call ON ticket_event (call) WHERE call IS NOT NULL;
