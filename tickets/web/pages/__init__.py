"""The pages, subject by subject, in the order of the navigation: a new one is a module with
`pages`, named here."""

from tickets.web.pages import (
    account,
    agents,
    audit,
    calendar,
    flows,
    insight,
    queues,
    reports,
    tickets,
    wall,
    work,
)

SUBJECTS = (
    work.pages,
    wall.pages,
    queues.pages,
    agents.pages,
    tickets.pages,
    insight.pages,
    reports.pages,
    calendar.pages,
    flows.pages,
    audit.pages,
    account.pages,
)
