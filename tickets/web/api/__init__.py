"""The API, subject by subject: a new one is a module with models and `routes`, named here."""

from tickets.web.api import audit, callbacks, calls, figures, line, people, session, tickets, tokens

SUBJECTS = (
    session.routes,
    tokens.routes,
    tickets.routes,
    people.routes,
    calls.routes,
    callbacks.routes,
    line.routes,
    figures.routes,
    audit.routes,
)
