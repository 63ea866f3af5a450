-- Referrals, their calls and what is asked afterwards. Whoever may not see a confidential ticket
-- does not see its referrals ($1 of what is read).

-- name: producer_for_referral
SELECT contact_phone, contact_shared FROM producer WHERE id = $1
FOR NO KEY UPDATE;

-- name: ticket_for_referral
SELECT id, person, anonymous, merged_into IS NOT NULL AS merged FROM ticket
WHERE number = $2 AND ($1::boolean OR NOT confidential);

-- name: make_referral
-- Nothing when the id was used before, or the two are being introduced already.
WITH made AS (
    INSERT INTO referral (
        id, ticket, producer, how, pieces, month, introduced_at, introduced_by, moved_at
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)
    ON CONFLICT DO NOTHING
    RETURNING id
), told AS (
    INSERT INTO referral_event (referral, became, actor, why, at)
    SELECT id, 'introduced', $8, $9, $7 FROM made
)
INSERT INTO referral_follow_up (referral, kind, due)
SELECT made.id, kind, due
FROM made, unnest(ARRAY['stalled', 'day_30', 'day_90'], $10::timestamptz[]) AS wanted (kind, due)
RETURNING referral;

-- name: referral_made
SELECT ticket.number FROM referral JOIN ticket ON ticket.id = referral.ticket
WHERE referral.id = $2 AND ($1::boolean OR NOT ticket.confidential);

-- name: hold_referral
SELECT
    referral.id, referral.state, referral.version, referral.producer, referral.pieces,
    referral.month, referral.how, ticket.id AS ticket, ticket.number, ticket.person,
    coalesce(ticket.phone, phone.number) AS trader, ticket.anonymous,
    producer.contact_phone, producer.contact_shared
FROM referral
JOIN ticket ON ticket.id = referral.ticket
JOIN producer ON producer.id = referral.producer
LEFT JOIN LATERAL (
    SELECT number FROM phone WHERE phone.person = ticket.person ORDER BY number LIMIT 1
) AS phone ON true
WHERE referral.id = $2 AND ($1::boolean OR NOT ticket.confidential)
FOR NO KEY UPDATE OF referral;

-- name: move_referral
-- The state and version are the lock; the event is written by the same statement. What moves on is
-- looked at anew after a while; what has ended is asked after no more, but a deal is.
WITH moved AS (
    UPDATE referral SET state = $4, moved_at = $7, version = version + 1
    WHERE id = $1 AND version = $2 AND state = $3
    RETURNING id
), told AS (
    INSERT INTO referral_event (referral, was, became, actor, why, at)
    SELECT id, $3, $4, $5, $6, $7 FROM moved
), follow_ups AS (
    UPDATE referral_follow_up SET
        state = CASE
            WHEN $4 IN ('declined', 'no_deal') OR (kind = 'stalled' AND $4 = 'deal') THEN 'dropped'
            WHEN kind = 'stalled' THEN 'due'
            ELSE state
        END,
        due = CASE WHEN kind = 'stalled' THEN $8 ELSE due END,
        at = $7
    FROM moved WHERE referral = moved.id AND (kind = 'stalled' OR state IN ('due', 'asked', 'task'))
)
SELECT id FROM moved;

-- name: count_outcome
UPDATE producer SET
    deals = deals + ($2 = 'deal')::integer, no_deals = no_deals + ($2 = 'no_deal')::integer
WHERE id = $1;

-- name: referrals_of_ticket
SELECT
    referral.id, referral.producer, producer.name AS producer_name,
    producer.city AS producer_city, referral.state, referral.how, referral.pieces, referral.month,
    referral.introduced_at, referral.introduced_by, referral.moved_at, referral.version
FROM referral
JOIN ticket ON ticket.id = referral.ticket
JOIN producer ON producer.id = referral.producer
WHERE ticket.number = $2 AND ($1::boolean OR NOT ticket.confidential)
ORDER BY referral.introduced_at, referral.id;

-- name: referral_events
SELECT referral, was, became, actor, why, at FROM referral_event
WHERE referral = ANY($1::uuid[]) ORDER BY at, id;

-- name: referral_follow_ups
SELECT referral, kind, due, state, answer, by_whom, at FROM referral_follow_up
WHERE referral = ANY($1::uuid[]) ORDER BY due, kind;

-- name: referral_calls
SELECT referral, id, agent, asked_by, asked_at, ended_at, refused FROM introduction_call
WHERE referral = ANY($1::uuid[]) ORDER BY asked_at, id;

-- name: introduction_steps
SELECT introduction AS call, what, party, detail, at FROM introduction_step
WHERE introduction = ANY($1::uuid[]) ORDER BY at, id;

-- name: answer_follow_up
UPDATE referral_follow_up SET state = 'done', answer = $3, by_whom = $4, at = $5
WHERE referral = $1 AND kind = $2 AND state IN ('due', 'asked', 'task')
RETURNING referral;

-- name: forget_unheard_introductions
-- Asked for and never heard of again: the phone side died before the agent's phone rang.
UPDATE introduction_call SET ended_at = $1, refused = 'nothing was heard of it'
WHERE ended_at IS NULL AND asked_at < $1::timestamptz - interval '5 min' AND NOT EXISTS (
    SELECT FROM introduction_step WHERE introduction = introduction_call.id
);

-- name: ask_introduction
-- Nothing when it was asked for before, when one of them is in such a call, or when the trader is
-- being called back just now.
INSERT INTO introduction_call (id, referral, agent, asked_by, trader, producer, asked_at)
SELECT $1, $2, $3, $4, $5, $6, $7
WHERE NOT EXISTS (SELECT FROM callback WHERE phone IN ($5, $6) AND state = 'dialling')
ON CONFLICT DO NOTHING
RETURNING id;

-- name: introduction_known
SELECT EXISTS (SELECT FROM introduction_call WHERE id = $1);

-- name: refuse_introduction
UPDATE introduction_call SET ended_at = $2, refused = $3 WHERE id = $1 AND ended_at IS NULL;

-- name: note_introduction
-- A step, once. The trader's key is their consent, or their withdrawal of it.
WITH known AS (
    SELECT introduction.id, introduction.trader, introduction.asked_by, ticket.person
    FROM introduction_call AS introduction
    JOIN referral ON referral.id = introduction.referral
    JOIN ticket ON ticket.id = referral.ticket
    WHERE introduction.id = $2
), noted AS (
    INSERT INTO introduction_step (id, introduction, what, party, detail, at)
    SELECT $1, id, $3, $4, $5, $6 FROM known
    ON CONFLICT (id) DO NOTHING
    RETURNING introduction
), ended AS (
    UPDATE introduction_call SET ended_at = $6, refused = ''
    FROM noted WHERE introduction_call.id = noted.introduction AND $3 = 'over'
), consented AS (
    INSERT INTO consent (id, person, phone, purpose, granted, at, channel, proof, by_whom)
    SELECT
        $1, known.person, (SELECT number FROM phone WHERE number = known.trader),
        'share_producer', $3 = 'agreed', $6, 'desk',
        'three-way call ' || known.id || ', key ' || CASE $3 WHEN 'agreed' THEN '1' ELSE '2' END,
        known.asked_by
    FROM noted JOIN known ON known.id = noted.introduction
    WHERE $4 = 'trader' AND $3 IN ('agreed', 'declined') AND known.person IS NOT NULL
    ON CONFLICT (id) DO NOTHING
)
SELECT EXISTS (SELECT FROM known);
