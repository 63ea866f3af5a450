-- Producers out of files.

-- name: keep_import
INSERT INTO producer_import (actor, name, content, at) VALUES ($1, $2, $3, $4) RETURNING id;

-- name: drop_old_imports
UPDATE producer_import SET content = NULL WHERE content IS NOT NULL AND at < $1;

-- name: read_import
-- Of the one who uploaded it; its content is null when it is over.
SELECT id, name, content, at, applied_at, added, changed FROM producer_import
WHERE id = $1 AND actor = $2;

-- name: known_producers
SELECT nib FROM producer WHERE nib = ANY($1::text[]);

-- name: import_producers
-- $1 the rows, $2 the fields that the file has: others stay as they are. A row that says what is
-- known already changes nothing; one that changes something has to be verified again, and a number
-- that nobody has been asked about is shared with nobody.
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (
        nib text, name text, brand text, city text, province text, kbli text[],
        kbli_version integer, products text[], kinds text[], schemes text[],
        minimum_order integer, packages bigint[], price_from bigint, price_to bigint,
        capacity integer, delivery_days integer, returns text, contact_name text,
        contact_phone text, contact_shared boolean, catalogue text, curated_by text, note text
    )
), written AS (
    INSERT INTO producer AS old (
        nib, name, brand, city, province, kbli, kbli_version, products, kinds, schemes,
        minimum_order, packages, price_from, price_to, capacity, delivery_days, returns,
        contact_name, contact_phone, contact_shared, catalogue, curated_by
    )
    SELECT
        nib, name, brand, city, province, kbli, kbli_version, products, kinds, schemes,
        minimum_order, packages, price_from, price_to, capacity, delivery_days, returns,
        contact_name, contact_phone, contact_shared, catalogue, curated_by
    FROM given
    ON CONFLICT (nib) DO UPDATE SET
        name = EXCLUDED.name, city = EXCLUDED.city, province = EXCLUDED.province,
        kbli = EXCLUDED.kbli, kbli_version = EXCLUDED.kbli_version,
        products = EXCLUDED.products, kinds = EXCLUDED.kinds, schemes = EXCLUDED.schemes,
        price_from = EXCLUDED.price_from, price_to = EXCLUDED.price_to,
        capacity = EXCLUDED.capacity, curated_by = EXCLUDED.curated_by,
        brand = CASE WHEN 'brand' = ANY($2::text[]) THEN EXCLUDED.brand ELSE old.brand END,
        minimum_order = CASE
            WHEN 'minimum_order' = ANY($2) THEN EXCLUDED.minimum_order ELSE old.minimum_order
        END,
        packages = CASE
            WHEN 'packages' = ANY($2) THEN EXCLUDED.packages ELSE old.packages
        END,
        delivery_days = CASE
            WHEN 'delivery_days' = ANY($2) THEN EXCLUDED.delivery_days ELSE old.delivery_days
        END,
        returns = CASE WHEN 'returns' = ANY($2) THEN EXCLUDED.returns ELSE old.returns END,
        contact_name = CASE
            WHEN 'contact_name' = ANY($2) THEN EXCLUDED.contact_name ELSE old.contact_name
        END,
        contact_phone = CASE
            WHEN 'contact_phone' = ANY($2) THEN EXCLUDED.contact_phone ELSE old.contact_phone
        END,
        contact_shared = CASE
            WHEN 'contact_shared' = ANY($2) THEN EXCLUDED.contact_shared
            WHEN 'contact_phone' = ANY($2)
                THEN old.contact_shared
                    AND old.contact_phone IS NOT DISTINCT FROM EXCLUDED.contact_phone
            ELSE old.contact_shared
        END,
        catalogue = CASE
            WHEN 'catalogue' = ANY($2) THEN EXCLUDED.catalogue ELSE old.catalogue
        END,
        verified_on = NULL, verified_source = ''
    WHERE (
            old.name, old.city, old.kbli, old.kbli_version, old.products, old.kinds, old.schemes,
            old.price_from, old.price_to, old.capacity, old.curated_by
        ) IS DISTINCT FROM (
            EXCLUDED.name, EXCLUDED.city, EXCLUDED.kbli, EXCLUDED.kbli_version,
            EXCLUDED.products, EXCLUDED.kinds, EXCLUDED.schemes, EXCLUDED.price_from,
            EXCLUDED.price_to, EXCLUDED.capacity, EXCLUDED.curated_by
        )
        OR ('brand' = ANY($2) AND old.brand <> EXCLUDED.brand)
        OR ('minimum_order' = ANY($2) AND old.minimum_order <> EXCLUDED.minimum_order)
        OR ('packages' = ANY($2) AND old.packages <> EXCLUDED.packages)
        OR (
            'delivery_days' = ANY($2)
            AND old.delivery_days IS DISTINCT FROM EXCLUDED.delivery_days
        )
        OR ('returns' = ANY($2) AND old.returns <> EXCLUDED.returns)
        OR ('contact_name' = ANY($2) AND old.contact_name <> EXCLUDED.contact_name)
        OR (
            'contact_phone' = ANY($2)
            AND old.contact_phone IS DISTINCT FROM EXCLUDED.contact_phone
        )
        OR ('contact_shared' = ANY($2) AND old.contact_shared <> EXCLUDED.contact_shared)
        OR ('catalogue' = ANY($2) AND old.catalogue <> EXCLUDED.catalogue)
    -- A new row was not locked by anybody.
    RETURNING id, nib, xmax = 0 AS added
), noted AS (
    INSERT INTO producer_event (producer, kind, actor, note)
    SELECT written.id, CASE WHEN added THEN 'added' ELSE 'imported' END, $3, given.note
    FROM written JOIN given USING (nib)
)
SELECT count(*) FILTER (WHERE added)::integer AS added,
    count(*) FILTER (WHERE NOT added)::integer AS changed
FROM written;

-- name: end_import
UPDATE producer_import SET content = NULL, applied_at = $2, added = $3, changed = $4
WHERE id = $1;
