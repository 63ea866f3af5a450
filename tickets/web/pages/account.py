"""One's own account: password and second factor."""

from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from tickets.sign_in import SignInRefused
from tickets.web.api.session import Code, PasswordChange, Proof
from tickets.web.guard import COOKIE
from tickets.web.notices import Notice
from tickets.web.pages.page import Nav, Pages, Visit

pages = Pages("account", nav=Nav("nav.account", "/account"))

_WRONG = Notice("problem.sign-in-refused", level="bad")


@pages.get("/account")
async def show_account(visit: Visit) -> web.StreamResponse:
    """What one may change of oneself."""
    return visit.show("account.html", secret="", otpauth="")


@pages.post("/account/password", back="/account")
async def change_password(visit: Visit) -> web.StreamResponse:
    """One's other sessions end."""
    given = visit.fits(PasswordChange)
    cookie = visit.request[COOKIE]
    try:
        await visit.desk.sign_in.change_password(visit.actor, cookie, given.old, given.new)
    except SignInRefused:
        return visit.go("/account", _WRONG)
    return visit.go("/account", Notice("account.password_changed"))


@pages.post("/account/totp", back="/account")
async def offer_totp(visit: Visit) -> web.StreamResponse:
    """A secret for an authenticator, shown this once."""
    try:
        given = visit.fits(Proof)
        address = await visit.desk.sign_in.offer_totp(visit.actor, given.password)
    except SignInRefused:
        return visit.go("/account", _WRONG)
    (secret,) = parse_qs(urlsplit(address).query)["secret"]
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return visit.show("account.html", secret=groups, otpauth=address)


@pages.post("/account/totp/code", back="/account")
async def take_totp(visit: Visit) -> web.StreamResponse:
    """It is asked for from now on."""
    given = visit.fits(Code)
    try:
        await visit.desk.sign_in.take_totp(visit.actor, visit.request[COOKIE], given.code)
    except SignInRefused:
        return visit.go("/account", _WRONG)
    return visit.go("/account", Notice("account.totp_taken"))
