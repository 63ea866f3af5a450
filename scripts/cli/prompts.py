"""`saluran prompts`: every sentence that callers hear."""

from typing import Literal

from cyclopts import App

from scripts.cli import show
from scripts.cli.place import Here, Json

app = App(name="prompts", help="The sentences that callers hear.")


@app.command(name="list")
def list_(
    *,
    place: Here,
    language: Literal["id", "en"] = "id",
    spoken: bool = False,
    json: Json = False,
) -> None:
    """List prompts: id, text and the master's file.

    Parameters
    ----------
    language
        Of the texts and masters.
    spoken
        Also those that numbers, days and times are put together from.
    """
    from config import speech
    from config.prompts import Catalogue

    catalogue = Catalogue.load(place.settings_or_defaults().files.prompts)
    made = frozenset() if spoken else frozenset(speech.all_ids())
    rows = (
        {
            "id": prompt,
            "text": catalogue.text(prompt, language),
            "file": str(catalogue.master(prompt, language)),
        }
        for prompt in sorted(catalogue.texts)
        if prompt not in made
    )
    show.listing(rows, ("id", "text", "file"), as_json=json)
