#!/usr/bin/env bash
# synthesise.sh OUT: synthesise further voices for training, with Debian's espeak-ng, flite and wamerican-small.
#
# Writes OUT/manifest.csv (the columns of README.md's data folder) and the sound beside it:
#   label 0–9    digits, said by some 170 voices that differ in accent, timbre, pitch and pace     split train
#   label speech words that begin like a digit or sound like one (seventeen, sixty, tree, …)       split train
#   label speech a digit with one sound changed, left out or added ("zeno", "fide", "eighter")     split train
#   label speech letters, English words at large, numbers and small words of other languages       split train
#   label speech the first of these, by voices that are used for nothing else                      split near-words
# The same call makes the same files. About 10,000 files, 500 MB, a few minutes on two cores.
set -euo pipefail

out=${1:?"usage: synthesise.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
dictionary=/usr/share/dict/american-english-small
command -v espeak-ng flite >/dev/null && [ -r $dictionary ] || {
  echo "synthesise.sh: needs espeak-ng, flite and $dictionary (apt-get install espeak-ng flite wamerican-small)" >&2
  exit 1
}
mkdir -p "$out/digits" "$out/near" "$out/near-test" "$out/changed" "$out/words"

words=(zero one two three four five six seven eight nine)
read -ra near -d "" <"$here/near-words.txt" || true

. "$here/espeak-voices.sh"
held_out=(Alicia Denis Hugo shelby edward2 paul antonio gustave Marco Jacky)

jobs=$(mktemp)
trap 'rm -f "$jobs"' EXIT
echo "path,label,speaker,source,licence,sample_rate,duration_s,split" >"$out/manifest.csv"
# say VOICE PITCH PACE WORD FILE LABEL SPEAKER SPLIT; a word in [[brackets]] is one of espeak-ng's own phonemes.
say() {
  local word=${4//-/ }
  case $4 in "[["*) word=$4 ;; esac
  printf 'espeak-ng -v %q -p %d -s %d -w %q -- %q\n' "$1" "$2" "$3" "$out/$5" "$word" >>"$jobs"
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

# One sound away from a digit, by espeak-ng's phonemes. What an accent may do to a digit is not here: "tree" for three
# is a word of its own above, but "nain", "nahn" or "noin" are how some say nine.
changed=(n\'i@roU h\'i@roU m\'i@roU b\'i@roU z\'i@ s\'i@l z\'i@rIN z\'i@toU l\'i@noU z\'aIroU
  s\'Vn b\'Vn h\'Vn tS\'Vn w\'Vd w\'Vl w\'Vk w\'Vs w\'Vnz w\'Vndi w\'Int w\'EntI w\'Vntu:
  k\'u: p\'u: d\'u: S\'u: s\'u: m\'u: b\'u: t\'oU t\'aI t\'i: t\'u:l t\'u:s t\'u:k st\'u: tr\'u: t\'u:di
  kr\'i: br\'i: gr\'i: sk\'i: Tr\'oU Tr\'aI Tr\'i:d Tr\'i:t Tr\'i:s Tr\'Il Tr\'i:n d\'i: s\'i: w\'i:
  k\'o@ d\'o@ m\'o@ s\'o@ p\'o@ f\'o@d f\'o@s f\'o@tS f\'aU f\'i@ f\'e@ f\'o@n f\'o@ti:n
  h\'aIv dr\'aIv f\'aI f\'aIt f\'aId f\'aIz f\'aIl f\'OIl f\'aIki f\'aIvi f\'i:v f\'oUv g\'aIv l\'aIv
  f\'Iks p\'Iks t\'Iks n\'Iks s\'Ik s\'It s\'Ips s\'Its s\'Iksi s\'Ikst s\'oUks s\'u:ks kw\'Iks \'Iks s\'Ing
  h\'Ev@n l\'Ev@n b\'Ev@n \'Ev@n s\'Ed@n s\'Eb@n s\'Ev@ s\'Evi s\'Ev s\'Evd s\'Ev@li s\'oUv@n s\'Em@n s\'El@n
  b\'eIt d\'eIt m\'eIt r\'eIt p\'eIt \'eI \'eIk \'eIm \'eIs \'eId@ \'eIti \'eIt@ \'eIts \'oUt \'i:t sk\'eIt
  m\'aIn s\'aIn l\'aIn d\'aIn w\'aIn tS\'aIn n\'aI n\'aIs n\'aIt n\'aId n\'aIl n\'aIni n\'aIns n\'u:n n\'oUn n\'i:n)
letters=(a b c d e f g h i j k l m n o p q r s t u v w x y z ay bee cee dee eff gee aitch jay kay ell em en oh pea
  cue are ess tea you vee double-u ex why zed)
# random_voice: sets voice, timbre, pitch and pace.
random_voice() {
  timbre=${timbres[RANDOM % ${#timbres[@]}]} accent=${accents[RANDOM % ${#accents[@]}]}
  voice=$accent+$timbre pitch=$((25 + RANDOM % 60)) pace=$((105 + RANDOM % 120))
}
for i in "${!changed[@]}"; do
  for ((k = 0; k < 8; k++)); do
    random_voice
    say "$voice" $pitch $pace "[[${changed[i]}]]" "changed/${i}_$k.wav" speech "near-$timbre" train
  done
done
for i in "${!letters[@]}"; do
  for ((k = 0; k < 8; k++)); do
    random_voice
    say "$voice" $pitch $pace "${letters[i]}" "words/letter${i}_$k.wav" speech "words-$timbre" train
  done
done
# Every twelfth of the dictionary's short words; those that sound like a digit are left out.
mapfile -t english < <(LC_ALL=C grep -xE '[a-z]{2,8}' $dictionary |
  grep -vxE 'zero|one|two|three|four|five|six|seven|eight|nine|won|to|too|for|fore|ate|wan|nein|sics' | awk 'NR % 12 == 5')
for i in "${!english[@]}"; do
  random_voice
  say "$voice" $pitch $pace "${english[i]}" "words/en$i.wav" speech "words-$timbre" train
done
# Numbers and small words; none that is said like an English digit ("six", "nein", "sept", "tu", "wan").
other_languages=("fr-fr un deux trois quatre cinq huit neuf dix oui non merci bonjour pas plus bien avec cette maison"
  "de eins zwei drei vier fünf acht zehn ja nicht und ich du wir heute guten Tag Licht an aus Wetter danke"
  "es uno dos tres cuatro cinco siete ocho nueve diez no hola gracias casa luz agua bueno mañana tiempo"
  "it uno due tre quattro cinque sette otto nove dieci ciao grazie casa luce bene sera tempo adesso"
  "pt-br um dois quatro cinco sete oito nove dez sim não obrigado casa luz água bom dia tempo"
  "nl een twee drie vier vijf zeven acht negen tien ja nee dank licht huis weer goed morgen"
  "sv ett två tre fyra fem sju åtta nio tio ja nej tack ljus hus väder god natt"
  "pl jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć tak nie dom światło dobry"
  "ru один два три четыре пять шесть семь восемь девять десять да нет дом свет погода"
  "hi एक दो तीन चार पांच छह सात आठ दस हां घर पानी"
  "tr bir iki üç dört beş altı yedi sekiz dokuz on evet hayır ev su ışık"
  "ja いち に さん よん ご ろく なな はち きゅう はい いいえ みず")
for line in "${other_languages[@]}"; do
  read -ra said <<<"$line"
  for i in "${!said[@]}"; do
    [ "$i" = 0 ] && continue
    for ((k = 0; k < 3; k++)); do
      random_voice
      say "${said[0]}+$timbre" $pitch $pace "${said[i]}" "words/${said[0]}${i}_$k.wav" speech "words-$timbre" train
    done
  done
done
xargs -P "$(nproc)" -d '\n' -n 25 sh -c '
  for c in "$@"; do eval "$c" || { echo "failed: $c" >&2; exit 1; }; done' sh <"$jobs"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
