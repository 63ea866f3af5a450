-- Callbacks that are over are read too: by when that was, and by the number of a person.

CREATE INDEX callback_over ON callback (settled_at, id) WHERE state IN ('done', 'cancelled');
CREATE INDEX callback_phone ON callback (phone, since);
CREATE INDEX audit_entry_did ON audit_entry (did, at, id);
