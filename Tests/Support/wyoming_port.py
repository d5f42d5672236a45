"""Starts digitd as systemd does that passes it a Unix socket and a TCP port, and asks it over TCP with the package
`wyoming` as it is published.

    wyoming_port.py FOLDER RECORDING FROM TO DIGITD…    the rest is the daemon's command

Prints what was answered, one JSON object a line: the Info, then the answer to the part of the recording between two times
in seconds, then what the Unix socket says first.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import wave

from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.info import Describe


def show(event):
    print(json.dumps({"type": event.type, "data": event.data}), flush=True)


async def ask(port, path, recording, start, end):
    with wave.open(recording) as source:
        form = {"rate": source.getframerate(), "width": source.getsampwidth(), "channels": source.getnchannels()}
        source.setpos(int(start * form["rate"]))
        sound = source.readframes(int((end - start) * form["rate"]))
    async with AsyncClient.from_uri(f"tcp://127.0.0.1:{port}") as client:
        await client.write_event(Describe().event())
        while (event := await client.read_event()).type != "info":
            pass
        show(event)
        await client.write_event(Transcribe(language="en").event())
        await client.write_event(AudioStart(**form).event())
        for at in range(0, len(sound), 4096):
            await client.write_event(AudioChunk(audio=sound[at : at + 4096], **form).event())
        await client.write_event(AudioStop().event())
        while (event := await client.read_event()).type not in ("transcript", "not-detected", "error"):
            pass
        show(event)
    async with AsyncClient.from_uri(f"unix://{path}") as client:
        show(await client.read_event())


def main(folder, recording, start, end, *daemon):
    path = f"{folder}/s"
    listeners = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_INET)]
    listeners[0].bind(path)
    listeners[1].bind(("127.0.0.1", 0))
    port = listeners[1].getsockname()[1]
    for listener in listeners:
        listener.listen(8)
    child = os.fork()
    if child == 0:
        # Out of the way of 3 and 4 first.
        high = [os.dup2(listener.fileno(), 20 + i, inheritable=True) for i, listener in enumerate(listeners)]
        for i, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + i, inheritable=True)
        os.environ.update(LISTEN_FDS="2", LISTEN_PID=str(os.getpid()))
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 1)
        os.execv(daemon[0], daemon)
    try:
        # The sockets listen already: what is sent waits until the daemon has started.
        asyncio.run(asyncio.wait_for(ask(port, path, recording, float(start), float(end)), 60))
    finally:
        os.kill(child, signal.SIGTERM)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps({"type": "exit", "data": {"code": code}}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
