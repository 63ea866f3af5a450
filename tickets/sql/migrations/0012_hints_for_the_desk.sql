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
