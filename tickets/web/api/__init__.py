"""The API, subject by subject: a new one is a module with models and `routes`, named here."""

from tickets.web.api import (
    agents,
    audit,
    calendar,
    callbacks,
    calls,
    events,
    figures,
    flows,
    insight,
    line,
    people,
    queues,
    session,
    tickets,
    tokens,
)

SUBJECTS = (
    session.routes,
    tokens.routes,
    tickets.routes,
    people.routes,
    calls.routes,
    callbacks.routes,
    line.routes,
    calendar.routes,
    flows.routes,
    agents.routes,
    queues.routes,
    events.routes,
    figures.routes,
    insight.routes,
    audit.routes,
)
