"""A Wyoming client that knows nothing of digitd: the package `wyoming` as it is published.

    wyoming_client.py listen SOCKET                 print each event that comes, as one line of JSON, until the end
    wyoming_client.py transcribe SOCKET FROM TO WAV send the part of a recording between two times (seconds) to be
                                                    recognised, in chunks of 20 ms, and print the answer
    wyoming_client.py stream SOCKET FROM TO WAV     the same, with silence after it at its own pace and no end
"""

import asyncio
import json
import sys
import wave

from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncUnixClient


def show(event):
    print(json.dumps({"type": event.type, "data": event.data}), flush=True)


async def listen(path):
    async with AsyncUnixClient(path) as client:
        while (event := await client.read_event()) is not None:
            show(event)


async def transcribe(path, start, end, recording, ends=True):
    with wave.open(recording) as source:
        rate, width, channels = source.getframerate(), source.getsampwidth(), source.getnchannels()
        source.setpos(int(start * rate))
        sound = source.readframes(int((end - start) * rate))
    form = {"rate": rate, "width": width, "channels": channels}
    size = rate // 50 * width * channels
    async with AsyncUnixClient(path) as client:
        await client.write_event(Transcribe(language="en").event())
        await client.write_event(AudioStart(**form).event())
        for at in range(0, len(sound), size):
            await client.write_event(AudioChunk(audio=sound[at : at + size], **form).event())
        if ends:
            await client.write_event(AudioStop().event())
        else:
            task = asyncio.create_task(silence(client, form, size))
        while (event := await client.read_event()) is not None:
            show(event)
            # Home Assistant waits for nothing else.
            if event.type == "transcript":
                break
        if not ends:
            task.cancel()


async def silence(client, form, size):
    while True:
        await client.write_event(AudioChunk(audio=bytes(size), **form).event())
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["listen", path]:
            asyncio.run(listen(path))
        case ["transcribe", path, start, end, recording]:
            asyncio.run(transcribe(path, float(start), float(end), recording))
        case ["stream", path, start, end, recording]:
            asyncio.run(transcribe(path, float(start), float(end), recording, ends=False))
        case _:
            sys.exit(__doc__)
