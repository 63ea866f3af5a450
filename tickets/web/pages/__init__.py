"""The pages, subject by subject, in the order of the navigation: a new one is a module with
`pages`, named here."""

from tickets.web.pages import (
    account,
    audit,
    drafts,
    insight,
    new_ticket,
    ticket,
    tickets,
    wall,
    work,
)

SUBJECTS = (
    work.pages,
    wall.pages,
    tickets.pages,
    new_ticket.pages,
    ticket.pages,
    drafts.pages,
    insight.pages,
    audit.pages,
    account.pages,
)
