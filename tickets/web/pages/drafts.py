"""What is typed and not sent yet, kept as it comes."""

from aiohttp import web

from tickets.web.pages.page import Form, Pages, Visit, fits
from tickets.web.texts import Body as Checked
from tickets.web.texts import Value

pages = Pages("drafts")

NEW = "ticket.new"
FORM = r"{form:ticket\.new|ticket\.note\.[0-9]{8,20}}"
_NOT_TYPED = ("csrf", "version", "once")


class DraftIn(Checked):
    """By the names of the form's fields."""

    content: dict[str, Value]


def note_of(number: str) -> str:
    """The draft of a note on a ticket."""
    return f"ticket.note.{number}"


@pages.post(f"/drafts/{FORM}")
async def keep_draft(visit: Visit) -> web.StreamResponse:
    """Tells the time, for who looks whether it is kept."""
    draft = await visit.desk.drafts.keep(
        visit.actor, visit.request.match_info["form"], typed(visit.form)
    )
    return visit.show("draft_kept.html", at=draft.saved_at)


def typed(form: Form) -> dict[str, str]:
    """What a person has written or chosen. Raises Problem."""
    given = {name: value for name, value in form.pairs if name not in _NOT_TYPED}
    return fits(DraftIn, {"content": given}).content
