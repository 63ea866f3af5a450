"""The pages, subject by subject, in the order of the navigation: a new one is a module with
`pages`, named here."""

from tickets.web.pages import account, audit, insight, phone, tickets, wall, work

SUBJECTS = (
    work.pages,
    wall.pages,
    tickets.pages,
    insight.pages,
    audit.pages,
    account.pages,
    phone.pages,
)
