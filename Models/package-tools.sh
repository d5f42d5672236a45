# Sourced by the scripts that extract recordings from Debian's packages. Needs $out, an absolute path; keeps $out/manifest.csv
# (the columns of README.md's data folder) and the sound beside it, 16 kHz.
command -v sox >/dev/null || { echo "$0: needs sox (apt-get install sox libsox-fmt-all)" >&2; exit 1; }
work=$(mktemp -d)
chmod 755 "$work" # apt's own user fetches into it
trap 'rm -rf "$work"' EXIT

echo "path,label,speaker,source,licence,sample_rate,duration_s,split" >"$out/manifest.csv"
split=train
# take IN FILE LABEL SPEAKER SOURCE LICENCE [SOX-EFFECTS …]
take() {
  local in=$1 file=$2 row="$3,$4,debian-$5,$6,16000,,$split"
  shift 6
  sox -V1 -D "$in" -c 1 -r 16000 -b 16 "$out/$file" "$@"
  echo "$file,$row" >>"$out/manifest.csv"
}
# note FILE SPEAKER SOURCE LICENCE: a row of other speech to learn from.
note() { echo "$1,speech,$2,$3,$4,,,train" >>"$out/manifest.csv"; }
# fetch PACKAGE: leaves its files in $work/PACKAGE.
fetch() {
  (cd "$work" && apt-get download -q "$1" >/dev/null 2>&1 && dpkg-deb -x "$1"_*.deb "$1" && rm "$1"_*.deb) || {
    echo "$0: cannot fetch $1 (apt-get update?)" >&2
    exit 1
  }
}
# short_ones FOLDER PATTERN MOST SHORTEST LONGEST: of the recordings under a folder whose names match and that last so many
# seconds at most MOST, evenly spread over their names in C's order; nothing of a folder `symbols`.
short_ones() {
  local names
  names=$(cd "$1" && find . -name "$2" ! -path './symbols/*' | LC_ALL=C sort)
  (cd "$1" && paste -d, <(tr '\n' '\0' <<<"$names" | xargs -0 soxi -D) - <<<"$names") |
    awk -F, -v most="$3" -v shortest="$4" -v longest="$5" '
      $1 > shortest && $1 < longest { name[++n] = $2 }
      END { for (i = 0; i < most && i < n; i++) print name[int(i * (n > most ? n / most : 1)) + 1] }'
}
