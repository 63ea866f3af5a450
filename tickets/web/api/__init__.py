"""The API, subject by subject: a new one is a module with models and `routes`, named here."""

from tickets.web.api import (
    agents,
    audit,
    callbacks,
    calls,
    events,
    figures,
    health,
    insight,
    line,
    people,
    queues,
    session,
    tickets,
    tokens,
    webhooks,
)

SUBJECTS = (
    session.routes,
    tokens.routes,
    tickets.routes,
    people.routes,
    calls.routes,
    callbacks.routes,
    line.routes,
    agents.routes,
    queues.routes,
    events.routes,
    figures.routes,
    insight.routes,
    health.routes,
    audit.routes,
    webhooks.routes,
)
