"""What the embedded PBX has for browsers: a certificate, an address, a caller only if asked."""

import ipaddress
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from config.settings_groups import Phones
from ivr.queue_place import left
from scripts.embedded import certificate, ice
from scripts.embedded.options import Options
from scripts.embedded.pbx import TEMPLATES, render


def test_the_certificate_is_of_this_machine_alone_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "web.pem"
    certificate.renew(path)
    made = path.read_bytes()
    read = x509.load_pem_x509_certificate(made)
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.IPv4Address("127.0.0.1")]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert load_pem_private_key(made, None).public_key() == read.public_key()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    certificate.renew(path)
    assert path.read_bytes() == made


def test_a_certificate_that_ends_soon_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "web.pem"
    with monkeypatch.context() as short:
        short.setattr(certificate, "HOLDS", timedelta(days=59))
        certificate.renew(path)
    first = path.read_bytes()
    certificate.renew(path)
    assert path.read_bytes() != first
    ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    assert ends - datetime.now(UTC) > timedelta(days=390)


def test_every_address_of_this_machine_is_told_as_loopback() -> None:
    found = ice.addresses()
    assert len(found) == len(set(found))
    assert not any(ipaddress.IPv4Address(address).is_loopback for address in found)
    lines = ice.host_candidates().splitlines()
    assert lines == [f"{address} => 127.0.0.1" for address in found]


def test_nobody_calls_from_a_page_unless_the_demo_asks_for_it() -> None:
    assert Options().web_caller is False
    text = (TEMPLATES / "embedded/pjsip.conf").read_text(encoding="utf-8")
    values = {"SIP_PORT": 1, "STATE_PBX": "/s", "WEB_CALLER": ""}
    assert "web_caller" not in render(text, values, "pjsip.conf")
    has_it = [path.name for path in TEMPLATES.rglob("*.conf") if "[web-caller]" in path.read_text()]
    assert has_it == ["pjsip_web_caller.conf"]


def test_a_caller_who_was_sent_on_says_whither() -> None:
    told = left("TRANSFER", "transfer:agent-6002")
    assert told
    assert (told.how, told.info) == ("transferred", "transfer:agent-6002")


@pytest.mark.parametrize("address", ["http://pbx/ws", "wss://", "wss://pbx/ws?key=1", "pbx:8089"])
def test_what_is_no_web_socket_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="web_socket"):
        Phones.model_validate({"web_socket": address})
