-- A month for the ministry, from $1 until before $2. People are counted once; a ticket of nobody
-- known is one of its own.

-- name: month_traders
-- $3: categories in which traders speak of their trade. Of several tickets of one the newest counts
-- that says where.
WITH asked AS (
    SELECT DISTINCT ON (coalesce(person, id))
        coalesce(trim(fields ->> 'city'), '') AS city, coalesce(fields ->> 'wish', '') AS wish,
        category
    FROM ticket
    WHERE opened_at >= $1 AND opened_at < $2 AND category = ANY($3) AND merged_into IS NULL
    ORDER BY coalesce(person, id), coalesce(trim(fields ->> 'city'), '') = '', opened_at DESC, id
)
SELECT city, wish, category, count(*) AS people FROM asked
GROUP BY city, wish, category ORDER BY city, wish, category;

-- name: month_wanted
SELECT DISTINCT coalesce(person, id) AS who, fields ->> 'kind' AS kind FROM ticket
WHERE opened_at >= $1 AND opened_at < $2 AND category = ANY($3) AND merged_into IS NULL
    AND coalesce(fields ->> 'kind', '') <> '';

-- name: month_offered
SELECT kind, count(*) AS producers FROM producer CROSS JOIN unnest(kinds) AS kind
WHERE status = 'listed' GROUP BY kind;

-- name: month_counts
SELECT
    (
        SELECT count(DISTINCT coalesce(person, id)) FROM ticket
        WHERE opened_at >= $1 AND opened_at < $2 AND merged_into IS NULL
    ) AS people,
    (
        SELECT count(DISTINCT signup.person) FROM training_signup AS signup
        JOIN training_session AS session ON session.id = signup.session
        WHERE session.starts_at >= $1 AND session.starts_at < $2
            AND session.cancelled_at IS NULL AND signup.state = 'seated'
    ) AS signed_up,
    (
        SELECT count(DISTINCT signup.person) FROM training_signup AS signup
        JOIN training_session AS session ON session.id = signup.session
        WHERE session.starts_at >= $1 AND session.starts_at < $2 AND signup.attended
    ) AS trained;

-- name: month_dealings
SELECT event.became, count(DISTINCT coalesce(ticket.person, ticket.id)) AS people
FROM referral_event AS event
JOIN referral ON referral.id = event.referral
JOIN ticket ON ticket.id = referral.ticket
WHERE event.at >= $1 AND event.at < $2
GROUP BY event.became;

-- name: month_handovers
SELECT partner.name, count(DISTINCT coalesce(ticket.person, ticket.id)) AS people
FROM handover
JOIN partner ON partner.id = handover.partner
JOIN ticket ON ticket.id = handover.ticket
WHERE handover.made_at >= $1 AND handover.made_at < $2
GROUP BY partner.name ORDER BY partner.name;
