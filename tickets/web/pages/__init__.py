"""The pages, subject by subject, in the order of the navigation: a new one is a module with
`pages`, named here."""

from tickets.web.pages import (
    account,
    audit,
    callbacks,
    calls,
    health,
    insight,
    people,
    tickets,
    tokens,
    users,
    wall,
    work,
)

SUBJECTS = (
    work.pages,
    wall.pages,
    tickets.pages,
    people.pages,
    callbacks.pages,
    calls.pages,
    insight.pages,
    health.pages,
    users.pages,
    audit.pages,
    account.pages,
    tokens.pages,
)
