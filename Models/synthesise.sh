#!/usr/bin/env bash
# synthesise.sh OUT: make more voices to learn from, with Debian's espeak-ng and flite.
#
# Writes OUT/manifest.csv (the columns of README.md's data folder) and the sound beside it:
#   label 0–9    digits, said by some 170 voices that differ in accent, timbre, pitch and pace     split train
#   label speech words that begin like a digit or sound like one (seventeen, sixty, tree, …)       split train
#   label speech the same words by voices that say nothing else here                               split near-words
# The same call makes the same files. About 5,500 files, 300 MB, a few minutes on two cores.
set -euo pipefail

out=${1:?"usage: synthesise.sh OUT"}
command -v espeak-ng flite >/dev/null || { echo "synthesise.sh: needs espeak-ng and flite (apt-get install espeak-ng flite)" >&2; exit 1; }
mkdir -p "$out/digits" "$out/near" "$out/near-test"

words=(zero one two three four five six seven eight nine)
near=(seventeen seventy sixteen sixty fourteen forty fifteen fifty eighteen eighty nineteen ninety thirteen thirty
  twelve twenty ten eleven hundred tree free fee sick sticks mix fix sit sip seek heaven even evening lesson severe
  severn oven wonder once want wall run done gun fun when win want wander tooth toot tube through threw throw true
  fort fork form forward force fall fire find fight file fine hive dive live drive arrive ivory nice night mine line
  sign shine knife nylon night-time fate late wait hate ate-up aid eighth ape zebra zealous hero hello row roar know
  known no yes stop go start left right up down on off what who how cheese keys please see say six-pack music zip
  volume lights computer alexa open close water table window Monday Friday August)

accents=(en-us en-gb en-gb-scotland en-gb-x-rp en-029 en-us-nyc en-gb-x-gbclan en-gb-x-gbcwmd)
timbres=(m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 adam anika aunty belinda benjamin boris caleb david ed grandma grandpa
  iven iven2 john linda max Michael Mike Andy Annie Alex Andrea quincy rob robert steph travis victor zac)
held_out=(Alicia Denis Hugo shelby edward2 paul antonio gustave Marco Jacky)

jobs=$(mktemp)
trap 'rm -f "$jobs"' EXIT
echo "path,label,speaker,source,licence,sample_rate,duration_s,split" >"$out/manifest.csv"
# say VOICE PITCH PACE WORD FILE LABEL SPEAKER SPLIT
say() {
  printf 'espeak-ng -v %q -p %d -s %d -w %q -- %q\n' "$1" "$2" "$3" "$out/$5" "${4//-/ }" >>"$jobs"
  echo "$5,$6,$7,synthetic-espeak,generated,22050,,$8" >>"$out/manifest.csv"
}

RANDOM=20260101
n=0
for timbre in "${timbres[@]}"; do
  for _ in 1 2 3 4; do
    accent=${accents[RANDOM % ${#accents[@]}]} pitch=$((25 + RANDOM % 60)) pace=$((115 + RANDOM % 110))
    n=$((n + 1))
    for d in "${!words[@]}"; do
      say "$accent+$timbre" $pitch $pace "${words[d]}" "digits/${d}_espeak${n}_0.wav" "$d" "espeak-$n" train
    done
  done
done
for i in "${!near[@]}"; do
  for ((k = 0; k < 22; k++)); do
    timbre=${timbres[RANDOM % ${#timbres[@]}]} accent=${accents[RANDOM % ${#accents[@]}]}
    say "$accent+$timbre" $((25 + RANDOM % 60)) $((115 + RANDOM % 110)) "${near[i]}" "near/${i}_$k.wav" speech "near-$timbre" train
  done
  for ((k = 0; k < 3; k++)); do
    timbre=${held_out[RANDOM % ${#held_out[@]}]} accent=${accents[RANDOM % ${#accents[@]}]}
    say "$accent+$timbre" $((25 + RANDOM % 60)) $((115 + RANDOM % 110)) "${near[i]}" "near-test/${i}_$k.wav" speech "held-out-$timbre" near-words
  done
done
for voice in awb kal16 rms slt; do
  for stretch in 0.8 1.0 1.25; do
    n=$((n + 1))
    for d in "${!words[@]}"; do
      f="digits/${d}_flite${n}_0.wav"
      printf 'flite -voice %q --setf duration_stretch=%s -t %q -o %q\n' "$voice" "$stretch" "${words[d]}" "$out/$f" >>"$jobs"
      echo "$f,$d,flite-$voice,synthetic-flite,generated,16000,,train" >>"$out/manifest.csv"
    done
  done
  for i in "${!near[@]}"; do
    f="near/${i}_$voice.wav"
    printf 'flite -voice %q -t %q -o %q\n' "$voice" "${near[i]//-/ }" "$out/$f" >>"$jobs"
    echo "$f,speech,near-$voice,synthetic-flite,generated,16000,,train" >>"$out/manifest.csv"
  done
done
xargs -P "$(nproc)" -d '\n' -n 25 sh -c 'for c in "$@"; do eval "$c" || echo "failed: $c" >&2; done' sh <"$jobs"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
