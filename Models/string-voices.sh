#!/usr/bin/env bash
# string-voices.sh OUT: synthesise digits in a row, and sounds that are not digits, with Debian's espeak-ng.
#
# Writes OUT/manifest.csv (the columns of README.md's data folder, and `text`: what is said) and the sound beside it:
#   label seq:…  two to seven digits in one breath, a zero now and then said as "oh"               split train
#   label speech exclamations, vowels, and numbers that are not digits, each alone                  split train
# The same call makes the same files, about 3,000, in two minutes.
set -euo pipefail

out=${1:?"usage: string-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
command -v espeak-ng >/dev/null || { echo "string-voices.sh: needs espeak-ng (apt-get install espeak-ng)" >&2; exit 1; }
mkdir -p "$out/strings" "$out/alone"

words=(zero one two three four five six seven eight nine)
alone=(oh ooh aw or eh uh um hm ah okay er huh wow hey "uh oh" "oh no" "oh well" ten eleven twelve thirteen fourteen
  fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
  million first second third fourth fifth sixth seventh eighth ninth)
. "$here/espeak-voices.sh"

jobs=$(mktemp)
trap 'rm -f "$jobs"' EXIT
echo "path,label,speaker,source,licence,sample_rate,duration_s,split,text" >"$out/manifest.csv"
# say VOICE PITCH PACE GAP TEXT FILE LABEL SPEAKER
say() {
  printf 'espeak-ng -v %q -p %d -s %d -g %d -w %q -- %q\n' "$1" "$2" "$3" "$4" "$out/$6" "$5" >>"$jobs"
  echo "$6,$7,$8,synthetic-strings,generated,22050,,train,$5" >>"$out/manifest.csv"
}

RANDOM=20261129
n=0
for timbre in "${timbres[@]}"; do
  for _ in 1 2 3; do
    n=$((n + 1))
    voice=${accents[RANDOM % ${#accents[@]}]}+$timbre pitch=$((25 + RANDOM % 60))
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
      text="" label="" count=$((2 + RANDOM % 6)) zeros=$((RANDOM % 3))
      for ((k = 0; k < count; k++)); do
        digit=$((RANDOM % 10)) word=${words[digit]}
        [ $digit = 0 ] && [ $zeros = 0 ] && word=oh
        text+=" $word" label+=$digit
      done
      # "oh" is rare among ten words: half of the strings with zeros = 0 have one of their own.
      if [ $zeros = 0 ] && [ $((RANDOM % 2)) = 0 ]; then
        digit=$((RANDOM % 10))
        text+=" oh ${words[digit]}" label+=0$digit
      fi
      say "$voice" $pitch $((120 + RANDOM % 120)) $((RANDOM % 3)) "${text# }" "strings/$n-$i.wav" "seq:$label" "strings-$n"
    done
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
      word=${alone[RANDOM % ${#alone[@]}]}
      say "$voice" $pitch $((120 + RANDOM % 100)) 0 "$word" "alone/$n-$i.wav" speech "strings-$n"
    done
  done
done
xargs -P 2 -I{} sh -c {} <"$jobs"
