#!/usr/bin/env bash
# arabic-voices.sh OUT: synthesise the Arabic digits, in a row and alone, with Debian's espeak-ng.
#
# Writes OUT/manifest.csv (the columns of README.md's data folder, lang and text) and the sound beside it, split train:
#   label 0–9    digits alone, by some 160 voices that differ in timbre, pitch and pace
#   label seq:…  two to seven digits in one breath
#   label speech other words, of languages/ar.json
# The same call makes the same files, about 4,000, in a minute.
set -euo pipefail

out=${1:?"usage: arabic-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
command -v espeak-ng >/dev/null || { echo "arabic-voices.sh: needs espeak-ng (apt-get install espeak-ng)" >&2; exit 1; }
mkdir -p "$out/digits" "$out/strings" "$out/words"

# synthesis LIST: what espeak-ng is to say, of the language's file. The digits have the vowels that Arabic does not write.
synthesis() {
  perl -0777 -ne "/\"synthesis\".*?\"$1\": \\[(.*?)\\]/s && print join(\"\\n\", \$1 =~ /\"([^\"]+)\"/g)" "$here/languages/ar.json"
}
mapfile -t words < <(synthesis digits)
mapfile -t others < <(synthesis words)
. "$here/espeak-voices.sh"

jobs=$(mktemp)
trap 'rm -f "$jobs"' EXIT
echo "path,label,speaker,source,licence,sample_rate,duration_s,split,lang,text" >"$out/manifest.csv"
# say VOICE PITCH PACE TEXT FILE LABEL SPEAKER
say() {
  printf 'espeak-ng -v %q -p %d -s %d -w %q -- %q\n' "$1" "$2" "$3" "$out/$5" "$4" >>"$jobs"
  echo "$5,$6,$7,synthetic-arabic,generated,22050,,train,ar,$4" >>"$out/manifest.csv"
}

RANDOM=20261130
n=0
for timbre in "${timbres[@]}"; do
  for _ in 1 2 3 4; do
    n=$((n + 1))
    voice=ar+$timbre pitch=$((25 + RANDOM % 60)) pace=$((110 + RANDOM % 100))
    for d in "${!words[@]}"; do
      say "$voice" $pitch $pace "${words[d]}" "digits/${d}_$n.wav" "$d" "arabic-$n"
    done
    for i in 1 2 3 4 5 6; do
      text="" label="" count=$((2 + RANDOM % 6))
      for ((k = 0; k < count; k++)); do
        digit=$((RANDOM % 10))
        text+=" ${words[digit]}" label+=$digit
      done
      say "$voice" $pitch $((110 + RANDOM % 120)) "${text# }" "strings/$n-$i.wav" "seq:$label" "arabic-$n"
    done
    for i in 1 2 3 4 5 6 7 8; do
      say "$voice" $pitch $pace "${others[RANDOM % ${#others[@]}]}" "words/$n-$i.wav" speech "arabic-$n"
    done
  done
done
xargs -P 2 -d '\n' -n 1 sh -c <"$jobs"
