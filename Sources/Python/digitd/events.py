"""The events of the feed (protocol 2). ``timestamp``, ``start_ms``, ``end_ms`` and ``decided_ms`` are milliseconds on
the stream's own clock: since capture began, overruns and outages included. ``lost_ms`` and ``compute_ms`` are durations."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from dataclasses import dataclass, field
from datetime import datetime, timezone


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has."""

    #: When it was said, by the wall's clock.
    time: datetime
    #: Rises by one with every broadcast event but level and spectrum.
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What the network made of something that was said."""

    digit: int
    text: str = ""
    #: The word in Latin letters; only where the language has others.
    latin: str | None = None
    #: The calibrated probability, 0 to 1.
    confidence: float = 0.0
    #: Of each of the ten digits, given that one was said.
    probabilities: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A digit of a number, or a gap in it: then ``digit`` is None."""

    digit: int | None = None
    confidence: float | None = None
    start_ms: int = 0
    end_ms: int = 0


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another way to understand a number."""

    digits: str
    confidence: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Hello(Event):
    """The first event of a connection."""

    service: str = "digitd"
    version: str = ""
    protocol: int = 0
    #: New at each start of the daemon; ``sequence`` counts within it.
    session: str = ""
    model: str = ""
    language: str = ""
    labels: list[str] = field(default_factory=list)
    device: str = ""
    #: listening, paused, lost, busy, denied or stalled.
    state: str = ""
    #: What is wrong with the signal now: silent, clipping, …
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class VoiceStarted(Event):
    timestamp: int


@dataclass(frozen=True, kw_only=True)
class VoiceStopped(Event):
    timestamp: int


@dataclass(frozen=True, kw_only=True)
class Transcript(Event):
    """A digit was recognised."""

    digit: int
    text: str = ""
    #: As it was said: "oh" for 0.
    spoken: str = ""
    #: The word in Latin letters; only where the language has others.
    latin: str | None = None
    confidence: float = 0.0
    probabilities: list[float] = field(default_factory=list)
    start_ms: int = 0
    end_ms: int = 0
    decided_ms: int = 0
    compute_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Number(Event):
    """A run of digits is over."""

    #: "427": a string, because leading zeros count.
    digits: str
    text: str = ""
    #: The words in Latin letters; only where the language has others.
    latin: str | None = None
    #: False if something in it was not understood.
    complete: bool = True
    #: That all of it is right, 0 to 1.
    confidence: float = 0.0
    words: list[Word] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    start_ms: int = 0
    end_ms: int = 0
    decided_ms: int = 0


@dataclass(frozen=True, kw_only=True)
class NotDetected(Event):
    """Something was said that is no digit, or not surely one."""

    #: too-short, too-long, too-quiet, not-a-digit or unsure.
    reason: str
    start_ms: int = 0
    end_ms: int = 0
    decided_ms: int = 0
    compute_ms: float = 0.0
    best_guess: Guess | None = None


@dataclass(frozen=True, kw_only=True)
class Level(Event):
    """How loud it is, ten times a second; −200 is silence."""

    rms_dbfs: float
    peak_dbfs: float = -200.0
    noise_floor_dbfs: float = -200.0
    threshold_dbfs: float = -200.0
    speech: bool = False


@dataclass(frozen=True, kw_only=True)
class Spectrum(Event):
    """The mean power of the last 100 ms in 32 mel bands, the lowest first."""

    timestamp: int
    bands_dbfs: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Device(Event):
    """The microphone's state changed."""

    state: str
    name: str = ""
    #: How much sound was lost, when it came back.
    lost_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Condition(Event):
    """The signal looks wrong, or no longer."""

    condition: str
    on: bool = True


@dataclass(frozen=True, kw_only=True)
class Overrun(Event):
    lost_ms: int


@dataclass(frozen=True, kw_only=True)
class Dropped(Event):
    """This program was too slow: so many events that it asked for are not there."""

    count: int


@dataclass(frozen=True, kw_only=True)
class Subscribed(Event):
    """The answer to a subscription."""

    events: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Error(Event):
    """The answer to what could not be understood or done."""

    text: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Status(Event):
    """The answer to ``status``: what is counted since the start."""

    version: str = ""
    session: str = ""
    model: str = ""
    language: str = ""
    device: str = ""
    state: str = ""
    #: All that came, those fields included that this version has no name for.
    data: dict[str, typing.Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unknown(Event):
    """An event that this version does not know, as it came."""

    type: str
    data: dict[str, typing.Any] = field(default_factory=dict)


_TYPES: dict[str, type[Event]] = {
    "hello": Hello,
    "voice-started": VoiceStarted,
    "voice-stopped": VoiceStopped,
    "transcript": Transcript,
    "number": Number,
    "not-detected": NotDetected,
    "level": Level,
    "spectrum": Spectrum,
    "device": Device,
    "condition": Condition,
    "overrun": Overrun,
    "dropped": Dropped,
    "subscribed": Subscribed,
    "error": Error,
    "status": Status,
}


def parse(line: str | bytes) -> Event:
    """An event from a line of the feed.

    Fields that are not known are passed over, and an event whose type is not, or that lacks what it needs, comes as
    ``Unknown``. Raises ``ValueError`` if the line is no event at all.
    """
    message = json.loads(line)
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ValueError("no event: an object with a type is wanted")
    data = message.get("data")
    if not isinstance(data, dict):
        data = {}
    return make(message["type"], data)


def make(name: str, data: dict[str, typing.Any]) -> Event:
    kind = _TYPES.get(name)
    if kind is not None:
        try:
            return _build(kind, data, time=_time(data.get("time")))
        except (TypeError, ValueError):
            pass
    return Unknown(time=_time(data.get("time")), sequence=_integer(data.get("sequence")), type=name, data=data)


def _time(text: typing.Any) -> datetime:
    """RFC 3339; the beginning of time where it is not."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return datetime.fromtimestamp(0, timezone.utc)


def _integer(value: typing.Any) -> int:
    return value if isinstance(value, int) else 0


def _build(kind: type, data: dict[str, typing.Any], **given: typing.Any) -> typing.Any:
    hints = _hints(kind)
    fields = dict(given)
    for name, hint in hints.items():
        if name in fields:
            continue
        if name == "data" and kind is Status:
            fields[name] = data
        elif data.get(name) is not None:
            fields[name] = _value(hint, data[name])
    return kind(**fields)


_known_hints: dict[type, dict[str, typing.Any]] = {}


def _hints(kind: type) -> dict[str, typing.Any]:
    if kind not in _known_hints:
        hints = typing.get_type_hints(kind)
        _known_hints[kind] = {each.name: hints[each.name] for each in dataclasses.fields(kind)}
    return _known_hints[kind]


def _value(hint: typing.Any, value: typing.Any) -> typing.Any:
    """A JSON value as what a field holds. Raises TypeError if it is another kind of thing."""
    origin = typing.get_origin(hint)
    if origin is types.UnionType or origin is typing.Union:
        return _value(next(each for each in typing.get_args(hint) if each is not type(None)), value)
    if origin is list:
        if not isinstance(value, list):
            raise TypeError
        return [_value(typing.get_args(hint)[0], each) for each in value]
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise TypeError
        return _build(typing.cast(type, hint), value)
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if hint in (int, str, bool) and type(value) is hint:
        return value
    raise TypeError
