"""Signing in by an OpenID provider (OpenID Connect Core 1.0): code flow with PKCE, and every check.

Whatever is not as it has to be is a refusal; nothing is forgiven but a clock.
"""

import asyncio
import hmac
import json
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from tickets.errors import TicketError

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Those with a public key alone: with a shared one whoever can check could also sign."""
LARGEST = 256 * 1024
"""Bytes of an answer of the provider."""
FRESH = 3600.0
"""Seconds that its addresses and keys are believed without asking again."""
AGAIN = 10.0
"""Seconds between two looks for a key that nobody knows."""
OLDEST = 600
"""Seconds since a token was made."""


class OidcRefused(TicketError):
    """The provider, or who came back from it, did not prove who they are."""


class OidcAway(TicketError):
    """The provider cannot be asked just now."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What the browser keeps, encrypted, until it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody, as the provider vouches."""

    issuer: str
    subject: str
    login: str
    name: str
    groups: frozenset[str]
    token: str = field(default="", repr=False)
    """That proved it, for signing out there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the operator has agreed on with the provider."""

    issuer: str
    client_id: str
    secret: str = ""
    """Empty for a client that has none, and proves itself by PKCE alone."""
    scopes: tuple[str, ...] = ("openid", "profile")
    login_claim: str = "preferred_username"
    groups_claim: str = "groups"
    algorithms: tuple[str, ...] = ALGORITHMS
    skew: float = 60.0
    """Seconds that the provider's clock may differ."""
    patience: float = 10.0


@dataclass(frozen=True, slots=True)
class _Places:
    authorization: str
    token: str
    keys: str
    tells_issuer: bool
    end: str | None
    """Where a browser ends its session; None where the provider does not offer it."""
    at: float


@dataclass
class Provider:
    """An OpenID provider. Every method raises OidcAway and OidcRefused."""

    client: Client
    wall: Callable[[], float] = time.time
    stopwatch: Callable[[], float] = time.monotonic
    _places: _Places | None = None
    _keys: list[Key] = field(default_factory=list)
    _keys_at: float | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self, back: str) -> tuple[str, Pending]:
        """Where a browser is sent, and what it has to bring back to `back`."""
        places = await self._where()
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
        digest = sha256(pending.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": back,
            "scope": " ".join(self.client.scopes),
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(places.authorization).query else "?"
        return places.authorization + joint + urlencode(query), pending

    async def finish(self, pending: Pending, given: Mapping[str, str], back: str) -> Identity:
        """Who came back with these parameters."""
        if not hmac.compare_digest(given.get("state", "").encode(), pending.state.encode()):
            raise OidcRefused("the state is not the one that this browser was sent with")
        places = await self._where()
        issuer = given.get("iss")
        if (issuer is None and places.tells_issuer) or issuer not in (None, self.client.issuer):
            raise OidcRefused("the answer is not this provider's")  # RFC 9207
        if "error" in given or not given.get("code"):
            raise OidcRefused(f"the provider refused: {given.get('error', 'no code')[:80]!r}")
        token = await self._token(places, given["code"], back, pending.verifier)
        found = self._identity(await self._claims(places, token), pending.nonce)
        return replace(found, token=token)

    async def leave(self, token: str, back: str) -> str | None:
        """Where a browser ends its session with the provider, which sends it on to `back`; None
        where the provider offers none. `token` may be empty."""
        end = (await self._where()).end
        if end is None:
            return None
        query = {"client_id": self.client.client_id, "post_logout_redirect_uri": back}
        if token:
            query["id_token_hint"] = token
        return end + ("&" if urlsplit(end).query else "?") + urlencode(query)

    async def _token(self, places: _Places, code: str, back: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        headers = {}
        if self.client.secret:
            # RFC 6749, 2.3.1: each is encoded before they are joined.
            pair = (quote(one, safe="") for one in (self.client.client_id, self.client.secret))
            headers["Authorization"] = "Basic " + b64encode(":".join(pair).encode()).decode()
        else:
            form["client_id"] = self.client.client_id
        answer = await self._ask("POST", places.token, form, headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise OidcRefused("the provider gave no identity")
        return token

    async def _claims(self, places: _Places, token: str) -> Mapping[str, Any]:
        try:
            signed = jws.extract_compact(token.encode("ascii"))
            header = signed.headers()
            if header.get("alg") not in self.client.algorithms:
                raise OidcRefused(f"the identity is signed by {header.get('alg')!r}")
            key = await self._key(places, header.get("kid"), str(header["alg"]))
            jws.deserialize_compact(token, key, algorithms=list(self.client.algorithms))
            claims = json.loads(signed.payload)
        except (JoseError, ValueError) as error:
            raise OidcRefused(f"the identity is not signed as it has to be: {error}") from None
        if not isinstance(claims, dict):
            raise OidcRefused("the identity is nobody's")
        return claims

    def _identity(self, claims: Mapping[str, Any], nonce: str) -> Identity:
        now, skew = self.wall(), self.client.skew
        ends, made, begins = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        party = claims.get("azp", None if len(audiences) > 1 else self.client.client_id)
        given, subject = claims.get("nonce"), claims.get("sub")
        checks = {
            "another provider's": claims.get("iss") == self.client.issuer,
            "for somebody else": self.client.client_id in audiences,
            "for another party": party == self.client.client_id,
            "over": ends is not None and now < ends + skew,
            "of no time, or too old": made is not None and now < made + OLDEST + skew,
            "of the future": (made or 0) <= now + skew and (begins or 0) <= now + skew,
            "of another sign-in": isinstance(given, str)
            and hmac.compare_digest(given.encode(), nonce.encode()),
            "of nobody": isinstance(subject, str) and 0 < len(subject) <= 255,
        }
        if wrong := [what for what, right in checks.items() if not right]:
            raise OidcRefused(f"the identity is {', '.join(wrong)}")
        groups = claims.get(self.client.groups_claim)
        listed = groups if isinstance(groups, list) else [groups]
        login = claims.get(self.client.login_claim)
        return Identity(
            self.client.issuer,
            str(subject),
            login.strip().lower() if isinstance(login, str) else "",
            str(claims.get("name") or login or ""),
            frozenset(one for one in listed if isinstance(one, str)),
        )

    async def _key(self, places: _Places, kid: object, algorithm: str) -> Key:
        """The one that the token names; asked for anew when nobody knows it, for keys change."""
        async with self._lock:
            now = self.stopwatch()
            age = None if self._keys_at is None else now - self._keys_at
            found = _fitting(self._keys, kid, algorithm)
            if age is None or age > FRESH or (not found and age > AGAIN):
                self._keys = await self._fetch_keys(places)
                self._keys_at = now
                found = _fitting(self._keys, kid, algorithm)
        if len(found) != 1:
            raise OidcRefused("the identity is signed with a key that the provider does not name")
        return found[0]

    async def _fetch_keys(self, places: _Places) -> list[Key]:
        listed = (await self._ask("GET", places.keys)).get("keys")
        keys: list[Key] = []
        for one in listed if isinstance(listed, list) else []:
            try:
                keys += KeySet.import_key_set({"keys": [one]}).keys
            except (JoseError, ValueError, TypeError, KeyError):
                continue  # Of a kind that we do not know; others may be for us.
        return keys

    async def _where(self) -> _Places:
        now = self.stopwatch()
        if self._places and now - self._places.at < FRESH:
            return self._places
        issuer = self.client.issuer
        told = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            raise OidcRefused(f"the provider calls itself {str(told.get('issuer'))[:80]!r}")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        addresses = [told.get(name) for name in names]
        for address in addresses:
            if not isinstance(address, str) or not _as_safe(address, issuer):
                raise OidcRefused("the provider names an address that is not by HTTPS")
        tells = told.get("authorization_response_iss_parameter_supported") is True
        where, token, keys = map(str, addresses)
        # One that is not safe is as good as none: whoever signs out is not kept in for it.
        end = told.get("end_session_endpoint")
        end = end if isinstance(end, str) and end.isprintable() and _as_safe(end, issuer) else None
        self._places = _Places(where, token, keys, tells, end, now)
        return self._places

    async def _ask(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=self.client.patience)
        wanted = {"Accept": "application/json", **(headers or {})}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
                http.request(
                    method, url, data=form, headers=wanted, allow_redirects=False
                ) as response,
            ):
                raw = await response.content.read(LARGEST + 1)
                while len(raw) <= LARGEST and (more := await response.content.read(LARGEST)):
                    raw += more
                status = response.status
        except (aiohttp.ClientError, OSError) as error:
            raise OidcAway(f"the provider does not answer: {type(error).__name__}") from None
        if status >= 500:
            raise OidcAway(f"the provider answers {status}")
        if status != 200 or len(raw) > LARGEST:
            raise OidcRefused(f"the provider answers {status}, {len(raw)} bytes")
        try:
            told = json.loads(raw)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise OidcRefused("the provider talks nonsense")
        return told


def _fitting(keys: list[Key], kid: object, algorithm: str) -> list[Key]:
    kinds = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
    return [
        key
        for key in keys
        if key.key_type == kinds.get(algorithm[:2])
        and (kid is None or key.kid == kid)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    ]


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_safe(address: str, issuer: str) -> bool:
    """By HTTPS, or on this machine like the issuer itself."""
    parts, ours = urlsplit(address), urlsplit(issuer)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return (parts.scheme, parts.hostname) == (ours.scheme, ours.hostname)
