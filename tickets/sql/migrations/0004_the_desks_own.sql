-- The first ticket sequence number of the year that nobody has taken.
CREATE TABLE ticket_number_block (
    year integer PRIMARY KEY,
    next bigint NOT NULL CHECK (next > 0)
);

-- Who asked after which ticket by its number, so that a PIN cannot be tried out. Kept for a day.
CREATE TABLE ticket_enquiry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    caller text NOT NULL,
    number text NOT NULL,
    result text NOT NULL DEFAULT 'wrong' CHECK (result IN ('wrong', 'right', 'locked')),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ticket_enquiry_caller ON ticket_enquiry (caller, at) WHERE result = 'wrong';
CREATE INDEX ticket_enquiry_number ON ticket_enquiry (number, at) WHERE result = 'wrong';
CREATE INDEX ticket_enquiry_at ON ticket_enquiry (at);

-- Emergency closures; those of the calendar are in its file.
CREATE TABLE line_closure (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reason text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz CHECK (until_at > from_at),
    closed_by text NOT NULL,
    lifted_at timestamptz,
    lifted_by text,
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX line_closure_standing ON line_closure (from_at) WHERE lifted_at IS NULL;

-- Facts whose content PostgreSQL or their own definition refuses: put aside, for a person to see.
CREATE TABLE fact_refused (
    -- SHA-256 of the fact's JSON: what is refused may lack even an id.
    digest text PRIMARY KEY,
    kind text NOT NULL,
    -- As text, for it may hold what `jsonb` refuses, such as U+0000.
    fact text NOT NULL,
    reason text NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
