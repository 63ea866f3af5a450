"""Jinja2 as the pages use it: everything is escaped, and a name that is missing is an error."""

import json
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config import phones
from tickets.web import shown_amounts, shown_times
from tickets.web.language import LANGUAGES, dictionaries
from tickets.web.pages.standing import standing
from tickets.web.statics import statics

FOLDER = Path(__file__).parents[1] / "templates"

HTMX = json.dumps(
    {
        # The policy allows neither; what a person saw stays in no browser's storage.
        "allowEval": False,
        "includeIndicatorStyles": False,
        "attributesToSettle": ["class", "width", "height"],
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "selfRequestsOnly": True,
        "scrollBehavior": "auto",
        # Pages of problems are shown like any other.
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[2345]..", "swap": True},
        ],
    }
)


@cache
def environment(language: str) -> Environment:
    """The templates in one language."""
    words = dictionaries()[language]
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "t": words,
        "lang": language,
        "languages": LANGUAGES,
        "other_words": {name: dictionaries()[name] for name in LANGUAGES},
        "static": statics().address,
        "htmx_config": HTMX,
        "due": partial(shown_times.due, words),
        "standing": standing,
    }
    made.filters |= {
        "moment": partial(shown_times.moment, words),
        "day": partial(shown_times.day, words),
        "date": partial(shown_times.date, words),
        "clock": partial(shown_times.clock, words),
        "length": partial(shown_times.length, words),
        "phone": phones.shown,
        "there": partial(shown_times.there, words),
        "for_input": shown_times.for_input,
        "grouped": partial(shown_amounts.grouped, words),
        "rupiah": partial(shown_amounts.rupiah, words),
    }
    return made
