#!/usr/bin/env bash
# talk-voices.sh OUT: running speech that is not meant for digitd: the actors of two games in Debian, and synthetic voices.
#
# Fetches packages with `apt-get download` (nothing is installed) and writes OUT/manifest.csv (the columns of README.md's
# data folder) and the sound beside it, all of label speech and split train:
#   beneath-a-steel-sky         1.5 hours of lines, 11 kHz (Revolution Software's licence for the game)
#   flight-of-the-amazon-queen  2 hours of lines, from MPEG audio (the same licence)
#   fortunes                    sentences read by espeak-ng and flite, half of them with "to", "for", "won", "ate", "or", …
# The same packages give the same files, about 10,000, in five minutes.
set -euo pipefail

out=${1:?"usage: talk-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
command -v espeak-ng flite >/dev/null || {
  echo "talk-voices.sh: needs espeak-ng and flite (apt-get install espeak-ng flite)" >&2
  exit 1
}
mkdir -p "$out/sky" "$out/queen" "$out/read"
out=$(realpath "$out")
. "$here/package-tools.sh"
. "$here/sentences.sh"

# sky.dnr lists the files of sky.dsk: a count, then for each its number, its place (23 bits, in 16 bytes where the 24th is
# set) and its size (22 bits), little-endian. Those from 50000 on are speech: a header of 22 bytes, then unsigned bytes.
fetch beneath-a-steel-sky
game=$work/beneath-a-steel-sky/usr/share/scummvm/beneath-a-steel-sky
mkdir "$work/sky"
perl -e '
  my ($table, $disk, $out) = @ARGV;
  open my $t, "<:raw", $table or die; open my $d, "<:raw", $disk or die;
  read $t, my $count, 4;
  for (1 .. unpack "V", $count) {
    read($t, my $entry, 8) == 8 or last;
    my ($number, @b) = unpack "vC6", $entry;
    next if $number < 50000 || $number >= 60000;
    my $place = $b[0] | $b[1] << 8 | ($b[2] & 127) << 16;
    $place <<= 4 if $b[2] & 128;
    my $size = ($b[3] | $b[4] << 8 | $b[5] << 16) & 0x3fffff;
    next if $size < 6000;
    seek $d, $place, 0; read $d, my $sound, $size;
    open my $o, ">:raw", "$out/$number.u8" or die;
    print $o substr $sound, 22;
  }' "$game/sky.dnr" "$game/sky.dsk" "$work/sky"
(cd "$work/sky" && printf '%s\n' *.u8) | LC_ALL=C sort | while read -r name; do
  echo "sox -V1 -D -t raw -r 11025 -c 1 -e unsigned -b 8 $work/sky/$name -r 16000 -b 16 $out/sky/${name%.u8}.wav"
done | xargs -P 2 -d '\n' -n 1 sh -c
(cd "$out" && printf '%s\n' sky/*.wav) | while read -r file; do
  note "$file" steel-sky debian-beneath-a-steel-sky Beneath-a-Steel-Sky
done

# queen.1c begins with "QTBL", a version and a count; then for each file its name (12 bytes), a bundle, its place and its
# size, big-endian. *.SB are MPEG audio; those whose names are a line of a dialogue are speech: 020001P2.SB.
fetch flight-of-the-amazon-queen
mkdir "$work/queen"
perl -e '
  my ($file, $out) = @ARGV;
  open my $f, "<:raw", $file or die;
  read $f, my $head, 15;
  substr($head, 0, 4) eq "QTBL" or die "not the file that it should be\n";
  my @files;
  for (1 .. unpack "n", substr $head, 13) {
    read $f, my $entry, 21;
    my ($name, $bundle, $place, $size) = unpack "A12CNN", $entry;
    push @files, [$name, $place, $size] if $name =~ /^\w{6}[A-Z]\w\.SB$/ && $size > 2500;
  }
  for (@files) {
    my ($name, $place, $size) = @$_;
    seek $f, $place, 0; read $f, my $sound, $size;
    $name =~ s/\.SB$/.mp3/;
    open my $o, ">:raw", "$out/$name" or die;
    print $o $sound;
  }' "$work/flight-of-the-amazon-queen/usr/share/scummvm/flight-of-the-amazon-queen/queen.1c" "$work/queen"
(cd "$work/queen" && printf '%s\n' *.mp3) | LC_ALL=C sort | while read -r name; do
  echo "sox -V1 -D $work/queen/$name -c 1 -r 16000 -b 16 $out/queen/${name%.mp3}.wav"
done | xargs -P 2 -d '\n' -n 1 sh -c
(cd "$out" && printf '%s\n' queen/*.wav) | while read -r file; do
  note "$file" amazon-queen debian-flight-of-the-amazon-queen Flight-of-the-Amazon-Queen
done

# Sentences of four to sixteen words, letters alone, half of them with a word that sounds like a digit.
fetch fortunes
sentences 90 17 art education food humorists kids law love medicine miscellaneous
{ draw 900 20261130 <"$work/like"; draw 900 20261201 <"$work/unlike"; } >"$work/sentences"
. "$here/espeak-voices.sh"
flites=(awb kal16 rms slt)
RANDOM=20261130
n=0
jobs=$work/jobs
while read -r text; do
  n=$((n + 1))
  if [ $((n % 2)) = 0 ]; then
    voice=${accents[RANDOM % ${#accents[@]}]}+${timbres[RANDOM % ${#timbres[@]}]}
    printf 'espeak-ng -v %q -p %d -s %d -w %q -- %q\n' "$voice" $((25 + RANDOM % 60)) $((110 + RANDOM % 100)) \
      "$out/read/$n.wav" "$text" >>"$jobs"
    note "read/$n.wav" "read-${voice#*+}" synthetic-talk generated
  else
    voice=${flites[RANDOM % 4]}
    printf 'flite -voice %q --setf duration_stretch=%s -t %q -o %q\n' "$voice" "$((8 + RANDOM % 6))e-1" "$text" \
      "$out/read/$n.wav" >>"$jobs"
    note "read/$n.wav" "read-flite-$voice" synthetic-talk generated
  fi
done <"$work/sentences"
xargs -P 2 -d '\n' -n 1 sh -c <"$jobs"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
