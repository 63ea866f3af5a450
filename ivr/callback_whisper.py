"""What an agent hears before the person's phone is dialled: who, about what, waiting since when."""

from config import speech
from config.phones import national
from ivr.ports_queue import DueCallback

LANGUAGE = "id"
"""The agents'."""
FOLDER = "saluran"


def whisper(due: DueCallback, phone: str, *, refusable: bool) -> str:
    """The sounds, as the application Read takes them. Of a name nothing can be played."""
    words = [
        "callback-offer",
        *speech.digits(national(phone)),
        f"topic-{due.topic.lower()}",
        "callback-since",
        *speech.moment(due.since, LANGUAGE),
        *(["callback-refuse"] if refusable else []),
    ]
    return "&".join(f"{FOLDER}/{word}" for word in words)
