-- Figures of queues, agents and callbacks; docs/reports.md defines each. All take the period
-- ($1, $2) and the interval's length ($3); an interval is named by its beginning.

-- name: report_queues
-- $4 now; $5 and $6 the service level in seconds by queue, $7 of queues that are not named.
WITH period AS (
    SELECT agent, state, at, coalesce(lead(at) OVER (PARTITION BY agent ORDER BY at, id), $4) AS until
    FROM presence_event WHERE at < $2::timestamptz + interval '1 day'
), wrap AS (
    -- The talk that a wrap-up follows, if one ended just then.
    SELECT
        (
            SELECT entry.id FROM queue_entry AS entry
            WHERE entry.agent = period.agent
                AND entry.talk_ended_at BETWEEN period.at - interval '5 s' AND period.at + interval '5 s'
            ORDER BY abs(extract(epoch FROM entry.talk_ended_at - period.at)), entry.id
            LIMIT 1
        ) AS entry,
        extract(epoch FROM period.until - period.at)::double precision AS seconds
    FROM period
    WHERE state = 'wrapping_up' AND at >= $1::timestamptz
), stay AS (
    SELECT
        date_bin($3::interval, entry.joined_at, $1::timestamptz) AS start,
        entry.queue,
        CASE WHEN entry.answered_at IS NULL THEN coalesce(entry.how, 'waiting') ELSE 'served' END
            AS ended,
        entry.waited,
        extract(epoch FROM entry.left_at - entry.joined_at)::double precision AS stood,
        coalesce(level.seconds, $7::double precision) AS level,
        coalesce(entry.talked, 0) AS talked,
        coalesce((SELECT sum(wrap.seconds) FROM wrap WHERE wrap.entry = entry.id), 0) AS wrapped
    FROM queue_entry AS entry
    LEFT JOIN unnest($5::text[], $6::double precision[]) AS level (queue, seconds)
        ON level.queue = entry.queue
    WHERE entry.joined_at >= $1 AND entry.joined_at < $2 AND entry.callback IS NULL
)
SELECT
    start,
    queue,
    count(*) AS offered,
    count(*) FILTER (WHERE ended = 'served') AS answered,
    count(*) FILTER (WHERE ended = 'served' AND waited <= level) AS within,
    count(*) FILTER (WHERE ended = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE ended = 'key') AS key,
    count(*) FILTER (WHERE ended = 'timeout') AS timeout,
    count(*) FILTER (WHERE ended IN ('closed', 'empty')) AS closed,
    count(*) FILTER (WHERE ended IN ('moved', 'taken')) AS moved,
    count(*) FILTER (WHERE ended = 'waiting') AS waiting,
    count(*) FILTER (WHERE ended NOT IN (
        'served', 'abandoned', 'key', 'timeout', 'closed', 'empty', 'moved', 'taken', 'waiting'
    )) AS other,
    coalesce(sum(waited) FILTER (WHERE ended = 'served'), 0) AS waited,
    coalesce(max(coalesce(waited, stood)), 0) AS longest,
    coalesce(sum(talked) FILTER (WHERE ended = 'served'), 0) AS talked,
    coalesce(sum(wrapped) FILTER (WHERE ended = 'served'), 0) AS wrapped
FROM stay
GROUP BY start, queue
ORDER BY start, queue;

-- name: report_agents
-- $4 now: what goes on is counted up to it.
WITH slot AS (
    SELECT start, least(start + $3::interval, $2::timestamptz) AS stop
    FROM generate_series($1::timestamptz, $2::timestamptz - interval '1 us', $3::interval) AS start
), period AS (
    SELECT agent, state, at, coalesce(lead(at) OVER (PARTITION BY agent ORDER BY at, id), $4) AS until
    FROM presence_event WHERE at < $2
    UNION ALL
    SELECT agent, 'talking', answered_at, talk_ended_at FROM queue_entry
    WHERE answered_at < $2 AND talk_ended_at > $1
), spent AS (
    SELECT
        slot.start, period.agent, period.state,
        extract(epoch FROM
            least(period.until, slot.stop, $4::timestamptz) - greatest(period.at, slot.start)
        )::double precision AS seconds
    FROM period
    JOIN slot ON period.at < slot.stop AND period.until > slot.start AND slot.start < $4
    WHERE period.at < $4
), counted AS (
    SELECT
        date_bin($3::interval, answered_at, $1::timestamptz) AS start, agent,
        1 AS answered, coalesce(talked, 0) AS talked, 0 AS missed, 0 AS kept
    FROM queue_entry WHERE answered_at >= $1 AND answered_at < $2
    UNION ALL
    SELECT date_bin($3::interval, at, $1::timestamptz), agent, 0, 0, 1, 0
    FROM ring_miss WHERE at >= $1 AND at < $2
    UNION ALL
    SELECT date_bin($3::interval, at, $1::timestamptz), agent, 0, 0, 0, 1
    FROM callback_attempt
    WHERE at >= $1 AND at < $2 AND result = 'kept' AND agent IS NOT NULL
), every AS (
    SELECT
        start, agent, 0 AS answered, 0 AS talked, 0 AS missed, 0 AS kept,
        CASE WHEN state = 'ready' THEN seconds ELSE 0 END AS ready,
        CASE WHEN state = 'paused' THEN seconds ELSE 0 END AS paused,
        CASE WHEN state = 'wrapping_up' THEN seconds ELSE 0 END AS wrapping,
        CASE WHEN state = 'talking' THEN seconds ELSE 0 END AS talking
    FROM spent WHERE state <> 'out'
    UNION ALL
    SELECT start, agent, answered, talked, missed, kept, 0, 0, 0, 0 FROM counted
)
SELECT
    start, agent,
    sum(answered) AS answered, sum(missed) AS missed, sum(kept) AS callbacks,
    sum(talked) AS talked, sum(talking) AS talking, sum(wrapping) AS wrapping,
    sum(ready) AS ready, sum(paused) AS paused
FROM every
GROUP BY start, agent
ORDER BY start, agent;

-- name: report_callbacks
-- By when they were first promised. $4 now; $5 what is forgiven before one counts as late.
WITH promised AS (
    SELECT
        date_bin($3::interval, first.at, $1::timestamptz) AS start,
        coalesce(
            nullif(callback.queue, ''),
            (
                SELECT entry.queue FROM queue_entry AS entry
                WHERE entry.callback = callback.id AND entry.queue IS NOT NULL
                ORDER BY entry.joined_at, entry.id LIMIT 1
            ),
            ''
        ) AS queue,
        callback.state,
        tries.tries,
        callback.state <> 'cancelled'
            AND coalesce(tries.first, callback.settled_at, $4) > callback.promised + $5::interval
            AS late
    FROM callback
    JOIN LATERAL (
        SELECT min(request.at) AS at FROM callback_request AS request
        WHERE request.callback = callback.id
    ) AS first ON first.at >= $1 AND first.at < $2
    CROSS JOIN LATERAL (
        SELECT min(attempt.dialled_at) AS first, count(attempt.dialled_at) AS tries
        FROM callback_attempt AS attempt WHERE attempt.callback = callback.id
    ) AS tries
)
SELECT
    start,
    queue,
    count(*) AS promised,
    count(*) FILTER (WHERE state = 'done') AS kept,
    count(*) FILTER (WHERE late) AS late,
    count(*) FILTER (WHERE state = 'human') AS failed,
    count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE state IN ('waiting', 'claimed', 'dialling')) AS live,
    coalesce(sum(tries), 0)::bigint AS tries
FROM promised
GROUP BY start, queue
ORDER BY start, queue;

-- name: report_abandoned
-- Callers who hung up, by where: the queue they waited in last, else the menu's step.
WITH gone AS (
    SELECT
        date_bin($3::interval, call.ended_at, $1::timestamptz) AS start,
        coalesce(
            (
                SELECT 'queue ' || entry.queue FROM queue_entry AS entry
                WHERE entry.call = call.id AND entry.how = 'abandoned' AND entry.queue IS NOT NULL
                ORDER BY entry.joined_at DESC, entry.id LIMIT 1
            ),
            'menu ' || coalesce(call.last_step, '')
        ) AS place,
        extract(epoch FROM call.ended_at - call.began_at)::double precision AS seconds
    FROM call
    WHERE call.outcome = 'hung_up' AND call.ended_at >= $1 AND call.ended_at < $2
)
SELECT start, place, count(*) AS calls, sum(seconds) AS seconds
FROM gone
GROUP BY start, place
ORDER BY start, calls DESC, place;
