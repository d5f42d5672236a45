#!/usr/bin/env bash
# convert-voices.sh DATA OUT: make further speakers from those in DATA, with Debian's praat.
#
# Converts every digit of DATA's split `train` that a person said to two further voices, and every non-digit to one, with
# another pitch, vocal tract length and pace. Recordings of a few men become those of women, children and other men.
# Writes OUT/manifest.csv and the sound beside it. A converted recording keeps its speaker's name, so that a speaker who is
# left out of a training is left out in every voice. The same call makes the same files, about 7,500, in a minute.
set -euo pipefail

data=${1:?"usage: convert-voices.sh DATA OUT"} out=${2:?"usage: convert-voices.sh DATA OUT"}
command -v praat >/dev/null || { echo "convert-voices.sh: needs praat (apt-get install praat)" >&2; exit 1; }
mkdir -p "$out/digits" "$out/speech"
data=$(realpath "$data") out=$(realpath "$out")
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

# Columns of the manifest: path,label,speaker,source,licence,sample_rate,duration_s,split.
awk -F, -v OFS=, -v data="$data" -v out="$out" -v lists="$lists" -v seed=20260102 '
  function between(low, high) { return low + (high - low) * rand() }
  # A voice by what it is to sound like: vocal tract (times that of a man) and pitch.
  function convert(voice, from,    formants, pitch, name) {
    if (voice == "woman") { formants = between(1.08, 1.22); pitch = between(160, 265) }
    else if (voice == "child") { formants = between(1.20, 1.34); pitch = between(230, 340) }
    else if (voice == "deep") { formants = between(0.86, 0.96); pitch = between(72, 105) }
    else { formants = between(0.95, 1.08); pitch = between(90, 160) }
    name = ($2 == "speech" ? "speech/" : "digits/" $2 "_") $3 "_" ++n ".wav"
    printf "%s/%s,%s/%s,%.3f,%.0f,%.2f\n", data, $1, out, name, formants / from, pitch, between(0.85, 1.2) \
      > (lists "/" n % 2 ".csv")
    print name, $2, $3, "converted-" $4, $5, $6, "", "train" > (out "/manifest.csv")
  }
  BEGIN {
    srand(seed)
    print "path,label,speaker,source,licence,sample_rate,duration_s,split" > (out "/manifest.csv")
    for (i = 0; i < 2; i++) print "in,out,formants,pitch,pace" > (lists "/" i ".csv")
  }
  { sub(/\r$/, "") }
  NR > 1 && $2 ~ /^[0-9]$/ && $4 != "tts" && $8 == "train" {
    # Women have shorter vocal tracts to begin with.
    isWoman = $4 ~ /^(audiomnist-56|debian-asterisk-en-digits)$/ || $3 ~ /-female/
    convert(isWoman ? "man" : "woman", isWoman ? 1.15 : 1)
    chance = rand()
    convert(chance < 0.35 ? "woman" : chance < 0.6 ? "child" : chance < 0.8 ? "man" : "deep", \
      isWoman ? 1.15 : 1)
  }
  # The speakers of these are unknown. They are treated as men, so some converted voices are higher than any real one.
  $2 == "speech" && $8 == "train" && $7 < 6 {
    chance = rand()
    convert(chance < 0.45 ? "woman" : chance < 0.6 ? "child" : chance < 0.8 ? "man" : "deep", 1.07)
  }' "$data/manifest.csv"

here=$(cd "$(dirname "$0")" && pwd)
running=()
for list in "$lists"/*.csv; do
  praat --run "$here/convert-voices.praat" "$list" >/dev/null 2>&1 &
  running+=($!)
done
for job in "${running[@]}"; do
  wait "$job" || { echo "convert-voices.sh: praat ended before its work was done" >&2; exit 1; }
done
# What could not be analysed (no voice in it at all) is left out.
awk -F, -v out="$out" 'NR == 1 || (getline line < (out "/" $1)) > 0 { print } { close(out "/" $1) }' "$out/manifest.csv" >"$lists/manifest"
mv "$lists/manifest" "$out/manifest.csv"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
