"""The API, subject by subject: a new one is a module with models and `routes`, named here."""

from tickets.web.api import (
    agents,
    attachments,
    audit,
    callbacks,
    calls,
    events,
    figures,
    insight,
    line,
    people,
    queues,
    recordings,
    session,
    tickets,
    tokens,
    views,
)

SUBJECTS = (
    session.routes,
    tokens.routes,
    tickets.routes,
    attachments.routes,
    recordings.routes,
    views.routes,
    people.routes,
    calls.routes,
    callbacks.routes,
    line.routes,
    agents.routes,
    queues.routes,
    events.routes,
    figures.routes,
    insight.routes,
    audit.routes,
)
