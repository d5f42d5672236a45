#!/usr/bin/env bash
# all.sh DIGITD MODEL DATA PEOPLE TALK [WORK]: measure a model as in Models/FIGURES.md: a line or two per row, in about
# ten minutes. The streams are made in WORK (default: measured/ here) the first time: 1.2 GB.
#
# Needs python3 with numpy and soundfile ($PYTHON names it), espeak-ng, flite and sox.
set -euo pipefail

usage="usage: all.sh DIGITD MODEL DATA PEOPLE TALK [WORK]"
digitd=${1:?"$usage"} model=${2:?"$usage"} data=${3:?"$usage"} people=${4:?"$usage"} talk=${5:?"$usage"} work=${6:-measured}
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
DIGITD_MODEL=$(realpath "$model")
export DIGITD_MODEL
mkdir -p "$work"
# stream NAME OPTION …: makes a stream, unless it is there, and scores it.
stream() {
  local name=$1
  shift
  [ -s "$work/$name.json" ] || "$python" "$here/streams.py" make --data "$data" --split validate --out "$work/$name.wav" "$@" >&2
  "$digitd" --input "$work/$name.wav" --no-socket --format json >"$work/$name.events" 2>"$work/$name.log"
  echo "$name: $("$python" "$here/streams.py" score --truth "$work/$name.json" --events "$work/$name.events" --json)"
}
echo "== single recordings"
"$python" "$here/words.py" "$digitd" "$people" "$data"
"$python" "$here/words.py" --split test --source fsdd "$digitd" "$data"
echo "== real strings"
"$python" "$here/strings.py" score --truth "$data/manifest.csv" --digitd "$digitd"
echo "== spliced strings"
[ -s "$work/strings/manifest.csv" ] ||
  "$python" "$here/strings.py" make --data "$people" --split validate --count 300 --seed 1 --out "$work/strings" >&2
"$python" "$here/strings.py" score --truth "$work/strings/manifest.csv" --digitd "$digitd" | tail -2
echo "== talk"
for seed in 3 4 5; do "$python" "$here/talk.py" --data "$talk" --split validate --digitd "$digitd" --seed $seed; done
echo "== alone"
"$python" "$here/alone.py" "$digitd"
echo "== hum, echo"
for hertz in 50 100 200 400 1000; do "$python" "$here/hum.py" "$digitd" "$data/fsdd" $hertz; done
for seconds in 0.83 1.2; do "$python" "$here/echo.py" "$digitd" "$data/fsdd" $seconds; done
echo "== streams"
for seed in 7 107 207; do stream s$seed --minutes 30 --snr 20 --seed $seed; done
for seed in 8 108; do stream t$seed --minutes 30 --snr 20 --tight --gap 0.15 0.4 --seed $seed; done
stream n11 --minutes 90 --snr 20 --noise-only --seed 11
stream n12 --minutes 90 --snr 10 --noise-only --seed 12
stream m13 --minutes 60 --snr 20 --noise-only --noise music --seed 13
