"""Starts digitd as systemd does that passes it a Unix socket and a TCP port, and asks it over TCP with the package
`wyoming` as it is published.

    wyoming_port.py FOLDER RECORDING FROM TO DIGITD…    the rest is the daemon's command

Prints what was answered, one JSON object a line: the Info, then the answer to the part of the recording between two times
in seconds, then what the Unix socket says first.
"""

import asyncio
import json
import pathlib
import signal
import subprocess
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
    passed = pathlib.Path(__file__).with_name("passed_sockets.py")
    with subprocess.Popen([sys.executable, passed, folder, *daemon], stdout=subprocess.PIPE, text=True) as child:
        try:
            port = int(child.stdout.readline())
            asyncio.run(asyncio.wait_for(ask(port, f"{folder}/s", recording, float(start), float(end)), 60))
        finally:
            child.send_signal(signal.SIGTERM)
            code = child.wait()
    print(json.dumps({"type": "exit", "data": {"code": code}}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
