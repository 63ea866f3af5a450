"""A short menu for trying faults out: every place of a call is a key or two away."""

import shutil
from pathlib import Path
from typing import Any

from config.prompts import DEFAULT_FOLDER
from scripts.caller import Call
from scripts.caller.sounds import tone_share
from tests.calls.hotline import Hotline

NEVER_RENDERED = "never-rendered"
"""A prompt of the catalogue whose sound the PBX does not have: to ask with it fails."""
MENU = f"""\
name: hotline
start: opening
defaults: {{silence: 5, tries: 3, otherwise: operator}}
steps:
  opening: {{type: hours, open: main, closed: closed}}
  closed: {{type: say, say: [closed], then: busy}}
  main:
    type: menu
    say: [main-menu]
    keys:
      "0": operator
      "1": number
      "3": called-back
      "5": enquiry
      "8": {{to: main, language: other}}
      "9": broken
      "#": goodbye
  broken: {{type: menu, say: [{NEVER_RENDERED}], keys: {{"1": goodbye}}}}
  enquiry: {{type: enquiry, then: goodbye, otherwise: operator}}
  operator: {{type: queue, queue: umum, wait: 30, otherwise: busy}}
  busy: {{type: menu, say: [closed-menu], keys: {{"1": number, "9": broken}}, otherwise: number}}
  number: {{type: number, then: promise, otherwise: promise}}
  promise: {{type: promise, then: message-offer}}
  called-back: {{type: number, then: message, otherwise: message}}
  message-offer:
    type: menu
    say: [message-offer]
    keys: {{"1": message, "2": goodbye, "9": broken}}
    otherwise: goodbye
  message: {{type: message, seconds: 30, silence: 5, then: message-offer}}
  goodbye: {{type: goodbye, say: [goodbye]}}
"""


async def leaves_number_and_message(call: Call, pcm: bytes) -> None:
    """From the menu; then the line asks whether the message is to be kept."""
    await call.hears("main-menu")
    await call.presses("3")
    await call.hears("number-we-call")
    await call.presses("1")
    await call.hears("message-record", whole=True)
    await call.hears_sound(lambda heard: tone_share(heard, 1000) > 0.7, 0.2)
    call.speaks(pcm)
    await call.has_spoken()
    await call.presses("#")
    await call.hears("message-review")


async def serves(hotline: Hotline, **more: Any) -> None:
    """Have the service up with the short menu; `more` settings may replace some of `files`."""
    folder = hotline.installation.state.folder / "quick"
    if not folder.exists():
        _write(folder)
    files = {
        "sounds": str(hotline.installation.sounds),
        "flows": str(folder / "flows"),
        "prompts": str(folder / "prompts"),
    }
    await hotline.serves(**more | {"files": files | more.get("files", {})})


def _write(folder: Path) -> None:
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "hotline.yaml").write_text(MENU)
    (folder / "prompts").mkdir()
    catalogue = folder / "prompts" / "catalogue.yaml"
    shutil.copy(DEFAULT_FOLDER / "catalogue.yaml", catalogue)
    with catalogue.open("a") as more:
        more.write(f"\n{NEVER_RENDERED}:\n  id: Tidak pernah terdengar.\n  en: Never heard.\n")
