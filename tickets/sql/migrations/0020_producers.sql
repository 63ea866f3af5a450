-- Local producers that traders are introduced to, and what each can still take on in a month.
CREATE TABLE producer (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- Nomor Induk Berusaha, the business id: whoever brings it again means the same producer.
    nib text NOT NULL CONSTRAINT producer_nib UNIQUE CHECK (nib ~ '^[0-9]{13}$'),
    name text NOT NULL CHECK (name ~ '^[^[:cntrl:]]{1,120}$'),
    brand text NOT NULL DEFAULT '',
    city text NOT NULL,
    -- Two digits as the Ministry of Home Affairs counts provinces; null for a city nobody knows.
    province text CHECK (province ~ '^[0-9]{2}$'),
    -- Five digits each, of that year's classification.
    kbli text[] NOT NULL CHECK (cardinality(kbli) > 0),
    kbli_version integer NOT NULL CHECK (kbli_version IN (2015, 2017, 2020, 2025)),
    -- As they call them, and the kinds of config/goods.yaml that these are.
    products text[] NOT NULL CHECK (cardinality(products) > 0),
    kinds text[] NOT NULL DEFAULT '{}',
    schemes text[] NOT NULL CHECK (
        cardinality(schemes) > 0 AND schemes <@ ARRAY[
            'reseller', 'dropship', 'wholesale', 'consignment', 'make_to_order'
        ]
    ),
    -- Pieces.
    minimum_order integer NOT NULL DEFAULT 1 CHECK (minimum_order > 0),
    -- Rupiah, the smallest first: what a trader begins with.
    packages bigint[] NOT NULL DEFAULT '{}',
    -- Rupiah a piece.
    price_from bigint NOT NULL CHECK (price_from > 0),
    price_to bigint NOT NULL CHECK (price_to >= price_from),
    -- Pieces a month.
    capacity integer NOT NULL CHECK (capacity >= 0),
    delivery_days integer CHECK (delivery_days >= 0),
    returns text NOT NULL DEFAULT '',
    contact_name text NOT NULL DEFAULT '',
    contact_phone text CHECK (contact_phone ~ '^\+[1-9][0-9]{6,14}$'),
    -- Whether traders may be given the contact; when and how that was said is in the history.
    contact_shared boolean NOT NULL DEFAULT false,
    catalogue text NOT NULL DEFAULT '' CHECK (catalogue = '' OR catalogue ~ '^https?://'),
    curated_by text NOT NULL CHECK (curated_by IN ('smesco', 'ikft', 'ministry')),
    verified_on date,
    -- Where it was seen that all this is so; a change of what was verified takes it back.
    verified_source text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'listed' CHECK (status IN ('listed', 'paused', 'left')),
    -- Introductions that came to an end, for the next ones: counted by whoever ends them.
    deals integer NOT NULL DEFAULT 0 CHECK (deals >= 0),
    no_deals integer NOT NULL DEFAULT 0 CHECK (no_deals >= 0),
    version bigint NOT NULL DEFAULT 1,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    search tsvector NOT NULL,
    CHECK ((verified_on IS NULL) = (verified_source = ''))
);
CREATE INDEX producer_added ON producer (added_at, id);
CREATE INDEX producer_kinds ON producer USING gin (kinds) WHERE status = 'listed';
CREATE INDEX producer_search ON producer USING gin (search);

CREATE FUNCTION producer_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := to_tsvector(
        'indonesian',
        concat_ws(
            ' ', NEW.nib, NEW.name, NEW.brand, NEW.city, array_to_string(NEW.products, ' '),
            array_to_string(NEW.kinds, ' '), array_to_string(NEW.kbli, ' ')
        )
    );
    -- Counters of introductions are no edit.
    IF TG_OP = 'UPDATE' AND (OLD.deals, OLD.no_deals) = (NEW.deals, NEW.no_deals) THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER producer_changes BEFORE INSERT OR UPDATE ON producer
FOR EACH ROW EXECUTE FUNCTION producer_changes();

CREATE TABLE producer_event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    producer uuid NOT NULL REFERENCES producer,
    kind text NOT NULL CHECK (kind IN (
        'added', 'imported', 'edited', 'verified', 'unverified', 'shared', 'unshared', 'status'
    )),
    actor text NOT NULL,
    -- What was said, the file and row it came from, where it was verified.
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX producer_event_producer ON producer_event (producer, at);

-- What of a month's capacity is promised to traders. Without a row nothing is.
CREATE TABLE producer_month (
    producer uuid NOT NULL REFERENCES producer,
    -- Its first day.
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    -- Pieces. What is taken may be more than what is offered: they may offer less afterwards.
    offered integer NOT NULL CHECK (offered >= 0),
    taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
    PRIMARY KEY (producer, month)
);

-- Months from this one on follow what the producer says now.
CREATE FUNCTION producer_offers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE producer_month SET offered = NEW.capacity
    WHERE producer = NEW.id
        AND month >= date_trunc('month', clock_timestamp() AT TIME ZONE 'Asia/Jakarta');
    RETURN NULL;
END
$$;
CREATE TRIGGER producer_offers AFTER UPDATE OF capacity ON producer
FOR EACH ROW WHEN (OLD.capacity <> NEW.capacity) EXECUTE FUNCTION producer_offers();

-- Promise pieces of a month, if that many are left; false if not. Of two at once the later one
-- waits for the earlier and sees what it left: the WHERE is the lock.
CREATE FUNCTION take_capacity(who uuid, of_month date, pieces integer) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF pieces <= 0 THEN
        RAISE EXCEPTION 'pieces must be more than none' USING ERRCODE = 'check_violation';
    END IF;
    -- Shared with others who take, not with a change of what is offered.
    INSERT INTO producer_month (producer, month, offered)
    SELECT id, of_month, capacity FROM producer WHERE id = who FOR SHARE
    ON CONFLICT DO NOTHING;
    UPDATE producer_month SET taken = taken + pieces
    WHERE producer = who AND month = of_month AND taken + pieces <= offered
        AND EXISTS (SELECT FROM producer WHERE id = who AND status = 'listed');
    RETURN FOUND;
END
$$;

-- Give promised pieces back; false if not so many were taken.
CREATE FUNCTION give_back_capacity(who uuid, of_month date, pieces integer) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF pieces <= 0 THEN
        RAISE EXCEPTION 'pieces must be more than none' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE producer_month SET taken = taken - pieces
    WHERE producer = who AND month = of_month AND taken >= pieces;
    RETURN FOUND;
END
$$;

-- Pieces of a month that can still be promised; null for a producer that is not there.
CREATE FUNCTION capacity_left(who uuid, of_month date) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT greatest(0, coalesce(producer_month.offered - producer_month.taken, producer.capacity))
    FROM producer LEFT JOIN producer_month
        ON producer_month.producer = producer.id AND producer_month.month = of_month
    WHERE producer.id = who
$$;

-- Lists of producers that were uploaded and looked at, until they are imported or dropped.
CREATE TABLE producer_import (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- The login; nobody else imports it.
    actor text NOT NULL,
    name text NOT NULL,
    -- The table that was in it, as `tickets.producers.tables` packs it. Kept for a day.
    content bytea,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_at timestamptz,
    added integer,
    changed integer
);
CREATE INDEX producer_import_at ON producer_import (at);
