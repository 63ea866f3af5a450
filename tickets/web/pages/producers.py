"""The directory of producers: found, read, told of, verified."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4, uuid5

from aiohttp import web

from config.goods import goods
from tickets.cases.producers import Producer
from tickets.producers import written
from tickets.producers.given import CURATORS, SCHEMES, Given, Wrong
from tickets.producers.kbli import VERSIONS
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.producers import PLACE, ProducerQuery, Sharing, StatusChange, Verification
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import ID

pages = Pages("producers", nav=Nav("nav.producers", "/producers", (Right.PRODUCERS_READ,), key="n"))

HERE = "/producers/{id}"
STATUSES = ("listed", "paused", "left")
_LISTS = ("kbli", "products", "packages")
_NOT_IN_FORM = ("contact_shared", "schemes")


@pages.get("/producers")
async def list_producers(visit: Visit) -> web.StreamResponse:
    """By product, scheme, first order, price, city and what is left of this month."""
    query = asked(visit, ProducerQuery)
    place = keyset.place(query.after, PLACE)
    found = await visit.desk.producers.page(visit.actor, query.as_filter(), place, query.limit)
    after = None
    if len(found) == query.limit:
        after = keyset.written((found[-1].added_at, found[-1].id))
    return visit.show(
        "producers.html",
        found=found,
        query=query,
        schemes=SCHEMES,
        statuses=STATUSES,
        narrowed=any(value for name, value in query if name not in ("after", "limit")),
        following=following(visit, after),
    )


@pages.get("/producers/new")
async def new_producer(visit: Visit) -> web.StreamResponse:
    visit.actor.need(Right.PRODUCERS_CHANGE)
    return _form(visit, {"kbli_version": "2020", "minimum_order": "1"}, once=str(uuid4()))


@pages.post("/producers/new", back="/producers/new")
async def add_producer(visit: Visit) -> web.StreamResponse:
    """Sent twice, it is one. A form with mistakes is shown again with each at its place."""
    visit.actor.need(Right.PRODUCERS_CHANGE)
    given, wrongs = _given(visit)
    once = visit.form.one("once")[:64]
    if given is None:
        return _form(visit, _typed(visit), wrongs, once=once)
    made = uuid5(visit.actor.user, f"new producer {once}") if once else None
    producer = await visit.desk.producers.add(visit.actor, given, made)
    return visit.go(f"/producers/{producer.id}", Notice("producers.added"))


@pages.get(f"/producers/{ID}")
async def show_producer(visit: Visit) -> web.StreamResponse:
    producer = await visit.desk.producers.read(visit.actor, visit.id)
    return visit.show(
        "producer.html",
        producer=producer,
        kinds=goods().kinds,
        statuses=STATUSES,
        today=visit.desk.clock(),
    )


@pages.get(f"/producers/{ID}/edit")
async def show_form(visit: Visit) -> web.StreamResponse:
    visit.actor.need(Right.PRODUCERS_CHANGE)
    producer = await visit.desk.producers.read(visit.actor, visit.id)
    return _form(visit, _texts(producer), producer=visit.id, version=producer.version)


@pages.post(f"/producers/{ID}/edit", back="/producers/{id}/edit")
async def edit_producer(visit: Visit) -> web.StreamResponse:
    visit.actor.need(Right.PRODUCERS_CHANGE)
    version = visit.counted_version()
    given, wrongs = _given(visit)
    if given is None:
        return _form(visit, _typed(visit), wrongs, producer=visit.id, version=version)
    await visit.desk.producers.edit(visit.actor, visit.id, version, given)
    return visit.go(f"/producers/{visit.id}", Notice("producers.edited"))


@pages.post(f"/producers/{ID}/verify", back=HERE)
async def verify_producer(visit: Visit) -> web.StreamResponse:
    told = visit.fits(Verification)
    given = (visit.counted_version(), told.on, told.source)
    await visit.desk.producers.verify(visit.actor, visit.id, *given)
    return visit.go(f"/producers/{visit.id}", Notice("producers.verified"))


@pages.post(f"/producers/{ID}/share", back=HERE)
async def share_producer(visit: Visit) -> web.StreamResponse:
    """Whether traders may be given the contact, and how the producer said so."""
    told = visit.fits(Sharing)
    given = (visit.counted_version(), told.shared, told.proof)
    await visit.desk.producers.share(visit.actor, visit.id, *given)
    words = "producers.now_shared" if told.shared else "producers.now_unshared"
    return visit.go(f"/producers/{visit.id}", Notice(words))


@pages.post(f"/producers/{ID}/status", back=HERE)
async def set_status(visit: Visit) -> web.StreamResponse:
    told = visit.fits(StatusChange)
    given = (visit.counted_version(), told.status, told.why)
    await visit.desk.producers.set_status(visit.actor, visit.id, *given)
    return visit.go(f"/producers/{visit.id}", Notice("producers.status_set"))


def _form(
    visit: Visit,
    texts: Mapping[str, str],
    wrongs: Sequence[Wrong] = (),
    producer: UUID | None = None,
    version: int = 0,
    once: str = "",
) -> web.Response:
    return visit.show(
        "producer_form.html",
        status=422 if wrongs else 200,
        texts={name: texts.get(name, "") for name in written.HEADS},
        wrongs=wrongs,
        producer=producer,
        version=version,
        once=once,
        schemes=SCHEMES,
        curators=CURATORS,
        versions=VERSIONS,
        needed=written.NEEDED,
    )


def _given(visit: Visit) -> tuple[Given | None, list[Wrong]]:
    # Sharing is said on its own, with its proof; of an entry that is edited it stays as it is.
    return written.read(_typed(visit) | {"contact_shared": ""})


def _typed(visit: Visit) -> dict[str, str]:
    typed = {name: visit.form.one(name)[:2000] for name in written.HEADS}
    return typed | {"schemes": "; ".join(visit.form.all("schemes"))}


def _texts(producer: Producer) -> dict[str, str]:
    """As the form has them."""
    values = {name: getattr(producer, name) for name in written.HEADS if name not in _NOT_IN_FORM}
    texts = {
        name: "; ".join(map(str, value)) if name in _LISTS else str("" if value is None else value)
        for name, value in values.items()
    }
    return texts | {"schemes": "; ".join(producer.schemes)}
