#!/usr/bin/env bash
# primer-voices.sh OUT: people's letters, syllables and single words, none of them a digit, from children's programs in Debian.
#
# Fetches packages with `apt-get download` (nothing is installed) and writes OUT/manifest.csv (the columns of README.md's
# data folder) and the sound beside it, 16 kHz, all of label speech:
#   klettres-data     letters and syllables, a person or two in each of seventeen languages     split train
#                     the same in Hungarian and Spanish                                         split strangers
#   qabcs-data        letters and what is in a picture, a person in each of six languages       split train
#                     the same in English                                                       split strangers
#   ktuberling-data   what is in a picture, some dozen people in as many languages              split train
# Klettres' British voice is left out, because it is used for evaluation. So are words that sound like an English digit
# ("tu", German "vor").
# The same packages give the same files, about 3,500, in a minute and a half.
set -euo pipefail

out=${1:?"usage: primer-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out/speech"
out=$(realpath "$out")
. "$here/package-tools.sh"

# some FOLDER SPEAKER SOURCE LICENCE MOST LONGEST [NAME …]: takes at most so many of a folder, none of these names.
some() {
  local folder=$1 speaker=$2 source=$3 licence=$4 most=$5 longest=$6 n=0 name word
  shift 6
  while read -r name; do
    word=$(basename "${name%.*}")
    case " $* " in *" $word "*) continue ;; esac
    n=$((n + 1))
    take "$folder/$name" "speech/${speaker}_$n.wav" speech "$speaker" "$source" "$licence"
  done < <(short_ones "$folder" '*.[ow][ag][gv]' "$most" 0.2 "$longest")
}

fetch klettres-data
klettres=$work/klettres-data/usr/share/klettres
# Two, four; of the French ones only numbers are known, and these two sound like "two".
digits=(tu tuu thu tthu ttu zu fo foo vor)
for language in ar cs da de en es fr he hu it lt ml nb nds nl pt_BR ru tn uk; do
  case $language in es | hu) split=strangers ;; *) split=train ;; esac
  case $language in fr) said_so=(ad-8 ad-26) ;; *) said_so=() ;; esac
  some "$klettres/$language" "klettres-$language" klettres GPL-2+ 110 3 "${digits[@]}" "${said_so[@]}"
done

fetch qabcs-data
for language in be de en en_gb fr pl ru uk; do
  case $language in en*) split=strangers ;; *) split=train ;; esac
  some "$work/qabcs-data/usr/share/qabcs/abcs/$language/sounds" "qabcs-$language" qabcs GPL-3+ 200 2
done
split=train

fetch ktuberling-data
for language in ca da de el en fr gl lt ru sl uk wa; do
  some "$work/ktuberling-data/usr/share/ktuberling/sounds/$language" "ktuberling-$language" ktuberling GPL-2+ 80 2
done
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
