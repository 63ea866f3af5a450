-- Producers as the desk finds, reads and changes them.

-- name: page_producers
-- Newest first. $1 words, $2 kinds, $3 scheme, $4 city, $5 most pieces that a first order may have
-- to have, $6 highest price a piece, $7 pieces that are left in the month $8, $9 status, $10 only
-- those that were verified, $11 and $12 the place after which the page begins.
SELECT
    producer.id, producer.nib, producer.name, producer.brand, producer.city, producer.products,
    producer.kinds, producer.schemes, producer.minimum_order, producer.packages,
    producer.price_from, producer.price_to, producer.capacity,
    greatest(0, coalesce(month.offered - month.taken, producer.capacity)) AS capacity_left,
    producer.verified_on, producer.status, producer.added_at
FROM producer
LEFT JOIN producer_month AS month ON month.producer = producer.id AND month.month = $8::date
WHERE ($1::text IS NULL OR producer.search @@ websearch_to_tsquery('indonesian', $1))
    AND ($2::text[] IS NULL OR producer.kinds && $2)
    AND ($3::text IS NULL OR $3 = ANY(producer.schemes))
    AND ($4::text IS NULL OR producer.city = $4)
    AND ($5::integer IS NULL OR producer.minimum_order <= $5)
    AND ($6::bigint IS NULL OR producer.price_from <= $6)
    AND (
        $7::integer IS NULL
        OR greatest(0, coalesce(month.offered - month.taken, producer.capacity)) >= $7
    )
    AND ($9::text IS NULL OR producer.status = $9)
    AND (NOT $10::boolean OR producer.verified_on IS NOT NULL)
    AND ($11::timestamptz IS NULL OR (producer.added_at, producer.id) < ($11, $12::uuid))
ORDER BY producer.added_at DESC, producer.id DESC
LIMIT $13;

-- name: read_producer
SELECT
    producer.id, producer.nib, producer.name, producer.brand, producer.city, producer.province,
    producer.kbli, producer.kbli_version, producer.products, producer.kinds, producer.schemes,
    producer.minimum_order, producer.packages, producer.price_from, producer.price_to,
    producer.capacity, capacity_left(producer.id, $2::date) AS capacity_left,
    producer.delivery_days, producer.returns, producer.contact_name, producer.contact_phone,
    producer.contact_shared, producer.catalogue, producer.curated_by, producer.verified_on,
    producer.verified_source, producer.status, producer.deals, producer.no_deals,
    producer.version, producer.added_at
FROM producer WHERE producer.id = $1;

-- name: producer_events
SELECT kind, actor, note, at FROM producer_event
WHERE producer = $1 ORDER BY at DESC, id DESC LIMIT 200;

-- name: add_producer
-- None for a business id that is there already.
INSERT INTO producer (
    nib, name, brand, city, province, kbli, kbli_version, products, kinds, schemes, minimum_order,
    packages, price_from, price_to, capacity, delivery_days, returns, contact_name, contact_phone,
    contact_shared, catalogue, curated_by, id
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
    $22, $23
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: edit_producer
-- With the version $24. What was verified is not any more, and a contact that was changed is not
-- shared: the owner of that number has not been asked.
UPDATE producer SET
    nib = $1, name = $2, brand = $3, city = $4, province = $5, kbli = $6, kbli_version = $7,
    products = $8, kinds = $9, schemes = $10, minimum_order = $11, packages = $12,
    price_from = $13, price_to = $14, capacity = $15, delivery_days = $16, returns = $17,
    contact_name = $18, contact_phone = $19,
    contact_shared = $20::boolean IS NOT NULL AND contact_shared
        AND contact_phone IS NOT DISTINCT FROM $19,
    catalogue = $21, curated_by = $22, verified_on = NULL, verified_source = ''
WHERE id = $23 AND version = $24
RETURNING id;

-- name: verify_producer
UPDATE producer SET verified_on = $3, verified_source = $4
WHERE id = $1 AND version = $2 RETURNING id;

-- name: share_producer
UPDATE producer SET contact_shared = $3
WHERE id = $1 AND version = $2 AND (contact_phone IS NOT NULL OR NOT $3) RETURNING id;

-- name: set_producer_status
UPDATE producer SET status = $3 WHERE id = $1 AND version = $2 RETURNING id;

-- name: note_producer
INSERT INTO producer_event (producer, kind, actor, note) VALUES ($1, $2, $3, $4);
