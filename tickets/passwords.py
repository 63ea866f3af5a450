"""Passwords: Argon2id (RFC 9106), computed beside the event loop and never by too many at once."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tickets.errors import TicketError

ResultT = TypeVar("ResultT")

SHORTEST, LONGEST = 12, 200
THREADS = 2
WAITING = 32
"""More than so many waiting for a thread are turned away: each costs 64 MiB and some 50 ms."""


class PasswordRefused(TicketError):
    """It is too easy to guess; the message says what to do."""


class TooBusy(TicketError):
    """Too many sign in at once; try again in a moment."""


class Passwords:
    """Hashes and checks. The parameters stand in each hash, so they may be raised later."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._waiting = 0
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """Raises TooBusy."""
        return await self._in_thread(self._hasher.hash, _normal(password))

    async def is_right(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; without a hash it is not, after the same time.

        Raises TooBusy.
        """
        given = password_hash or self._nobodys
        right = await self._in_thread(self._verify, given, _normal(password))
        return right and password_hash is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[..., ResultT], *given: str) -> ResultT:
        if self._waiting >= WAITING:
            raise TooBusy("too many sign in just now: try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
        finally:
            self._waiting -= 1


def refuse_weak(password: str, login: str) -> None:
    """Raise PasswordRefused unless it is long enough, no single letter, and not the login."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefused(f"use {SHORTEST} to {LONGEST} letters: a sentence is good")
    if len(set(password.lower())) < 5:
        raise PasswordRefused("use more than a few different letters")
    if login.lower() in password.lower():
        raise PasswordRefused("leave your login out of it")


def _normal(password: str) -> str:
    """The same letters, however a keyboard composes them (RFC 8265 asks for NFC)."""
    return unicodedata.normalize("NFC", password)
