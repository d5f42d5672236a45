#!/usr/bin/env bash
# make.sh DATA [OUT]: make the shipped model again, from the recordings in DATA and voices made on the way.
#
# Writes OUT (default: digits.safetensors beside this script) and, below the current folder, what was made or fetched to
# learn from: voices/, converted/, foreign/, packages/ and converted-packages/. About an hour and a half on two cores.
# Interrupted, the same command goes on. The same recordings give the same bytes on the same kind of machine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
data=${1:?"usage: make.sh DATA [OUT]"} out=${2:-$here/digits.safetensors}
# made FOLDER COMMAND …: runs the command that makes it, unless it is whole already; where that fails, nothing is trained.
made() {
  [ -s "$1/complete" ] && return
  "${@:2}"
  date >"$1/complete"
}
made voices "$here/synthesise.sh" voices
made converted "$here/convert-voices.sh" "$data" converted
made foreign "$here/foreign-voices.sh" foreign
made packages "$here/package-voices.sh" packages
made converted-packages "$here/convert-voices.sh" packages converted-packages
swift build -c release --package-path "$here/.." --product digitctl
exec "$here/../.build/release/digitctl" train --data "$data" --data voices --data converted --data foreign \
  --data packages --data converted-packages --output "$out" --seed 1 --epochs 120 --members 2
