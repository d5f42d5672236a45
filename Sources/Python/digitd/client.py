"""The connection to the daemon."""

from __future__ import annotations

import asyncio
import json
import os
import typing
from collections.abc import AsyncIterator
from dataclasses import dataclass

from .events import Device, Error, Event, Hello, Status, parse

SYSTEM_SOCKET = "/run/digitd/digitd.sock"

#: The longest line of the contract, and room to see that one is longer.
_LIMIT = 1 << 17
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0


class NoDaemon(ConnectionError):
    """Nobody answers at the socket."""


class RequestFailed(Exception):
    """The daemon answered with an error. ``code`` is its word for it."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Disconnected:
    """The connection ended; it is tried again after ``retry_in`` seconds."""

    reason: str
    retry_in: float


#: What ``subscribe`` gives.
Update = typing.Union[Event, Disconnected]


def default_socket() -> str:
    """Where the daemon is: DIGITD_SOCKET, else the system's socket if there is one, else the user's."""
    named = os.environ.get("DIGITD_SOCKET")
    if named:
        return named
    try:
        os.stat(SYSTEM_SOCKET)
        return SYSTEM_SOCKET
    except PermissionError:
        # Who may not look into its folder is told so when connecting.
        return SYSTEM_SOCKET
    except OSError:
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        return f"{runtime}/digitd.sock" if runtime.startswith("/") else SYSTEM_SOCKET


async def subscribe(*events: str, socket: str | None = None, reconnect: bool = True) -> AsyncIterator[Update]:
    """What the daemon hears, from now on.

    ``events`` names those wanted; without any come all but ``level`` and ``spectrum``. A ``Hello`` comes at the beginning of
    each connection. When one ends, ``Disconnected`` comes and it is tried again, for ever; with ``reconnect=False``
    the iteration ends, and raises ``NoDaemon`` if there was no connection at all.
    """
    path = socket or default_socket()
    pause = _FIRST_PAUSE
    while True:
        reason = "the daemon closed the connection"
        try:
            reader, writer = await _connect(path)
            try:
                if events:
                    await _send(writer, "subscribe", {"events": list(events)})
                async for event in _events(reader):
                    # Only a greeting shows that the daemon takes this client; one that is full answers with an error.
                    if isinstance(event, Hello):
                        pause = _FIRST_PAUSE
                    yield event
            finally:
                await _close(writer)
        except NoDaemon as error:
            if not reconnect:
                raise
            reason = str(error)
        except OSError as error:
            reason = str(error)
        if not reconnect:
            return
        yield Disconnected(reason, pause)
        await asyncio.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)


async def status(socket: str | None = None, timeout: float = 5.0) -> Status:
    """The daemon's counters. Raises ``NoDaemon``, or ``TimeoutError`` if it does not answer in time."""
    return typing.cast(Status, await _ask("status", socket, timeout, lambda event: isinstance(event, Status)))


async def pause(socket: str | None = None, timeout: float = 5.0) -> None:
    """Closes the microphone. Returns once it is closed."""
    await _ask("pause", socket, timeout, lambda event: _state(event) == "paused")


async def resume(socket: str | None = None, timeout: float = 5.0) -> None:
    """Opens the microphone again. Returns once the daemon listens, or knows why it cannot."""
    await _ask("resume", socket, timeout, lambda event: _state(event) not in (None, "paused"))


def _state(event: Event) -> str | None:
    return event.state if isinstance(event, (Device, Hello)) else None


async def _ask(
    request: str, socket: str | None, timeout: float, is_answer: typing.Callable[[Event], bool]
) -> Event:
    async def ask() -> Event:
        path = socket or default_socket()
        reader, writer = await _connect(path)
        try:
            await _send(writer, request, {})
            async for event in _events(reader):
                if isinstance(event, Error):
                    raise RequestFailed(event.text, event.code)
                if is_answer(event):
                    return event
            raise NoDaemon(f"the daemon at {path} closed the connection without an answer")
        finally:
            await _close(writer)

    return await asyncio.wait_for(ask(), timeout)


async def _connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_unix_connection(path, limit=_LIMIT)
    except OSError as error:
        raise NoDaemon(f"{path}: {os.strerror(error.errno) if error.errno else error}") from error


async def _send(writer: asyncio.StreamWriter, name: str, data: dict[str, typing.Any]) -> None:
    writer.write(json.dumps({"type": name, "data": data}).encode() + b"\n")
    await writer.drain()


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[Event]:
    """Lines that are no events are passed over: what is not known is ignored."""
    while line := await reader.readline():
        try:
            yield parse(line)
        except ValueError:
            continue


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass
