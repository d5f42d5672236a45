#!/usr/bin/env bash
# make.sh DATA [OUT]: make the shipped model again, from the recordings in DATA and voices made on the way.
#
# Writes OUT (default: digits.safetensors beside this script) and, below the current folder, what was made to learn from
# (voices/, converted/ and foreign/) and whom it learns from beside: teachers/, two earlier models out of this
# repository's history, each made by the make.sh of its own commit. About 40 minutes on two cores. Interrupted, the same
# command goes on. The same recordings give the same bytes on the same kind of machine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
data=${1:?"usage: make.sh DATA [OUT]"} out=${2:-$here/digits.safetensors}
[ -s voices/complete ] || { "$here/synthesise.sh" voices && date >voices/complete; }
[ -s converted/complete ] || { "$here/convert-voices.sh" "$data" converted && date >converted/complete; }
[ -s foreign/complete ] || { "$here/foreign-voices.sh" foreign && date >foreign/complete; }
teachers=()
for commit in 0cb4127 333ad69; do
  teacher=teachers/$commit.safetensors
  [ -s "$teacher" ] || {
    mkdir -p teachers
    git -C "$here" show "$commit:Models/digits.safetensors" >"$teacher.part"
    mv "$teacher.part" "$teacher"
  }
  teachers+=(--teacher "$teacher")
done
swift build -c release --package-path "$here/.." --product digitctl
exec "$here/../.build/release/digitctl" train --data "$data" --data voices --data converted --data foreign \
  "${teachers[@]}" --output "$out" --seed 1 --epochs 120
