"""The embedded Asterisk with our snippets and no service: what it does when it is left alone."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ivr import fallback_notes
from scripts.caller import Dialled, Phone
from scripts.caller.sounds import RATE, write_wav
from scripts.embedded.addresses import NUMBER
from scripts.embedded.installation import Installation

PLAIN = (
    "fallback-open", "closed", "closed-emergency", "apology", "number-we-call", "number-right",
    "number-enter", "number-wrong", "promise-known", "fallback-message", "fallback-thanks",
    "hours-open",
)  # fmt: skip
DIGITS = (*(f"pair/{n:02}" for n in range(100)), *(f"digit/{n}" for n in range(10)))


class LonePbx:
    """A running PBX and the folder that it shares with a service that is not there."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.shared = installation.state.folder / "pbx"

    def phone(self) -> Phone:
        """A phone that dials this PBX."""
        line = Dialled(NUMBER, "127.0.0.1", self.installation.ports.sip)
        return Phone(line, self.installation.sounds, self.installation.state.folder / "heard")

    def files(self) -> list[Path]:
        """What was noted of calls so far."""
        return sorted((self.shared / "fallback").glob("*.txt"))

    async def idle(self) -> None:
        """Wait until no call is left, whose last note might still come."""
        async with asyncio.timeout(20):
            command = "core show channels count"
            while "0 active channels" not in await self._console(command):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _console(self, command: str) -> str:
        return await asyncio.to_thread(self.installation.console, command)

    async def noted(self, line: str, seconds: float = 20) -> Path:
        """The call's file in which a line fits the expression `line`, as soon as there is one."""
        wanted = re.compile(line, re.MULTILINE)
        async with asyncio.timeout(seconds):
            while True:
                for path in self.files():
                    if wanted.search(path.read_text(encoding="ascii")):
                        return path
                await asyncio.sleep(0.05)

    async def story(self) -> list[tuple[str, str]]:
        """What was noted of the one call that there was, once that is over."""
        path = await self.noted("end=1")
        assert self.files() == [path]
        notes = fallback_notes.read(path)
        assert notes.cut == 0
        return [(note.key, note.value) for note in notes.lines]

    async def steps(self) -> list[str]:
        """The same without the call's particulars."""
        told = await self.story()
        assert [key for key, _ in told[:4]] == ["uniqueid", "caller", "dialled", "why"]
        return [f"{key}={value}" for key, value in told[4:] if key != "message"]

    @contextmanager
    def clock_ahead(self, seconds: int) -> Iterator[None]:
        """The dialplan as it is rendered for a rehearsal at a later time."""
        dialplan = self.installation.state.asterisk / "etc" / "extensions_saluran.conf"
        usual = dialplan.read_text(encoding="utf-8")
        assert usual.count("${EPOCH} + 0]") == 3
        try:
            dialplan.write_text(usual.replace("${EPOCH} + 0]", f"${{EPOCH}} + {seconds}]"))
            self.installation.console("dialplan reload")
            yield
        finally:
            dialplan.write_text(usual, encoding="utf-8")
            self.installation.console("dialplan reload")


@contextmanager
def running(folder: Path) -> Iterator[LonePbx]:
    """Start it on free ports, with every folder of it under `folder`; stop it at the end."""
    with Installation(folder, sounds=folder / "sounds") as installation:
        installation.prepare()
        _make_sounds(installation.sounds)
        installation.start_asterisk()
        yield LonePbx(installation)


def _make_sounds(folder: Path) -> None:
    """Noise instead of sentences, a different one for each id: the ear cannot mistake them."""
    for seed, name in enumerate((*PLAIN, *DIGITS)):
        samples = (
            np.random.default_rng(seed)
            .normal(0, 3000, int(RATE * (1.0 if name in PLAIN else 0.6)))
            .astype("<i2")
        )
        write_wav(folder / "id" / "saluran" / f"{name}.wav", samples.tobytes())
    write_wav(folder / "id" / "beep.wav", bytes(RATE // 5))
