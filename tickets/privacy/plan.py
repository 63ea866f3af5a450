"""Every table of the database: what it holds of people, and what becomes of that.

A new table is one line here, after those that it refers to. `tests/store/test_privacy_plan.py`
walks the database's catalogue and names what is missing: a table, a reference, a column of text.
"""

from tickets.privacy.held import Apart, Held, Kind, Plan

STATISTICS = ("city", "province", "scheme", "wish", "kind", "goods", "capital", "topic")
"""Fields of a ticket that stay, where their words are few and hold no number of a person."""

_NAMES = ", ".join(f"'{name}'" for name in STATISTICS)
_FIELDS = f"""(
    SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(fields)
    WHERE key IN ({_NAMES})
        AND length(value::text) <= 60 AND value::text !~ '[0-9]{{5}}'
)"""  # noqa: S608 - of the names above
_STATES = "('opened', 'moved', 'assigned', 'callback', 'merged', 'unmerged', 'split')"

HELD = (
    Held("person"),
    Held("phone", {"person": "person"}, key="number"),
    Held(
        "call",
        {"phone": "phone"},
        blank={"phone": "NULL", "caller": "NULL"},
        keeps="pbx uniqueid dialled flow outcome last_step",
    ),
    Held("call_step", {"call": "call"}, blank={"detail": "''"}, keeps="step event"),
    Held(
        "ticket",
        {"person": "person", "phone": "phone"},
        # Of who stayed anonymous: the call alone tells whose it is.
        {"call": ("call", "ticket.person IS NULL")},
        blank={
            "person": "NULL",
            "phone": "NULL",
            "pin_hash": "NULL",
            "fields": _FIELDS,
            "told": "''",
            "tags": "'{}'",
            "erased_at": "coalesce(erased_at, clock_timestamp())",
        },
        keeps="number category channel status language owner reason",
        hides="pin_hash words search told opened_by version",
    ),
    Held("ticket_merged", {"kept": "ticket"}, blank={}, keeps="why", told=False),
    Held(
        "ticket_event",
        {"ticket": "ticket", "call": "call"},
        blank={
            name: f"CASE WHEN kind IN {_STATES} THEN {name} ELSE {empty} END"
            for name, empty in (("was", "NULL"), ("became", "NULL"), ("note", "''"))
        },
        keeps="kind actor",
    ),
    Held(
        "callback",
        {"phone": "phone", "ticket": "ticket"},
        blank={"phone": "NULL", "other_phone": "NULL"},
        keeps="type state queue claimed_by reason",
        hides="attempt claimed_by claimed_at",
    ),
    Held(
        "callback_request",
        {"callback": "callback", "ticket": "ticket", "call": "call"},
        blank={},
        keeps="type",
    ),
    Held(
        "callback_attempt",
        {"callback": "callback"},
        blank={"phone": "NULL"},
        keeps="agent result",
    ),
    Held(
        "queue_entry",
        {"call": "call", "callback": "callback"},
        blank={},
        keeps="queue how agent ended_by",
    ),
    Held("ring_miss", {"entry": "queue_entry"}, blank={}, keeps="agent why"),
    Held("disposition", {"entry": "queue_entry"}, blank={}, keeps="agent code"),
    Held("supervision", {"call": "call"}, blank={}, keeps="supervisor did agent queue"),
    Held("rating", {"call": "call"}, blank={}, keeps="agent"),
    Held(
        "recording",
        {"ticket": "ticket", "call": "call", "entry": "queue_entry"},
        file="name",
        hides="sha256",
    ),
    Held("attachment", {"ticket": "ticket"}, file="stored", hides="sha256"),
    Held("whatsapp_user", {"person": "person", "phone": "phone"}),
    Held(
        "whatsapp_message",
        {"whatsapp_user": "whatsapp_user", "ticket": "ticket", "attachment": "attachment"},
        hides="key actor template_values",
    ),
    # The id of a message has the number of the other in it.
    Held("whatsapp_status", {"message": "whatsapp_message"}, key="ctid", told=False, binds=False),
    Held(
        "whatsapp_intake",
        {"whatsapp_user": "whatsapp_user", "ticket": "ticket", "asked": "whatsapp_message"},
        key="whatsapp_user",
        told=False,
    ),
    Held("whatsapp_webhook", says="encode(body, 'escape')", key="seq", told=False),
    Held(
        "handover",
        {"ticket": "ticket"},
        blank={"note": "''", "sha256": "''"},
        keeps="way state made_by told problem",
    ),
    Held(
        "handover_answer",
        {"handover": "handover"},
        blank={"note": "''"},
        keeps="answer by_whom message",
    ),
    Held("referral", {"ticket": "ticket"}, blank={}, keeps="state how introduced_by"),
    Held(
        "referral_event",
        {"referral": "referral"},
        blank={"why": "''"},
        keeps="was became actor",
    ),
    Held(
        "referral_follow_up",
        {"referral": "referral", "callback": "callback"},
        blank={"answer": "''"},
        keeps="kind state how by_whom",
    ),
    # A number, of which no two calls at once may have the same.
    Held(
        "introduction_call",
        {"referral": "referral"},
        blank={"trader": "id::text"},
        keeps="agent asked_by producer refused",
    ),
    Held(
        "introduction_step",
        {"introduction": "introduction_call"},
        blank={"detail": "''"},
        keeps="what party",
    ),
    # With the person goes the seat; what was held for how many is in the session.
    Held(
        "training_signup",
        {
            "person": "person",
            "phone": "phone",
            "call": "call",
            "ticket": "ticket",
            "callback": "callback",
        },
        hides="by_whom attended_by",
    ),
    Held(
        "consent",
        {"person": "person", "phone": "phone", "call": "call"},
        blank={
            "person": "NULL",
            "phone": "NULL",
            "proof": "CASE WHEN channel = 'call' THEN '' ELSE 'erased' END",
        },
        keeps="purpose channel by_whom",
        binds=False,
    ),
    Held(
        "data_request",
        {"person": "person"},
        blank={"said": "''", "proof": "'erased'", "outcome": "''"},
        keeps="kind channel taken_by state settled_by",
        binds=False,
    ),
    Held("ticket_enquiry", {"caller": "phone"}, says="number", binds=False),
    Held("fact_refused", says="fact", key="digest", told=False),
    Held("desk_draft", says="form || ' ' || content::text", key="ctid", told=False),
    Held(
        "idempotent_request",
        blank={"answer": "'{}'"},
        keeps="key digest headers",
        says="encode(answer, 'escape')",
        key="ctid",
        told=False,
    ),
)

APART = (
    Apart("partner", "institutions, and whom an officer there is asked for"),
    Apart("partner_share", "what each institution may be told"),
    Apart("producer", "businesses, with the contact that each named for this"),
    Apart("producer_event", "what officers did with a producer's entry"),
    Apart("producer_month", "how much of a producer is promised"),
    Apart("producer_import", "files of producers"),
    Apart("training_session", "what is taught where"),
    Apart("whatsapp_pace", "a counter"),
    Apart("audit_entry", "the law's record of processing: who did what to which id, never a name"),
    Apart("outbox", "ids alone; what is told of them is read when it is sent"),
    Apart("webhook", "where other programs listen"),
    Apart("webhook_delivery", "how a receiver answered, without what it was sent"),
    Apart("file_to_destroy", "names of files made of ids"),
    Apart("presence_event", "of agents"),
    Apart("agent", "of agents"),
    Apart("desk_user", "of those who work here"),
    Apart("desk_session", "of those who work here"),
    Apart("desk_identity", "of those who work here"),
    Apart("api_token", "of those who work here"),
    Apart("sign_in_try", "of those who work here; kept for a day"),
    Apart("ticket_view", "filters of lists, of those who work here"),
    Apart("ticket_number_block", "a counter"),
    Apart("line_closure", "when the line is closed"),
    Apart("flow_version", "the menu"),
    Apart("flow_activation", "the menu"),
    Apart("schema_migration", "the schema's own"),
)

_CLOSED = "status IN ('selesai', 'arsip') AND erased_at IS NULL AND NOT EXISTS ("
_CLOSED += "SELECT FROM callback WHERE callback.ticket = ticket.id"
_CLOSED += " AND callback.state NOT IN ('done', 'cancelled'))"

KINDS = (
    Kind("talks", "recording", 90, "at", "kind = 'talk'"),
    Kind("messages", "recording", 365, "at", "kind = 'message'"),
    Kind("files", "attachment", 730, "at"),
    Kind(
        "calls",
        "call",
        730,
        "began_at",
        "ended_at IS NOT NULL AND (phone IS NOT NULL OR caller IS NOT NULL)",
    ),
    Kind("tickets", "ticket", 1825, "opened_at", _CLOSED),
    Kind("people", "person", 1825, "met_at"),
    # Also taken out when the next one is written; here for a desk on which nobody writes.
    Kind("drafts", "desk_draft", 30, "saved_at"),
    Kind("enquiries", "ticket_enquiry", 1, "at"),
    Kind("answers", "idempotent_request", 1, "at"),
    Kind("refused", "fact_refused", 90, "refused_at"),
    Kind("requests", "data_request", 1825, "asked_at", "state <> 'open'"),
    Kind("audit", "audit_entry", 1825, "at"),
)

PLAN = Plan(HELD, APART, KINDS)
