"""A caller: a real SIP phone with real audio, an ear that knows the prompts, and what they do."""

from scripts.caller.call import Call, NotHeard
from scripts.caller.phone import Dialled, Phone

__all__ = ["Call", "Dialled", "NotHeard", "Phone"]
