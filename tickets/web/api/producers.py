"""The directory of local producers, and those that fit a ticket."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from tickets.cases.producer_imports import Preview
from tickets.cases.producers import (
    Matches,
    Producer,
    ProducerFilter,
    ProducerLine,
    Status,
)
from tickets.producers.given import Given
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, NUMBER, Ask, Routes
from tickets.web.texts import Body, Day, Words

routes = Routes("producers")

PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])

Scheme = Literal["reseller", "dropship", "wholesale", "consignment", "make_to_order"]
Pieces = Annotated[int, Field(ge=0, le=10_000_000)]
Rupiah = Annotated[int, Field(ge=1, le=1_000_000_000_000)]
Short = Annotated[Words, StringConstraints(max_length=120)]


class ProducerQuery(PageQuery):
    """Which producers."""

    q: Words | None = None
    """Words of the name, brand, city, products or codes."""
    product: Words | None = None
    """Goods in anybody's words: `kaos` finds who makes t-shirts."""
    scheme: Scheme | None = None
    city: Words | None = None
    minimum_order: Pieces | None = None
    """Pieces that a first order may have to have at most."""
    price: Rupiah | None = None
    """Rupiah a piece that the cheapest may cost at most."""
    capacity: Pieces | None = None
    """Pieces that are left this month at least."""
    status: Status | None = None
    verified: bool = False
    """Only those that were verified."""

    def as_filter(self) -> ProducerFilter:
        return ProducerFilter(
            text=self.q,
            product=self.product,
            scheme=self.scheme,
            city=self.city,
            minimum_order=self.minimum_order,
            price=self.price,
            capacity=self.capacity,
            status=self.status,
            verified=self.verified,
        )


class ProducerIn(Body):
    """All that is told of a producer."""

    nib: Annotated[str, StringConstraints(pattern=r"^[0-9]{13}$")]
    """The business id."""
    name: Short
    brand: Annotated[str, StringConstraints(max_length=120)] = ""
    city: Short
    kbli: Annotated[list[str], Field(min_length=1, max_length=30)]
    """Five digits each, of the classification's `kbli_version`."""
    kbli_version: Literal[2015, 2017, 2020, 2025]
    products: Annotated[list[Short], Field(min_length=1, max_length=30)]
    schemes: Annotated[list[Scheme], Field(min_length=1, max_length=5)]
    minimum_order: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    packages: Annotated[tuple[Rupiah, ...], Field(max_length=30)] = ()
    """Rupiah that a trader can begin with."""
    price_from: Rupiah
    """Rupiah a piece, as `price_to`."""
    price_to: Rupiah
    capacity: Pieces
    """Pieces a month."""
    delivery_days: Annotated[int, Field(ge=0, le=365)] | None = None
    returns: Annotated[str, StringConstraints(max_length=500)] = ""
    contact_name: Annotated[str, StringConstraints(max_length=120)] = ""
    contact_phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    """E.164."""
    catalogue: Annotated[str, StringConstraints(max_length=300)] = ""
    """An address of the web."""
    curated_by: Literal["smesco", "ikft", "ministry"]

    def as_given(self) -> Given:
        values = self.model_dump()
        lists = {name: tuple(values[name]) for name in ("kbli", "products", "schemes", "packages")}
        return Given(**values | lists)


class Verification(Body):
    on: Day
    source: Words
    """Where it was seen that all this is so."""


class Sharing(Body):
    shared: bool
    proof: Words
    """When and how the producer said so."""


class StatusChange(Body):
    status: Status
    why: Annotated[str, StringConstraints(max_length=200)] = ""


class FileName(BaseModel):
    """How the file is called."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "berkas"


@routes.get("/producers")
async def list_producers(ask: Ask[ProducerQuery, None]) -> Page[ProducerLine]:
    """Find producers, newest first."""
    query = ask.query
    place = keyset.place(query.after, PLACE)
    found = await ask.desk.producers.page(ask.actor, query.as_filter(), place, query.limit)
    following = None
    if len(found) == query.limit:
        following = keyset.written((found[-1].added_at, found[-1].id))
    return Page[ProducerLine](items=found, next=following)


@routes.post("/producers", location="/producers/{id}")
async def add_producer(ask: Ask[None, ProducerIn]) -> Producer:
    """Add one; `producer-exists` where another has its business id."""
    return await ask.desk.producers.add(ask.actor, ask.body.as_given(), ask.new_id)


@routes.get(f"/producers/{ID}")
async def read_producer(ask: Ask[None, None]) -> Producer:
    """Read one with its history."""
    return await ask.desk.producers.read(ask.actor, ask.id)


@routes.put(f"/producers/{ID}")
async def edit_producer(ask: Ask[None, ProducerIn]) -> Producer:
    """Say anew what is told of it.

    What was verified has to be verified again; a contact stays shared as long as its number does.
    """
    given = ask.body.as_given()
    return await ask.desk.producers.edit(ask.actor, ask.id, ask.counted_version(), given)


@routes.post(f"/producers/{ID}/verification", status=200, if_match=True)
async def verify_producer(ask: Ask[None, Verification]) -> Producer:
    """It was seen that all of this is so."""
    told = (ask.body.on, ask.body.source)
    return await ask.desk.producers.verify(ask.actor, ask.id, ask.counted_version(), *told)


@routes.post(f"/producers/{ID}/sharing", status=200, if_match=True)
async def share_producer(ask: Ask[None, Sharing]) -> Producer:
    """Whether traders may be given its contact, as it said itself."""
    told = (ask.body.shared, ask.body.proof)
    return await ask.desk.producers.share(ask.actor, ask.id, ask.counted_version(), *told)


@routes.post(f"/producers/{ID}/status", status=200, if_match=True)
async def set_producer_status(ask: Ask[None, StatusChange]) -> Producer:
    """Listed, paused, or left: only those that are listed are matched."""
    told = (ask.body.status, ask.body.why)
    return await ask.desk.producers.set_status(ask.actor, ask.id, ask.counted_version(), *told)


@routes.post("/producers/imports")
async def upload_producers(ask: Ask[FileName, bytes]) -> Preview:
    """Look at a CSV or XLSX file of producers: what it would do, and each mistake with its row."""
    return await ask.desk.producer_imports.upload(ask.actor, ask.query.name, ask.body)


@routes.get(f"/producers/imports/{ID}")
async def preview_producers(ask: Ask[None, None]) -> Preview:
    """The same again, of a file that one has uploaded oneself."""
    return await ask.desk.producer_imports.preview(ask.actor, ask.id)


@routes.post(f"/producers/imports/{ID}/apply", status=200)
async def import_producers(ask: Ask[None, None]) -> Preview:
    """Take over the good rows."""
    return await ask.desk.producer_imports.apply(ask.actor, ask.id)


@routes.get(f"/tickets/{NUMBER}/producers")
async def match_producers(ask: Ask[None, None]) -> Matches:
    """Who fits what a ticket wishes, best first, each with the reasons and their points."""
    return await ask.desk.producers.matches(ask.actor, ask.number)
