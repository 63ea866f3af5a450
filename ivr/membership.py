"""What is asked of the PBX's queues about one agent. Everything raises `AmiError`."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import structlog

from ivr.ami import Ami, AmiRefused, action
from ivr.members import Member

log = structlog.get_logger()


class Membership:
    def __init__(self, ami: Ami) -> None:
        self._ami = ami

    async def add(
        self, extension: str, queues: Mapping[str, int], members: Mapping[str, Member]
    ) -> None:
        """Into these queues, by their penalties; paused if the agent is so in any of `members`."""
        pause = next((one for one in members.values() if one.paused), None)
        answers = self._ami.post(
            [
                action(
                    "QueueAdd",
                    Queue=queue,
                    Interface=phone(extension),
                    Penalty=str(penalty),
                    MemberName=extension,
                    StateInterface=phone(extension),
                    Paused="true" if pause else "false",
                    **({"Reason": pause.reason} if pause and pause.reason else {}),
                )
                for queue, penalty in queues.items()
            ]
        )
        for queue, answer in zip(queues, answers, strict=True):
            try:
                await answer
            except AmiRefused as refused:  # There already, or a queue that is not yet published.
                log.info("agent.not_added", agent=extension, queue=queue, reason=str(refused))

    async def remove(self, extension: str, queues: Iterable[str]) -> None:
        answers = self._ami.post(
            [action("QueueRemove", Queue=queue, Interface=phone(extension)) for queue in queues]
        )
        for answer in answers:
            with suppress(AmiRefused):  # It was not there any more.
                await answer

    async def pause(self, extension: str, reason: str) -> None:
        """In all queues; with no reason not paused. `AmiRefused` when in none."""
        await self._ami.ask(
            "QueuePause",
            Interface=phone(extension),
            Paused="true" if reason else "false",
            **({"Reason": reason} if reason else {}),
        )

    async def set_penalty(self, extension: str, queue: str, penalty: int) -> None:
        await self._ami.ask(
            "QueuePenalty", Interface=phone(extension), Penalty=str(penalty), Queue=queue
        )


def phone(extension: str) -> str:
    """The agent's endpoint, by which the queues know them."""
    return f"PJSIP/{extension}"
