#!/usr/bin/env bash
# letter-voices.sh OUT: let synthetic voices say letters of the alphabet in English, and letters and numbers in 58 other
# languages, each alone, with Debian's espeak-ng. Many sound like a digit or a part of one ("a", "x", "du").
#
# Writes OUT/manifest.csv (the columns of README.md's data folder, `lang`, and `text`: what is said) and the sound beside it:
#   label speech the letters and numbers, split train; of some voices validate
#   label 0-9    English digits by those voices, split validate: else the verdict would learn that no synthetic voice says any
# The same call makes the same files, about 5,000, in two minutes.
set -euo pipefail

out=${1:?"usage: letter-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
command -v espeak-ng >/dev/null || { echo "letter-voices.sh: needs espeak-ng (apt-get install espeak-ng)" >&2; exit 1; }
mkdir -p "$out/said"
out=$(realpath "$out")
. "$here/espeak-voices.sh"
latin=(a b c d e f g h i j k l m n o p q r s t u v w x y z)
cyrillic=(а б в г д е ж з и й к л м н о п р с т у ф х ц ч ш щ ю я)
greek=(α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ τ υ φ χ ψ ω)
devanagari=(अ आ इ ई उ ऊ ए ऐ ओ औ क ख ग च ज ट ड त द न प ब म य र ल व स ह)
gurmukhi=(ਅ ਆ ਇ ਈ ਉ ਊ ਏ ਐ ਓ ਔ ਕ ਖ ਗ ਚ ਜ ਟ ਡ ਤ ਦ ਨ ਪ ਬ ਮ ਯ ਰ ਲ ਵ ਸ ਹ)
bengali=(অ আ ই ঈ উ ঊ এ ঐ ও ঔ ক খ গ চ জ ট ড ত দ ন প ব ম য র ল স হ)
georgian=(ა ბ გ დ ე ვ ზ თ ი კ ლ მ ნ ო პ ჟ რ ს ტ უ ფ ქ შ ჩ ც)
# Foreign words for 3, 6 and 9 are left out: many are the English word.
numbers=(1 2 4 5 7 8 10 11 12 13 14 15 16 17 18 19 20)
languages=(af bs ca cs cy da de eo es es-419 et eu fi fr-be fr-ch fr-fr ga gd hr hu id is it lb lt lv mi ms mt nb nl pl pt pt-br ro
  sk sl sq sv sw tr vi)
other_scripts=(be:cyrillic bg:cyrillic mk:cyrillic ru:cyrillic sr:cyrillic uk:cyrillic el:greek hi:devanagari mr:devanagari
  ne:devanagari pa:gurmukhi bn:bengali ka:georgian)
work=$(mktemp)
trap 'rm -f "$work"' EXIT
echo "path,label,speaker,source,licence,sample_rate,duration_s,split,lang,text" >"$out/manifest.csv"

RANDOM=20261201
n=0
# say VOICE TIMBRE LANGUAGE TEXT [DIGIT]: some of the timbres are not learned from, but chosen by.
say() {
  local split=train
  if is_held_out "$2"; then split=validate; fi
  n=$((n + 1))
  printf 'espeak-ng -v %q -p %d -s %d -w %q -- %q\n' "$1+$2" $((20 + RANDOM % 70)) $((90 + RANDOM % 110)) \
    "$out/said/$n.wav" "$4" >>"$work"
  echo "said/$n.wav,${5:-speech},letters-$2,synthetic-letters,generated,22050,,$split,$3,$4" >>"$out/manifest.csv"
}
for accent in "${accents[@]}"; do
  for timbre in "${timbres[@]}"; do
    for _ in 1 2 3 4; do say "$accent" "$timbre" en "${latin[RANDOM % ${#latin[@]}]}"; done
  done
done
for entry in "${languages[@]/%/:latin}" "${other_scripts[@]}"; do
  language=${entry%:*}
  declare -n letters=${entry#*:}
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    timbre=${timbres[RANDOM % ${#timbres[@]}]}
    for _ in 1 2 3; do say "$language" "$timbre" "${language%%-*}" "${letters[RANDOM % ${#letters[@]}]}"; done
    for _ in 1 2; do say "$language" "$timbre" "${language%%-*}" "${numbers[RANDOM % ${#numbers[@]}]}"; done
  done
  declare +n letters
done
words=(zero one two three four five six seven eight nine)
for accent in "${accents[@]}"; do
  for timbre in "${held_out[@]}"; do
    for _ in 1 2 3 4 5 6; do
      digit=$((RANDOM % 10))
      say "$accent" "$timbre" en "${words[digit]}" $digit
    done
  done
done
xargs -P 2 -d '\n' -n 1 sh -c <"$work"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
