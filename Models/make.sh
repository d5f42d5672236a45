#!/usr/bin/env bash
# make.sh DATA PEOPLE TALK ARABIC [OUT]: make the shipped network again, from four folders of recordings and from voices
# made on the way.
#
# Writes OUT (default: digits.safetensors beside this script) and, below the current folder, what was made or fetched to
# learn from: voices/, converted/, foreign/, packages/, primers/ and strings/, and sequence.checkpoint. About two hours on
# two cores. Interrupted, the same command goes on. The same command, recordings and Debian release give the same bytes on
# the same kind of machine.
#
# The two networks for single words that the file also holds are taken over from the file that is there (DIARY.md tells
# how they came about).
set -euo pipefail

usage="usage: make.sh DATA PEOPLE TALK ARABIC [OUT]"
here=$(cd "$(dirname "$0")" && pwd)
data=${1:?"$usage"} people=${2:?"$usage"} talk=${3:?"$usage"} arabic=${4:?"$usage"} out=${5:-$here/digits.safetensors}
# What lies here was made from one DATA; from another it would be passed over in silence.
origin=$(realpath "$data")
if [ -s made-from ] && [ "$(<made-from)" != "$origin" ]; then
  echo "make.sh: what lies in this folder was made from $(<made-from): remove it, or go to another" >&2
  exit 1
fi
echo "$origin" >made-from
# made FOLDER COMMAND …: runs the command that makes it, unless it is whole already; where that fails, nothing is trained.
made() {
  [ -s "$1/complete" ] && return
  echo "making $1/" >&2
  "${@:2}"
  date >"$1/complete"
}
made voices "$here/synthesise.sh" voices
made converted "$here/convert-voices.sh" "$data" converted
made foreign "$here/foreign-voices.sh" foreign
made packages "$here/package-voices.sh" packages
made primers "$here/primer-voices.sh" primers
made strings "$here/string-voices.sh" strings
swift build -c release --package-path "$here/.." --product digitlab
digitlab=$here/../.build/release/digitlab
learn=(train-sequence --seed 1 --steps 7000 --data "$data" --data "$people" --data "$talk" --data "$arabic"
  --data voices --data converted --data primers --data packages --data foreign --data strings
  --checkpoint sequence.checkpoint)
"$digitlab" "${learn[@]}"
exec "$digitlab" fit-verdict --data "$people" --data "$data" --data "$talk" --checkpoint sequence.checkpoint \
  --beside "$here/digits.safetensors" --output "$out" --command "digitlab ${learn[*]}"
