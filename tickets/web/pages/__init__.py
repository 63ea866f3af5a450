"""The pages, subject by subject, in the order of the navigation: a new one is a module with
`pages`, named here."""

from tickets.web.pages import (
    account,
    agents,
    audit,
    calendar,
    callbacks,
    calls,
    flows,
    health,
    insight,
    people,
    phone,
    queues,
    reports,
    tickets,
    tokens,
    users,
    wall,
    work,
)

SUBJECTS = (
    work.pages,
    wall.pages,
    queues.pages,
    agents.pages,
    tickets.pages,
    people.pages,
    callbacks.pages,
    calls.pages,
    insight.pages,
    reports.pages,
    calendar.pages,
    flows.pages,
    health.pages,
    users.pages,
    audit.pages,
    account.pages,
    tokens.pages,
    phone.pages,
)
