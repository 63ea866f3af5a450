"""The pages, subject by subject, in the order of the navigation: a new one is a module with
`pages`, named here."""

from tickets.web.pages import account, audit, tickets

SUBJECTS = (tickets.pages, audit.pages, account.pages)
