#!/bin/bash
# Makes the recordings in this folder again: digits said by three voices of espeak-ng that no model of ours learns from
# (see "held_out" in Models/synthesise.sh), a second apart, over a quiet hiss.
#
#   digits.wav          each digit once, the voices taking turns   what "make run" plays where there is no microphone
#   three-voices.flac   each digit by each voice                   what the live test says into a microphone
#   digits-ar.wav       six Arabic digits, the voices taking turns
#
# digits.scores has what the shipped network computes from the beginning of digits.wav, for "digitctl doctor" to compare
# with; after a new recording or model it is made by
#
#   swift run -c release digitctl doctor --model digits --write-scores Tests/Fixtures/digits.scores
#
# Beside each lies a .txt with the digits in their order. Needs Debian's espeak-ng and sox. The same versions of these make
# the same files.
set -euo pipefail
cd "$(dirname "$0")"

voices=(en-gb+shelby en-gb+Denis en-us+Hugo)
words=(zero one two three four five six seven eight nine)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say DIGIT VOICE: a word without silence around it, at 16 kHz, then a pause
say() {
  local file=$work/$1-$2.wav
  if [[ ! -e $file ]]; then
    espeak-ng -v "${voices[$2]}" -s 140 -w "$work/word.wav" "${words[$1]}"
    sox -R "$work/word.wav" -r 16000 -c 1 "$file" silence 1 0.005 0.5% reverse silence 1 0.005 0.5% reverse \
      gain -n -6 pad 0 1.0
  fi
  echo "$file"
}

# record NAME DIGIT:VOICE…: all of them after a second of nothing, and the list of the digits
record() {
  local name=$1 files=()
  shift
  sox -R -n -r 16000 -c 1 -b 16 "$work/start.wav" trim 0 1
  files+=("$work/start.wav")
  : > "${name%.*}.txt"
  for item in "$@"; do
    files+=("$(say "${item%:*}" "${item#*:}")")
    echo "${item%:*}" >> "${name%.*}.txt"
  done
  sox -R "${files[@]}" "$work/clean.wav"
  sox -R "$work/clean.wav" "$work/hiss.wav" synth pinknoise gain -54
  sox -R -m -v 1 "$work/clean.wav" -v 1 "$work/hiss.wav" -b 16 "$name"
}

record digits.wav 4:2 7:1 0:2 2:0 9:1 5:2 1:0 8:1 3:2 6:0
record three-voices.flac 0:0 1:0 2:0 3:0 4:0 5:0 6:0 7:0 8:0 9:0 5:1 3:1 8:1 0:1 6:1 1:1 9:1 4:1 7:1 2:1 \
  8:2 6:2 4:2 2:2 0:2 9:2 7:2 5:2 3:2 1:2

# With the vowels that Arabic does not write.
voices=(ar+shelby ar+Denis ar+Hugo)
words=(صِفر واحِد اِثنان ثَلاثة أربَعة خَمسة سِتّة سَبعة ثَمانية تِسعة)
rm "$work"/*.wav
record digits-ar.wav 4:2 7:1 0:2 2:0 9:1 5:2
