-- What the page of the calendar asks beside its file.

-- name: closures_between
-- Emergency closures that held at some moment from $1 to $2; `ended` is null for one that stands.
SELECT from_at, least(until_at, lifted_at) AS ended FROM line_closure
WHERE from_at < $2 AND coalesce(least(until_at, lifted_at), 'infinity') > $1
    AND coalesce(lifted_at, 'infinity') > from_at
ORDER BY from_at;

-- name: calendar_changes
-- Who changed what, newest first.
SELECT at, who, did, subject FROM audit_entry WHERE did LIKE 'calendar.%'
ORDER BY at DESC, id DESC LIMIT $1;
