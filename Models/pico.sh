#!/usr/bin/env bash
# pico.sh WORK OUT: synthesises each line of standard input with SVOX Pico's English voices in turn, at varying pitch and
# pace, into OUT/1.wav, 2.wav, …, and prints each file's name and voice. Builds it from PyPI's ttspico in WORK.
set -euo pipefail
work=${1:?"usage: pico.sh WORK OUT"} out=${2:?"usage: pico.sh WORK OUT"}
[ -d "$work/pico" ] || {
  python3 -m venv "$work/pico"
  "$work/pico/bin/pip" install -q ttspico==0.3.2 >&2
}
"$work/pico/bin/python" - "$out" 3<&0 <<'PYTHON'
import os, random, sys, wave
import ttspico

engines = {voice: ttspico.TtsEngine(voice) for voice in ("en-GB", "en-US")}
draw = random.Random(20261210)
for number, line in enumerate(os.fdopen(3), 1):
    voice = ("en-GB", "en-US")[number % 2]
    engine = engines[voice]
    engine.pitch, engine.rate = draw.randint(60, 150), draw.randint(75, 160)
    with wave.open(f"{sys.argv[1]}/{number}.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(engine.speak(line.strip()) or b"")
    print(f"{number}.wav {voice}")
PYTHON
