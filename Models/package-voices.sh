#!/usr/bin/env bash
# package-voices.sh OUT: people's digits, words and letters from games and chess programs in Debian.
#
# Fetches packages with `apt-get download` (nothing is installed) and writes OUT/manifest.csv (the columns of README.md's
# data folder) and the sound beside it, 16 kHz. For training, of split train:
#   kajongg                  a man and two women name mahjong tiles, "bamboo three": the digit, 1 to 9 in three suits, and
#                            the suit by itself; where one ends is in kajongg-digits.csv, found by the dip in loudness
#   scid-data                a man says the squares and the pieces of a chess board: 1 to 8, a to h, king, …
#   wing-data                one, two, three
#   pocketsphinx-testdata    a man says playing cards: four, five, five; ten of clubs, …
#   hedgewars-data           some dozen people shout what hedgehogs shout
#   tuxpaint-stamps-default  animals, tools and instruments make their noise
#   scratch                  sneezes, coughs, laughter
# For evaluation on any machine, of split strangers; the model is trained on none of them:
#   tuxpaint-stamps-default  a woman and a man say 0 to 9, he also a to z, some dozen what is in a picture, in ten languages
# The same packages give the same files, about 1,800, in a minute.
set -euo pipefail

out=${1:?"usage: package-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out/digits" "$out/speech" "$out/noise"
out=$(realpath "$out")
. "$here/package-tools.sh"

fetch kajongg
voices=$work/kajongg/usr/share/kajongg/voices
while IFS=, read -r voice tile digit begins; do
  [ "$voice" = voice ] && continue
  in=$voices/$voice/$tile.ogg speaker=kajongg-$voice
  take "$in" "digits/${digit}_${speaker}_${tile:0:1}.wav" "$digit" "$speaker" kajongg GPL-2+ trim "$begins"
  take "$in" "speech/${tile}_$speaker.wav" speech "$speaker" kajongg GPL-2+ trim 0 "$begins"
done <"$here/kajongg-digits.csv"
for voice in male1 female1 female2; do
  for in in "$voices/$voice"/[a-z][a-z]*.ogg; do
    name=$(basename "$in" .ogg)
    take "$in" "speech/${name}_kajongg-$voice.wav" speech "kajongg-$voice" kajongg GPL-2+
  done
done

fetch scid-data
for in in "$work"/scid-data/usr/share/scid/sounds/*.wav; do
  name=$(basename "$in" .wav)
  case $name in
    [1-8]) take "$in" "digits/${name}_scid_0.wav" "$name" scid scid-data GPL-2 ;;
    [a-h]) take "$in" "speech/${name}_scid.wav" speech scid scid-data GPL-2 ;;
    alert | move | x) ;;
    *) take "$in" "speech/${name}_scid.wav" speech scid scid-data GPL-2 ;;
  esac
done

fetch wing-data
n=0
for name in one two three; do
  n=$((n + 1))
  take "$work/wing-data/usr/share/games/wing/sound/$name.wav" "digits/${n}_wing_0.wav" $n wing wing-data GPL-2+
done

fetch pocketsphinx-testdata
cards=$work/pocketsphinx-testdata/usr/share/pocketsphinx/test/data/cards
take "$cards/002.wav" digits/4_cards_0.wav 4 cards pocketsphinx-testdata BSD-2-clause trim 0 0.72
take "$cards/002.wav" speech/002_cards.wav speech cards pocketsphinx-testdata BSD-2-clause trim 0.72
take "$cards/004.wav" digits/5_cards_0.wav 5 cards pocketsphinx-testdata BSD-2-clause trim 0 0.69
take "$cards/004.wav" digits/5_cards_1.wav 5 cards pocketsphinx-testdata BSD-2-clause trim 0.69
for n in 001 003 005; do
  take "$cards/$n.wav" "speech/${n}_cards.wav" speech cards pocketsphinx-testdata BSD-2-clause
done

fetch hedgewars-data
for folder in "$work"/hedgewars-data/usr/share/games/hedgewars/Data/Sounds/voices/*; do
  voice=hedgewars-$(basename "$folder")
  for in in "$folder"/*.ogg; do
    take "$in" "speech/$(basename "$in" .ogg)_$voice.wav" speech "$voice" hedgewars-data GFDL-1.3
  done
done

fetch scratch
for name in Cough-female Cough-male Laugh-female Laugh-male1 Laugh-male2 Sneeze-female Sneeze-male; do
  take "$work/scratch/usr/share/scratch/Media/Sounds/Human/$name.wav" "noise/$name.wav" noise "" scratch CC-BY-SA-3.0
done

fetch tuxpaint-stamps-default
stamps=$work/tuxpaint-stamps-default/usr/share/tuxpaint/stamps
(cd "$stamps" && find animals hobbies household naturalforces vehicles -name '*.ogg' ! -name '*_desc*.ogg' | LC_ALL=C sort) |
  while read -r name; do
    take "$stamps/$name" "noise/tuxpaint-$(basename "$name" .ogg).wav" noise "" tuxpaint-stamps GPL-2 trim 0 10
  done
split=strangers
for digit in 0 1 2 3 4 5 6 7 8 9; do
  take "$stamps/symbols/math/$digit.ogg" "digits/${digit}_tuxpaint-female_0.wav" $digit tuxpaint-female tuxpaint-stamps GPL-2
  take "$stamps/symbols/math/${digit}_en_GB.ogg" "digits/${digit}_tuxpaint-male_0.wav" $digit tuxpaint-male tuxpaint-stamps GPL-2
done
for letter in {a..z}; do
  take "$stamps/symbols/alphabets/english/filled/lowercase/${letter}_filled_en_GB.ogg" "speech/${letter}_tuxpaint-male.wav" \
    speech tuxpaint-male tuxpaint-stamps GPL-2
done
# described PATTERN SPEAKER MOST: at most so many of the descriptions that are short enough for a word or two.
# Other languages' digits and letters may sound like an English one: short_ones leaves the symbols out.
described() {
  local name
  while read -r name; do
    take "$stamps/$name" "speech/$(basename "$name" .ogg)_$2.wav" speech "$2" tuxpaint-stamps GPL-2
  done < <(short_ones "$stamps" "$1" "$3" 0.3 1.7)
}
described '*_desc.ogg' tuxpaint-descriptions 80
for language in be bg ca da el es fr ro ru; do described "*_desc_$language.ogg" "tuxpaint-$language" 60; done
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
