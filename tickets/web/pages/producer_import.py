"""Producers out of a file: chosen, looked at with every mistake, and only then taken over."""

from aiohttp import web

from tickets.errors import Unacceptable
from tickets.producers.tables import MOST_ROWS, MOST_SHEET_ROWS
from tickets.producers.written import HEADS, NEEDED
from tickets.rights import Right
from tickets.web.notices import Notice
from tickets.web.pages.page import Pages, Visit
from tickets.web.problems import Problem
from tickets.web.routes import ID
from tickets.web.spreadsheet import CSV, MARK, lines

pages = Pages("producer_import")

EXAMPLE = (
    *("1234567890123", "Konveksi Contoh Rekaan", "Contoh", "Bandung", "14111", "2020"),
    *("jaket; hoodie", "reseller; grosir", "12", "2 juta; 5 juta", "65.000", "120.000", "500"),
    *("5", "tukar ukuran dalam 7 hari", "Ibu Contoh", "081100000999", "tidak"),
    *("https://contoh.example/katalog", "IKFT"),
)


@pages.get("/producers/import")
async def choose_file(visit: Visit) -> web.StreamResponse:
    visit.actor.need(Right.PRODUCERS_CHANGE)
    return visit.show(
        "producer_import.html",
        heads={name: heads[0] for name, heads in HEADS.items()},
        needed=NEEDED,
        most=MOST_ROWS,
        most_in_sheet=MOST_SHEET_ROWS,
    )


@pages.post("/producers/import", back="/producers/import", takes_file=True)
async def upload_file(visit: Visit) -> web.StreamResponse:
    """What is no table is told in words of its own."""
    visit.actor.need(Right.PRODUCERS_CHANGE)
    if visit.upload is None:
        raise Problem(422, "unacceptable", "no file was chosen", [{"pointer": "#/file"}])
    try:
        found = await visit.desk.producer_imports.upload(
            visit.actor, visit.upload.name or "berkas", visit.upload.content
        )
    except Unacceptable as error:
        why = error.pointer.rpartition("/")[2]
        words = f"producer_import.unreadable.{why}"
        if words not in visit.words:
            raise
        return visit.go("/producers/import", Notice(words, level="bad"))
    return visit.go(f"/producers/import/{found.id}")


@pages.get("/producers/import/template.csv")
async def download_template(visit: Visit) -> web.StreamResponse:
    """A file with every column and a made-up producer."""
    visit.actor.need(Right.PRODUCERS_CHANGE)
    text = MARK + lines([[heads[0] for heads in HEADS.values()], EXAMPLE])
    response = web.Response(text=text, content_type=CSV, charset="utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="produsen-contoh.csv"'
    return response


@pages.get(f"/producers/import/{ID}")
async def show_preview(visit: Visit) -> web.StreamResponse:
    found = await visit.desk.producer_imports.preview(visit.actor, visit.id)
    heads = {name: heads[0] for name, heads in HEADS.items()}
    return visit.show("producer_preview.html", found=found, heads=heads)


@pages.post(f"/producers/import/{ID}/apply", back="/producers/import")
async def apply_file(visit: Visit) -> web.StreamResponse:
    """Done twice, it is done once."""
    found = await visit.desk.producer_imports.apply(visit.actor, visit.id)
    values = {"added": str(found.added), "changed": str(found.changed)}
    return visit.go("/producers", Notice("producer_import.applied", values=values))
