"""What the digitd daemon hears: spoken digits from a microphone, as typed events.

    async for event in digitd.subscribe():
        if isinstance(event, digitd.Transcript):
            print(event.digit)
"""

from .client import (
    Disconnected,
    NoDaemon,
    RequestFailed,
    Update,
    default_socket,
    pause,
    resume,
    status,
    subscribe,
)
from .events import (
    Alternative,
    Condition,
    Device,
    Dropped,
    Error,
    Event,
    Guess,
    Hello,
    Level,
    NotDetected,
    Number,
    Overrun,
    Spectrum,
    Status,
    Subscribed,
    Transcript,
    Unknown,
    VoiceStarted,
    VoiceStopped,
    Word,
    parse,
)

__version__ = "0.1.0"

__all__ = [
    "Alternative", "Condition", "Device", "Disconnected", "Dropped", "Error", "Event", "Guess", "Hello", "Level",
    "NoDaemon", "NotDetected", "Number", "Overrun", "RequestFailed", "Spectrum", "Status", "Subscribed", "Transcript",
    "Unknown", "Update", "VoiceStarted", "VoiceStopped", "Word", "default_socket", "parse", "pause", "resume",
    "status", "subscribe",
]
