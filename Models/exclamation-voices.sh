#!/usr/bin/env bash
# exclamation-voices.sh OUT: synthesise exclamations, vowels and numbers other than digits, each alone, with Debian's
# espeak-ng, flite and festival, and SVOX Pico from PyPI.
#
# Writes OUT/manifest.csv (the columns of README.md's data folder, and `text`: what is said) and the sound beside it, all of
# label speech; split train, of some voices validate. Needs python3 with venv, and a C compiler. The same call makes the
# same files, about 2,000, in a minute.
set -euo pipefail

out=${1:?"usage: exclamation-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
for program in espeak-ng flite text2wave; do
  command -v "$program" >/dev/null || {
    echo "exclamation-voices.sh: needs $program (apt-get install espeak-ng flite festival festvox-kallpc16k)" >&2
    exit 1
  }
done
mkdir -p "$out/said" "$out/pico"
out=$(realpath "$out")
# "oh" is a digit beside digits: it is learned so from these.
sounds=(oh oh oh ooh aw or eh uh um hm ah okay er)
others=(huh wow hey oi awe ooze ought are air ear ire "uh oh" "oh no" "oh well" "oh dear" "oh my" "or else" "ah ha" mm owe owed
  ore oar awl all odd off on in un an end)
numbers=(ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty
  seventy eighty ninety hundred)
. "$here/espeak-voices.sh"
flites=(awb kal16 kal rms slt)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "path,label,speaker,source,licence,sample_rate,duration_s,split,text" >"$out/manifest.csv"
# note FILE SPEAKER TEXT: some of the voices are not learned from, but chosen by.
note() {
  local split=train
  if is_held_out "${2##*-}" || [ "$2" = exclaims-flite-rms ]; then split=validate; fi
  echo "$1,speech,$2,synthetic-exclamations,generated,,,$split,$3" >>"$out/manifest.csv"
}

RANDOM=20261130
n=0
# next: the next word, half of them exclamations.
next() {
  case $((RANDOM % 8)) in
    0 | 1 | 2 | 3) word=${sounds[RANDOM % ${#sounds[@]}]} ;;
    4 | 5) word=${others[RANDOM % ${#others[@]}]} ;;
    *) word=${numbers[RANDOM % ${#numbers[@]}]} ;;
  esac
}
for accent in "${accents[@]}"; do
  for timbre in "${timbres[@]}"; do
    for _ in 1 2 3 4; do
      next
      n=$((n + 1))
      printf 'espeak-ng -v %q -p %d -s %d -w %q -- %q\n' "$accent+$timbre" $((20 + RANDOM % 70)) $((90 + RANDOM % 120)) \
        "$out/said/$n.wav" "$word" >>"$work/jobs"
      note "said/$n.wav" "exclaims-$timbre" "$word"
    done
  done
done
for voice in "${flites[@]}"; do
  for word in "${sounds[@]}" "${others[@]}" "${numbers[@]}"; do
    n=$((n + 1))
    printf 'flite -voice %q --setf duration_stretch=%s -t %q -o %q\n' "$voice" "$((8 + RANDOM % 8))e-1" "$word" \
      "$out/said/$n.wav" >>"$work/jobs"
    note "said/$n.wav" "exclaims-flite-$voice" "$word"
  done
done
for word in "${sounds[@]}" "${others[@]}" "${numbers[@]}"; do
  n=$((n + 1))
  printf 'echo %q | text2wave -o %q\n' "$word" "$out/said/$n.wav" >>"$work/jobs"
  note "said/$n.wav" exclaims-festival "$word"
done
xargs -P 2 -d '\n' -n 1 sh -c <"$work/jobs"
for _ in 1 2 3 4; do printf '%s\n' "${sounds[@]}" "${others[@]}" "${numbers[@]}"; done | sed 's/$/./' >"$work/words"
"$here/pico.sh" "$work" "$out/pico" <"$work/words" >"$work/made"
paste -d' ' "$work/made" "$work/words" | while read -r file voice word; do
  note "pico/$file" "exclaims-pico-$voice" "${word%.}"
done
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
