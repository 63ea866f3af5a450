"""OpenID providers: a real one in a process's thread, and one that says whatever a test wants."""

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import oidc_provider_mock
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jws
from joserfc.jwk import ECKey, Key, RSAKey
from werkzeug.serving import make_server

CLIENT = "saluran"
SECRET = "a secret: of the desk & provider"
WSGI = Callable[..., Iterable[bytes]]


class WithPkce:
    """The provider, and PKCE before it (RFC 7636), which it lacks: a code is given out only for
    the verifier whose digest came with the request for it."""

    def __init__(self, app: WSGI) -> None:
        self._app = app
        self.challenges: list[str] = []
        """As they were sent, not yet used."""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/oauth2/authorize" and environ["REQUEST_METHOD"] == "POST":
            query = parse_qs(environ["QUERY_STRING"])
            assert query["code_challenge_method"] == ["S256"]
            self.challenges += query["code_challenge"]
        if environ["PATH_INFO"] == "/oauth2/token":
            raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(raw)
            verifier = parse_qs(raw.decode())["code_verifier"][0]
            digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
            if digest not in self.challenges:
                start("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
            self.challenges.remove(digest)
        return self._app(environ, start)


@contextmanager
def real_provider() -> Iterator[str]:
    """Its issuer. Whoever asks `PUT /users/SUB` says what is claimed of them."""
    app = WithPkce(oidc_provider_mock.app(require_client_registration=False, require_nonce=True))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        running.join()
        server.server_close()


@dataclass
class Forger:
    """A provider that gives out `claims` signed with `key`, and answers as it is told."""

    issuer: str = ""
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: list[Key] | None = None
    """None for `key` alone."""
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    claims: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    raw_token: str | None = None
    looks: int = 0
    """How often its keys were asked for."""
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def where(self, _: web.Request) -> web.Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return web.json_response(told | self.places)

    async def keys(self, _: web.Request) -> web.Response:
        self.looks += 1
        keys = [self.key] if self.published is None else self.published
        return web.json_response({"keys": [key.as_dict(private=False) for key in keys]})

    async def token(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode()))
        self.asked.append(form | {"authorization": request.headers.get("Authorization", "")})
        signed = self.raw_token
        if signed is None:
            payload = json.dumps(self.claims).encode()
            algorithms = [self.header["alg"]]
            signed = jws.serialize_compact(self.header, payload, self.key, algorithms=algorithms)
        headers = {"Location": f"{self.issuer}/elsewhere"}
        return web.json_response({"id_token": signed}, status=self.token_status, headers=headers)


@asynccontextmanager
async def forging() -> AsyncIterator[Forger]:
    forger = Forger()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", forger.where)
    app.router.add_get("/keys", forger.keys)
    app.router.add_post("/token", forger.token)
    server = TestServer(app)
    await server.start_server()
    forger.issuer = str(server.make_url("/")).rstrip("/")
    try:
        yield forger
    finally:
        await server.close()


def signed_by_secret(secret: bytes, claims: Mapping[str, Any]) -> str:
    """HS256, by hand: no library lends itself to a public key as the secret."""
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "one"}, claims)]
    text = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    digest = urlsafe_b64encode(hmac.digest(secret, text, "sha256")).rstrip(b"=")
    return (text + b"." + digest).decode()


def curve_key(kid: str) -> Key:
    return ECKey.generate_key("P-256", {"kid": kid})
