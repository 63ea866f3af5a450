-- name: match_producers
-- The producers that fit a wish, best first, each with the points of every reason. $1 the kinds
-- that are wished, $2 kinds that would do nearly as well, $3 scheme, $4 capital in Rupiah, $5 city,
-- $6 its province, $7 the provinces of its island, $8 the month whose capacity counts, $9 how many.
-- Whoever cannot deliver one more first order in the month is left out.
WITH fitting AS (
    SELECT
        producer.*,
        greatest(0, coalesce(month.offered - month.taken, producer.capacity)) AS capacity_left,
        -- What a trader begins with: the smallest package, or the smallest order at its price.
        coalesce(
            producer.packages[1], producer.minimum_order::bigint * producer.price_from
        ) AS least
    FROM producer
    LEFT JOIN producer_month AS month
        ON month.producer = producer.id AND month.month = $8::date
    WHERE producer.status = 'listed' AND producer.kinds && ($1::text[] || $2::text[])
), rated AS (
    SELECT
        id, name, brand, city, products, kinds, schemes, minimum_order, packages, price_from,
        price_to, capacity, capacity_left, least, verified_on, contact_shared, deals, no_deals,
        CASE WHEN kinds && $1 THEN 40 ELSE 15 END AS for_product,
        CASE WHEN $3::text = ANY(schemes) THEN 15 ELSE 0 END AS for_scheme,
        CASE WHEN least <= $4::bigint THEN 15 ELSE 0 END AS for_capital,
        CASE
            WHEN city = $5::text THEN 15
            WHEN province = $6::text THEN 10
            WHEN province = ANY($7::text[]) THEN 5
            ELSE 0
        END AS for_distance,
        CASE WHEN capacity_left * 2 >= capacity THEN 5 ELSE 2 END AS for_capacity,
        -- As if one had gone well and one had not: a single deal is no proof.
        round(5.0 * (deals + 1) / (deals + no_deals + 2))::integer AS for_outcomes,
        CASE WHEN verified_on IS NULL THEN 0 ELSE 5 END AS for_verified
    FROM fitting WHERE capacity_left >= greatest(1, minimum_order)
)
SELECT
    *,
    for_product + for_scheme + for_capital + for_distance + for_capacity + for_outcomes
        + for_verified AS points
FROM rated
ORDER BY points DESC, capacity_left DESC, name, id
LIMIT $9;

-- name: ticket_to_match
SELECT category, fields FROM ticket
WHERE number = $1 AND ($2::boolean OR NOT confidential);
