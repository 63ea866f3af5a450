"""Institutions, and what each may be told."""

from typing import get_args

from aiohttp import web

from tickets import lifecycle
from tickets.cases.partners import PartnerKind
from tickets.handover_rules import BY_LAW, names_of
from tickets.web.api.partners import PartnerIn, SharesIn, shares_of
from tickets.web.notices import Notice
from tickets.web.pages.page import Pages, Visit, fits
from tickets.web.routes import ID, PREFIX

pages = Pages("partners")

HERE = "/partners/{id}"
KINDS: tuple[str, ...] = get_args(PartnerKind)
CATEGORIES = sorted(lifecycle.CATEGORIES)


@pages.get("/partners")
async def list_partners(visit: Visit) -> web.StreamResponse:
    """By name."""
    found = await visit.desk.partners.all(visit.actor)
    return visit.show("partners.html", found=found, kinds=KINDS)


@pages.post("/partners", back="/partners")
async def add_partner(visit: Visit) -> web.StreamResponse:
    """Seen next, for what it may be told."""
    made = await visit.desk.partners.add(visit.actor, visit.fits(PartnerIn).data())
    return visit.go(f"/partners/{made.id}", Notice("partners.added"))


@pages.get(f"/partners/{ID}")
async def show_partner(visit: Visit) -> web.StreamResponse:
    """With what it may be told of each category."""
    return await _shows(visit)


@pages.post(f"/partners/{ID}", back=HERE)
async def change_partner(visit: Visit) -> web.StreamResponse:
    """As the form says."""
    given = visit.fits(PartnerIn, open=visit.form.one("closed") == "")
    version = visit.counted_version()
    await visit.desk.partners.change(visit.actor, visit.id, version, given.data())
    return _done(visit, "changed")


@pages.post(f"/partners/{ID}/shares", back=HERE)
async def share(visit: Visit) -> web.StreamResponse:
    """A category of which nothing is chosen stays here."""
    form = visit.form
    chosen = [
        {"category": one, "fields": fields, "law": form.one(f"law.{one}").strip() or None}
        for one in CATEGORIES
        if (fields := form.all(f"share.{one}"))
    ]
    shares = shares_of(fits(SharesIn, {"shares": chosen}).shares)
    await visit.desk.partners.share(visit.actor, visit.id, visit.counted_version(), shares)
    return _done(visit, "shares_set")


@pages.post(f"/partners/{ID}/secret", back=HERE)
async def new_secret(visit: Visit) -> web.StreamResponse:
    """Shown this once."""
    return await _shows(visit, await visit.desk.partners.new_secret(visit.actor, visit.id))


async def _shows(visit: Visit, secret: str = "") -> web.Response:
    one = await visit.desk.partners.read(visit.actor, visit.id)
    return visit.show(
        "partner.html",
        one=one,
        kinds=KINDS,
        categories=[name for name in CATEGORIES if name != "STOK" or not one.enforces],
        names={name: names_of(name) for name in CATEGORIES},
        by_law=BY_LAW,
        shares={share.category: share for share in one.shares},
        secret=secret,
        answers_at=f"{PREFIX}/partners/{one.id}/answers",
    )


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/partners/{visit.id}", Notice(f"partners.{what}"))
