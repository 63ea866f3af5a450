"""The SIP stack: a process has one, however many phones it has."""

import asyncio

from baresip import Config, Runtime

_users = 0
_runtime: Runtime | None = None
_changing = asyncio.Lock()

CONFIG = Config(
    net_interface="127.0.0.1",
    max_concurrent_calls=None,
    # The jitter buffer cuts pieces out of recordings; on loopback nothing jitters.
    extra_config_text=(
        "sip_listen 127.0.0.1:0\nrtp_ports 34000-48000\naudio_jitter_buffer_type off\n"
    ),
)


async def join() -> Runtime:
    """The running stack; the first to ask starts it. Give it back with `leave`."""
    global _users, _runtime
    async with _changing:
        if _runtime is None:
            _runtime = Runtime()
            await _runtime.start(CONFIG)
        _users += 1
        return _runtime


async def leave() -> None:
    """The last to leave stops the stack."""
    global _users, _runtime
    async with _changing:
        _users -= 1
        if not _users and _runtime is not None:
            await _runtime.close()
            _runtime = None
