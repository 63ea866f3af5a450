"""A burst of webhooks as WhatsApp may deliver one: repeated, and not in order."""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

REPEATED = 5
"""Every so many-th comes twice."""
NEAR = 40
"""So far one may come from its place."""


@dataclass(frozen=True, slots=True)
class Posted:
    wamid: str
    body: bytes


def burst(run: str, number_id: str, webhooks: int, people: int) -> Sequence[Posted]:
    """A message each; what a person writes is counted, and sent a second apart."""
    chance = random.Random(run)
    first = int(time.time()) - webhooks // people - 1
    phones = chance.sample(range(10_000_000, 99_999_999), people)
    posts = []
    for n in range(webhooks):
        nth, who = divmod(n, people)
        wamid = f"wamid.{run}.{n:06d}"
        post = Posted(wamid, _body(number_id, wamid, f"62812{phones[who]}", first + nth, nth))
        posts += [post, post] if n % REPEATED == 0 else [post]
    places = [(n + chance.random() * NEAR, post) for n, post in enumerate(posts)]
    return [post for _, post in sorted(places, key=lambda one: one[0])]


def _body(number_id: str, wamid: str, phone: str, at: int, nth: int) -> bytes:
    message = {
        "from": phone,
        "id": wamid,
        "timestamp": str(at),
        "type": "text",
        "text": {"body": f"pesan ke {nth}"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "628111451587", "phone_number_id": number_id},
        "contacts": [{"profile": {"name": "Pedagang"}, "wa_id": phone}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
