"""Somebody who reads pages and sends their forms, without any script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

import aiohttp

from tests.web.visitor import Visitor

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Seen:
    status: int
    path: str
    """With its query, after every redirection."""
    headers: Mapping[str, str]
    text: str

    @property
    def heading(self) -> str:
        match = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        assert match, self.text
        return self.words(match[1])

    @property
    def plain(self) -> str:
        """As it is read, but with telephone numbers as the API tells them: a test that looks for
        one finds it however pages write it."""
        return self.words(self._e164(self.text.partition("<main")[2].partition("</main>")[0]))

    @property
    def notice(self) -> str:
        match = re.search(r"data-notice>(.*?)</div>", self.text, re.DOTALL)
        return self.words(match[1]) if match else ""

    def hidden(self, name: str) -> str:
        match = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert match, f"no field {name}"
        return unescape(match[1])

    def typed(self, name: str) -> str:
        """What stands in a field of a form."""
        match = re.search(rf'<input [^>]*name="{name}"[^>]* value="([^"]*)"', self.text)
        assert match, f"no field {name}"
        return unescape(match[1])

    @staticmethod
    def _e164(text: str) -> str:
        whole = re.sub(
            r"\b0(\d{2,3}(?:\u00a0\d{3,4})+)\b",
            lambda match: "+62" + match[1].replace("\u00a0", ""),
            text,
        )
        return re.sub(r"\b0…(?=\d)", "+62…", whole)

    @staticmethod
    def words(markup: str) -> str:
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


@dataclass
class Reader:
    visitor: Visitor
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{one.key}={one.value}" for one in self.visitor.session.cookie_jar)

    @property
    def csrf(self) -> str:
        return self.visitor.headers.get("X-CSRF-Token", "")

    async def opens(self, path: str, headers: Mapping[str, str] | None = None) -> Seen:
        return await self._asks("GET", path, headers=headers)

    async def signs_in(self, login: str, password: str) -> Seen:
        to = "/audit"
        page = await self.sends("/sign-in", login=login, password=password, to=to)
        if match := re.search(r'name="csrf-token" content="([^"]+)"', page.text):
            self.visitor.headers["X-CSRF-Token"] = match[1]
        return page

    async def sends(
        self,
        path: str,
        csrf: str | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
        fields: Mapping[str, str] | None = None,
        **more: str | list[str],
    ) -> Seen:
        """A form; the page that is seen next."""
        given = [("csrf", self.csrf if csrf is None else csrf)]
        for name, value in {**(fields or {}), **more}.items():
            given += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return await self._asks("POST", path, headers=headers, data=given, follow=follow)

    async def sends_file(
        self, path: str, name: str, content: bytes, csrf: str | None = None
    ) -> Seen:
        """A form with a file; without a name it is one where none was chosen."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("csrf", self.csrf if csrf is None else csrf)
        form.add_field("file", content, filename=name.replace('"', "%22"))
        # The browser sends no header for a form: its token is in it.
        return await self._asks("POST", path, data=form, headers={"X-CSRF-Token": csrf or ""})

    async def posts(self, path: str, body: bytes, kind: str) -> Seen:
        return await self._asks("POST", path, headers={"Content-Type": kind}, data=body)

    async def _asks(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        data: object = None,
        follow: bool = True,
    ) -> Seen:
        session = self.visitor.session
        async with session.request(
            method,
            path,
            headers={**self.headers, **(headers or {})},
            data=data,
            allow_redirects=follow,
        ) as response:
            return Seen(
                response.status,
                response.url.raw_path_qs,
                response.headers,
                await response.text(errors="replace"),
            )
