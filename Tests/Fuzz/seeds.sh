#!/bin/bash
# Writes valid examples to begin from: seeds.sh FOLDER makes FOLDER/messages, safetensors, configuration and sound.
# Needs Debian's sox.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
cd "$1"
mkdir -p messages safetensors configuration sound

n=0
message() { n=$((n + 1)); printf "$@" > "messages/$n"; }
message '{"type": "subscribe", "data": {"events": ["transcript", "level"]}}\n'
message '{"type":"subscribe"}\n{"type": "status"}\n{"type":"describe","data":null}\n'
message '{"type": "ping", "data": {"text": "h\\u00e9 \\"quoted\\" \\ud83d\\ude00"}}\n'
message '{"type": "transcribe", "data": {"name": "digits", "language": "en"}}\n{"type": "audio-start", "data": {"rate": 16000, "width": 2, "channels": 1}}\n{"type": "audio-chunk", "data": {"rate": 16000, "width": 2, "channels": 1}, "payload_length": 8}\nabcdefgh{"type": "audio-stop"}\n'
message '{"type": "audio-start", "data_length": 42}\n{"rate": 8000, "width": 4, "channels": 2    }{"type": "audio-chunk", "payload_length": 16}\n0123456789abcdef{"type":"audio-stop"}\n'
message '{"type": "transcript", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 7, "text": "seven", "digit": 7, "confidence": 0.98, "probabilities": [0, 0, 0, 0, 0, 0, 0.02, 0.98, 0, 0], "start_ms": 1, "end_ms": 2, "decided_ms": 3, "compute_ms": 0.5}}\n'
message '{"type": "x", "data": {"a": [1, -2.5e-3, true, false, null, {"b": []}], "c": 9007199254740993}}\r\n\n'
message '{"type": "status", "data_length": 3, "payload_length": 2}\n{ }ab'

python3 - << 'PYTHON'
import json, struct
def file(name, header, data):
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(f"safetensors/{name}", "wb").write(struct.pack("<Q", len(text)) + text + data)
file("empty", {}, b"")
file("metadata", {"__metadata__": {"format": "pt", "name": "a \"b\" \u00e9"}}, b"")
file("scalar", {"x": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}, struct.pack("<f", 1.5))
file("two", {"__metadata__": {"k": "v"}, "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
             "b.weight": {"dtype": "F32", "shape": [1, 0, 4], "data_offsets": [24, 24]},
             "c": {"dtype": "F32", "shape": [4], "data_offsets": [24, 40]}}, struct.pack("<10f", *range(10)))
PYTHON
# The header of the real model, its tensors' data left out: the way through the header and the metadata.
head -c 6000 "$root/Models/digits.safetensors" > safetensors/model-head

cp "$root/systemd/digitd.default" configuration/default
sed -n 's/^#\(DIGITD_.*\)/\1/p' "$root/systemd/digitd.default" > configuration/all
printf '; semicolon\r\n  DIGITD_DEVICE = "hw:CARD=USB Mic"  \r\nDIGITD_MODEL='"'"'/a b'"'"'\n\nDIGITD_LOG_LEVEL=Debug' > configuration/quoted

tone() { sox -R -n -r "$2" -c "$3" "${@:4}" "sound/$1" synth 0.01 sine 440 gain -6; }
tone pcm16.wav 8000 1 -b 16
tone pcm24.wav 44100 2 -b 24
tone pcm8.wav 11025 1 -b 8
tone float.wav 16000 1 -e floating-point -b 32
tone ulaw.wav 8000 1 -e u-law
tone alaw.wav 8000 1 -e a-law
tone adpcm.wav 8000 1 -e ms-adpcm
tone ima.wav 8000 1 -e ima-adpcm
tone gsm.wav 8000 1 -e gsm-full-rate
tone big.aiff 16000 2 -b 16
tone aifc.aifc 16000 1 -b 16
tone sun.au 8000 1 -e u-law
tone wide.w64 16000 1 -b 16
tone apple.caf 16000 1 -b 16
tone free.flac 16000 1 -b 16
tone free.ogg 16000 1
tone sphere.sph 16000 1 -b 16
tone voice.voc 8000 1 -b 8
tone amiga.8svx 8000 1
tone ircam.sf 16000 1 -b 16
tone layer.mp3 16000 1 2> /dev/null || rm -f sound/layer.mp3
# As other programs write them, whole and damaged.
python3 "$root/Tests/Support/make-sound-suite.py" suite 150
find suite -type f -size -6k ! -name expected.tsv -exec mv -t sound {} +
rm -r suite
