"""What the PBX includes: its queues, and the phones of its agents. Pure text.

Everything in it was checked where it came from (`config.queues`, the table `agent`); names are
cleaned once more, for a line in these files may not be made by whoever chooses a name.
"""

from collections.abc import Iterable, Iterator, Mapping

from config.agent_secrets import REALM
from config.queues import Queue, Queues, agent_queue
from config.settings_groups import Phones
from ivr.ports_queue import Agent

HEADER = "; Written by Saluran; changes made here are lost.\n"

COMMON = {
    # A key pressed while waiting is looked up there.
    "context": "saluran-queue-keys",
    "autofill": "yes",
    "ringinuse": "no",
    # Who does not answer, or refuses, is paused everywhere, so that the next call rings another.
    "autopause": "all",
    "autopausebusy": "yes",
    "setinterfacevar": "yes",
    "setqueueentryvar": "yes",
    "timeoutrestart": "no",
    "reportholdtime": "no",
    # Places and times are told by the service, in whole sentences, and what may be pressed by the
    # music: while the PBX's queue speaks by itself it serves that caller no agent.
    "announce-frequency": "0",
    "announce-position": "no",
    "announce-holdtime": "no",
}
CALLERS_STAY = {
    # Nobody joins whom nobody could answer; a break does not count, its end is near.
    "joinempty": "unavailable,invalid,unknown",
    # Who waits stays through breaks and a phone's loss of network, not when all have logged out.
    "leavewhenempty": "invalid",
}
CALLERS_GO_ON = {
    # To wait for one agent is a favour: with the agent away the caller goes on to the others.
    "joinempty": "paused,unavailable,invalid,unknown",
    "leavewhenempty": "paused,unavailable,invalid,unknown",
}

GUARD = 2
"""Seconds; whole ones are counted, so that it may be one less."""

ENDPOINT = {
    "type": "endpoint",
    "context": "saluran-agent",
    "message_context": "saluran-nowhere",
    "disallow": "all",
    "allow": "alaw,ulaw,g722",
    "dtmf_mode": "rfc4733",
    "direct_media": "no",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
    "allow_transfer": "no",
    "allow_subscribe": "no",
    "trust_id_inbound": "no",
    "identify_by": "username",
    # One call at a time: whoever is on the phone is not rung.
    "device_state_busy_at": "1",
    # A phone that vanished in a call is noticed by its silence.
    "rtp_timeout": "5",
    "rtp_timeout_hold": "300",
    "language": "id",
}
AOR = {
    "type": "aor",
    # One phone an agent: the one that registered last.
    "max_contacts": "1",
    "remove_existing": "yes",
    "minimum_expiration": "30",
    "default_expiration": "120",
    "maximum_expiration": "600",
    "qualify_frequency": "15",
    "qualify_timeout": "3.0",
}
AUTH = {"type": "auth", "auth_type": "md5", "realm": REALM}

MEDIA_ENCRYPTION = {
    "no": {"media_encryption": "no"},
    "sdes": {"media_encryption": "sdes"},
    "dtls": {
        "media_encryption": "dtls",
        "dtls_auto_generate_cert": "yes",
        "dtls_setup": "actpass",
        "dtls_verify": "fingerprint",
    },
}


def queues_conf(queues: Queues, agents: Iterable[Agent]) -> str:
    """The text of `queues_saluran.conf`; members are none of its business."""
    parts = [HEADER, _section("saluran-queue", COMMON, mark="(!)")]
    for name, queue in queues.items():
        for language in queue.languages:
            parts.append(_queue(queues.on_pbx(name, language), _lines(queue) | CALLERS_STAY))
    usual = _lines(queues[queues.default]) | CALLERS_GO_ON
    parts.extend(_queue(agent_queue(agent.extension), usual) for agent in agents)
    return "\n".join(parts)


def pjsip_conf(agents: Iterable[Agent], phones: Phones) -> str:
    """The text of `pjsip_agents.conf`: an agent's endpoint, the digest of its secret, its place."""
    endpoint = {**ENDPOINT, **MEDIA_ENCRYPTION[phones.media_encryption], **_media(phones)}
    parts = [
        HEADER,
        _section("saluran-phone", {**endpoint, **_permitted(phones)}, mark="(!)"),
        _section("saluran-secret", AUTH, mark="(!)"),
        _section("saluran-place", AOR, mark="(!)"),
    ]
    for agent in agents:
        parts.extend(_phone(agent))
    return "\n".join(parts)


def _queue(name: str, lines: Mapping[str, object]) -> str:
    return _section(name, lines, mark="(saluran-queue)")


def _lines(queue: Queue) -> dict[str, object]:
    lines: dict[str, object] = {
        "strategy": queue.strategy,
        "timeout": queue.ring,
        "retry": queue.retry,
        # The rest after a talk is the service's (ivr/agent_care.py): a pause, which an agent can
        # end. Until it is there, nobody may ring.
        "wrapuptime": min(queue.wrap_up, GUARD),
        "servicelevel": queue.service_level,
        "weight": queue.weight,
        "musicclass": queue.music,
        "maxlen": queue.max_length,
    }
    return lines


def _phone(agent: Agent) -> Iterator[str]:
    name = agent.extension
    shown = "".join(sign for sign in agent.name if sign.isprintable() and sign not in '"<>;\\')
    lines = {"auth": name, "aors": name, "callerid": f'"{shown}" <{name}>'}
    yield _section(name, lines, mark="(saluran-phone)")
    secret = {"username": name, "md5_cred": agent.digest}
    yield _section(name, secret, mark="(saluran-secret)")
    yield _section(name, {}, mark="(saluran-place)")


def _media(phones: Phones) -> dict[str, str]:
    if phones.media_address is None:
        return {}
    return {"media_address": str(phones.media_address), "bind_rtp_to_media_address": "yes"}


def _permitted(phones: Phones) -> dict[str, str]:
    if not phones.permit:
        return {}
    # `deny` first: of an access list the last line that fits decides.
    nets = ",".join(map(str, phones.permit))
    everyone = "0.0.0.0/0,::/0"
    return {
        "deny": everyone,
        "permit": nets,
        "contact_deny": everyone,
        "contact_permit": nets,
    }


def _section(name: str, lines: Mapping[str, object], *, mark: str = "") -> str:
    return f"[{name}]{mark}\n" + "".join(f"{key}={value}\n" for key, value in lines.items())
