"""The prompts that are said without any flow naming them: by steps, by speech, by the PBX alone."""

_GREETING = ("greeting-morning", "greeting-noon", "greeting-afternoon", "greeting-evening")
_HOURS = (
    "hours-open",
    "hours-until",
    "hours-and",
    "hours-or",
    "zone-wib",
    "zone-wita",
    "zone-wit",
)
_CLOSED = ("closed", "closed-today", "closed-emergency")
_QUEUE = (
    "queue-waiting",
    "connecting",
    "waiting",
    "queue-position",
    "queue-wait",
    "queue-closed",
    "rating-ask",
    "rating-thanks",
)
_NUMBER = ("number-we-call", "number-right", "number-enter", "number-wrong", "silence")
_PROMISE = (
    "promise-call",
    "promise-soon",
    "promise-known",
    "promise-no-number",
    "promise-kept-anyway",
    "ticket-number",
    "ticket-pin",
    "ticket-again",
)
_SLOT = (
    "slot-choose",
    "slot-key-1",
    "slot-key-2",
    "slot-key-3",
    "slot-key-4",
    "slot-key-5",
    "slot-others",
    "slot-taken",
    "slot-none",
    "slot-stays",
    "invalid",
)
_MESSAGE = (
    "message-record",
    "message-review",
    "message-kept",
    "message-discarded",
    "message-empty",
    "message-failed",
)
_ENQUIRY = (
    "enquiry-number",
    "enquiry-pin",
    "enquiry-unknown",
    "enquiry-away",
    "enquiry-report",
    "enquiry-callback",
    "enquiry-deadline",
    "enquiry-change",
    "enquiry-cancelled",
    "status-baru",
    "status-verifikasi",
    "status-tunda",
    "status-rujuk",
    "status-arsip",
    "status-proses",
    "status-ditanggapi",
    "status-selesai",
    "status-dibuka-kembali",
)
CITIES = frozenset(
    (
        "city-jakarta",
        "city-bandung",
        "city-bekasi",
        "city-bogor",
        "city-tangerang",
        "city-semarang",
        "city-surakarta",
        "city-yogyakarta",
        "city-surabaya",
        "city-malang",
        "city-denpasar",
        "city-medan",
        "city-padang",
        "city-pekanbaru",
        "city-batam",
        "city-palembang",
        "city-pontianak",
        "city-banjarmasin",
        "city-makassar",
        "city-manado",
    )
)
"""The cities that can be said, each as "in" that city."""
_TRAINING = (
    "training-next",
    "training-place",
    "training-full",
    "training-sign-up",
    "training-wait",
    "training-later",
    "training-seated",
    "training-waiting",
    "training-kept",
    "training-remind",
    "training-tell",
    "training-none",
    "training-away",
    "training-no-number",
    "back-or-operator",
)
_FAILURE = ("apology", "goodbye", "fallback-open", "fallback-message", "fallback-thanks")

OWN_PROMPTS = frozenset(
    (
        *_GREETING,
        *_HOURS,
        *_CLOSED,
        *_QUEUE,
        *_NUMBER,
        *_PROMISE,
        *_SLOT,
        *_MESSAGE,
        *_ENQUIRY,
        *_TRAINING,
        *CITIES,
        *_FAILURE,
    )
)
