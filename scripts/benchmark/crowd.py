"""Very many tickets, people, calls and callbacks, made by PostgreSQL itself."""

from tickets.store import Connection

_WORDS = (
    "ARRAY['konveksi', 'dagangan', 'bandung', 'jakarta', 'senen', 'kulit', 'batik', 'reseller', "
    "'dropship', 'modal', 'pelatihan', 'gudang', 'grosir', 'eceran', 'pasar', 'lapak', 'sepatu', "
    "'jaket', 'kemeja', 'celana']"
)


async def crowd(sql: Connection, tickets: int) -> None:
    """As a few years leave them: most are over, one in ten is confidential."""
    people = tickets // 3
    await sql.execute("SET synchronous_commit = off")
    await sql.execute(
        "INSERT INTO person (id, name, met_at) SELECT md5('p' || n)::uuid, "
        "'Orang ' || md5(n::text), '2024-01-01'::timestamptz + n * interval '20 min' "
        "FROM generate_series(1, $1) AS n",
        people,
    )
    await sql.execute(
        "INSERT INTO phone (number, person) SELECT '+6281' || lpad(n::text, 9, '0'), "
        "md5('p' || n)::uuid FROM generate_series(1, $1) AS n",
        people,
    )
    await sql.execute(
        "INSERT INTO call (id, pbx, uniqueid, caller, phone, began_at, ended_at, outcome, certain) "
        "SELECT md5('c' || n)::uuid, 'pbx1', n::text, '08', "
        "'+6281' || lpad((1 + n % $2)::text, 9, '0'), at, at, 'promise', true "
        "FROM (SELECT n, '2024-01-01'::timestamptz + n * interval '10 min' AS at "
        "FROM generate_series(1, $1) AS n) AS one",
        tickets,
        people,
    )
    await sql.execute(
        (
            "INSERT INTO ticket (id, number, category, channel, status, phone, person, fields, "
            "confidential, anonymous, language, opened_at, first_response_due, deadline, owner, "
            "call, reason, tags) "
            "SELECT md5('t' || n)::uuid, lpad(n::text, 8, '0'), "
            "(ARRAY['GANTI','INFO','DARING','LAYANAN','LATIH','KUR','UMUM','TERTIB','STOK','SELUNDUP'])"
            "[1 + n % 10], 'phone', "
            "CASE WHEN n > $1 - $1 / 50 THEN 'baru' WHEN n % 97 = 0 THEN 'proses' "
            "ELSE 'selesai' END, "
            "'+6281' || lpad((1 + n % $2)::text, 9, '0'), md5('p' || (1 + n % $2))::uuid, "
            "jsonb_build_object('city', (@WORDS@)[1 + n % 20], 'wish', (@WORDS@)[1 + n / 20 % 20] "
            "|| ' ' || (@WORDS@)[1 + n / 400 % 20] || ' ' || substr(md5(n::text), 1, 6)), "
            "n % 10 > 7, n % 50 = 0, 'id', at, at + interval '3 d', at + interval '14 d', "
            "CASE WHEN n % 3 = 0 THEN 'agent' || n % 40 END, md5('c' || n)::uuid, 'request', "
            "CASE WHEN n % 200 = 0 THEN ARRAY['mendesak'] ELSE '{}' END "
            "FROM (SELECT n, '2024-01-01'::timestamptz + n * interval '10 min' AS at "
            "FROM generate_series(1, $1) AS n) AS one"
        ).replace("@WORDS@", _WORDS),
        tickets,
        people,
    )
    await sql.execute(
        "INSERT INTO ticket_event (ticket, kind, became, actor, call, at) "
        "SELECT id, 'opened', 'baru', 'caller', call, opened_at FROM ticket"
    )
    await sql.execute(
        "INSERT INTO audit_entry (who, did, subject, address, at) "
        "SELECT 'agent' || n % 50, 'ticket.read', lpad(n::text, 8, '0'), '', "
        "now() - n * interval '1 min' FROM generate_series(1, $1) AS n",
        tickets,
    )
    await sql.execute(
        "INSERT INTO queue_entry (id, call, queue, since, joined_at, left_at, how, agent) "
        "SELECT md5('q' || uniqueid)::uuid, id, 'umum', began_at, began_at, ended_at, 'agent', "
        "'6001' FROM call"
    )
    await sql.execute(
        "INSERT INTO callback (id, ticket, phone, type, due, since, asked_at, state, promised) "
        "SELECT md5('b' || number)::uuid, id, phone, 'next_opening', opened_at, opened_at, "
        "opened_at, 'done', opened_at FROM ticket WHERE number LIKE '%7'"
    )
    await sql.execute(
        "INSERT INTO recording (id, ticket, call, name, seconds, size, sha256, silent, at) "
        "SELECT md5('r' || number)::uuid, id, call, number, 9, 9, '', false, opened_at "
        "FROM ticket WHERE number LIKE '%5'"
    )
    await sql.execute(
        "ANALYZE audit_entry, person, phone, call, ticket, ticket_event, queue_entry, callback, "
        "recording"
    )
