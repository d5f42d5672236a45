#!/usr/bin/env bash
# make.sh DATA PEOPLE TALK ARABIC [OUT]: make the shipped models again, digits.safetensors and digits-ar.safetensors, from
# four folders of recordings and from voices made on the way.
#
# Writes them into OUT (default: this script's folder) and, below the current folder, what was made or fetched to learn
# from: voices/, converted/, foreign/, packages/, primers/, strings/, talk/, dialogue/, exclamations/, letters/ and arabic/.
# About seven hours on one core.
# If interrupted, the same command continues. The same command, recordings and Debian release give the same bytes on the same
# kind of machine.
set -euo pipefail

usage="usage: make.sh DATA PEOPLE TALK ARABIC [OUT]"
here=$(cd "$(dirname "$0")" && pwd)
data=${1:?"$usage"} people=${2:?"$usage"} talk=${3:?"$usage"} arabic=${4:?"$usage"} out=${5:-$here}
# Everything here was made from one DATA; with another one, the existing folders would silently be used as they are.
origin=$(realpath "$data")
if [ -s made-from ] && [ "$(<made-from)" != "$origin" ]; then
  echo "make.sh: the files in this folder were made from $(<made-from): remove them, or use another folder" >&2
  exit 1
fi
echo "$origin" >made-from
# made FOLDER COMMAND …: runs the command that makes the folder, unless it is complete; if that fails, nothing is trained.
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
made talk "$here/talk-voices.sh" talk
made dialogue "$here/dialogue-voices.sh" dialogue
made exclamations "$here/exclamation-voices.sh" exclamations
made letters "$here/letter-voices.sh" letters
made arabic "$here/arabic-voices.sh" arabic
swift build -c release --package-path "$here/.." --product digitlab
digitlab=$here/../.build/release/digitlab
english=(--data "$data" --data "$people" --data "$talk" --data "$arabic" --data voices --data converted --data primers
  --data packages --data foreign --data strings --data talk --data dialogue --data exclamations)
# In four turns: each goes on from the one before with a learning rate that rises once more.
[ -s first.safetensors ] || "$digitlab" train --seed 1 --steps 7000 "${english[@]}" --output first.safetensors
[ -s second.safetensors ] || "$digitlab" train --seed 2 --steps 8500 --rate 0.0015 \
  --from-model ./first.safetensors "${english[@]}" --output second.safetensors
[ -s third.safetensors ] || "$digitlab" train --seed 3 --steps 10500 --rate 0.0015 \
  --from-model ./second.safetensors "${english[@]}" --output third.safetensors
# The mean of two turns knows more of both than either.
"$digitlab" average ./second.safetensors ./third.safetensors --output between.safetensors
[ -s fourth.safetensors ] || "$digitlab" train --seed 4 --steps 11500 --rate 0.0015 \
  --from-model ./between.safetensors "${english[@]}" --name digits --output fourth.safetensors
"$digitlab" average ./between.safetensors ./fourth.safetensors --output mean.safetensors
"$digitlab" fit --data "$data" --data "$people" --data "$talk" --data "$arabic" --data exclamations --data letters \
  --threshold 0.3 --model ./mean.safetensors --output digits.safetensors
# Arabic begins with an English network: all that is said in English is other speech to it.
arabic_turn() {
  "$digitlab" train --threshold 0.45 --language ar --data "$arabic" --data arabic --other-speech "$people" \
    --other-speech "$talk" --other-speech "$data" --other-speech talk --name digits-ar "$@"
}
[ -s arabic-first.safetensors ] ||
  arabic_turn --seed 1 --steps 2200 --rate 0.0015 --from-model ./second.safetensors --output arabic-first.safetensors
[ -s arabic-second.safetensors ] ||
  arabic_turn --seed 9 --steps 1500 --rate 0.0012 --from-model ./arabic-first.safetensors --output arabic-second.safetensors
arabic_turn --seed 10 --steps 1200 --rate 0.001 --from-model ./arabic-second.safetensors --output digits-ar.safetensors
cp digits.safetensors digits-ar.safetensors "$out/"
