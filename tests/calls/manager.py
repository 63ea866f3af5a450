"""A test's own link to the hotline's PBX, and what the dialplan has beside the service's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ivr.ami import Ami, AmiAddress
from scripts.embedded.installation import Installation

# Not the service's user: the dialplan asks whether that one is there.
MANAGER = """
[tests]
secret=known-to-tests-alone
read=agent,call,user
write=agent,call,originate,reporting,system
allowmultiplelogin=yes
"""


@asynccontextmanager
async def manager(installation: Installation, dialplan: str = "") -> AsyncIterator[Ami]:
    """The link, with this dialplan added for as long as it is open."""
    etc = installation.state.asterisk / "etc"
    more = etc / "manager_more.conf", etc / "extensions_more.conf"
    for path, text in zip(more, (MANAGER, dialplan), strict=True):
        path.write_text(text)
    installation.console("dialplan reload")
    installation.console("manager reload")
    ami = Ami(AmiAddress("127.0.0.1", installation.ports.ami), "tests", "known-to-tests-alone")
    keeping = asyncio.create_task(ami.run())
    try:
        await ami.wait_up()
        yield ami
    finally:
        keeping.cancel()
        for path in more:
            path.unlink()
