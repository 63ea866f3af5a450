-- Personal data: what is asked of it, and what is done then. Statements over every table of the
-- plan are made of that (tickets/privacy/held.py).

-- name: note_files_to_destroy
INSERT INTO file_to_destroy (name) SELECT name FROM unnest($1::text[]) AS name
ON CONFLICT (name) DO NOTHING;

-- name: files_to_destroy
SELECT name FROM file_to_destroy ORDER BY since, name LIMIT 1000;

-- name: file_destroyed
DELETE FROM file_to_destroy WHERE name = $1;

-- name: numbers_of_tickets
SELECT number FROM ticket WHERE id = ANY($1::uuid[]);
