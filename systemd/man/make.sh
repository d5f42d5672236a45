#!/bin/bash
# Makes manual pages of programs in BIN, each named with its section: make.sh GENERATOR BIN PREFIX OUT PROGRAM.SECTION…
# The argument parser's generator takes names and options from the programs. It leaves out defaults, which --help has, and
# assumes that every program has subcommands. The files beside this add what it cannot know.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
generator=$1 bin=$2 prefix=$3 out=$4
shift 4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The defaults in a --help, a line each: SUBCOMMAND OPTION DEFAULT, "-" for no subcommand.
defaults() {
  local program=$1 subcommand=$2
  "$bin/$program" ${subcommand:+"$subcommand"} --help | awk -v subcommand="${subcommand:--}" '
    function show() {
      if (match(text, /\(default: [^()]*\)$/)) print subcommand, option, substr(text, RSTART, RLENGTH)
      option = ""
    }
    /^  *-/ { if (option) show(); match($0, /--[a-z-]+/); option = substr($0, RSTART, RLENGTH); text = $0; next }
    option && /^      / { sub(/^ +/, ""); text = text " " $0; next }
    option { show() }
    END { if (option) show() }'
}

page() {
  local program=$1 section=$2 subcommand
  "$generator" "$bin/$program" --section "$section" -o "$work"
  defaults "$program" "" > "$work/defaults"
  for subcommand in $(sed -n 's/^\.It Em //p' "$work/$program.$section"); do
    [[ $subcommand == help ]] || defaults "$program" "$subcommand" >> "$work/defaults"
  done
  mkdir -p "$out/man$section"
  awk -v has_subcommands="$(grep -c '^\.It Em ' "$work/$program.$section")" -v defaults="$work/defaults" '
    BEGIN {
      while ((getline line < defaults) > 0) {
        split(line, word, " ")
        default_of[word[1], word[2]] = substr(line, length(word[1] word[2]) + 3)
      }
      subcommand = "-"
    }
    # "help" alone is what the parser adds to a program without any.
    /^\.Ar subcommand$/ && has_subcommands < 2 { next }
    /^\.It Em help$/ { skipping = 1 }
    skipping { if ($0 == ".El") skipping = 0; next }
    /^\.Sh "EXIT STATUS"/ { exit }
    /^Exit codes: / { codes = substr($0, 13); next }
    /^\.It Em / { subcommand = $3 }
    /^\.It / { option = ""; if (match($0, /Fl -[a-z-]+/)) option = "-" substr($0, RSTART + 3, RLENGTH - 3) }
    /^[^.]/ && option {
      known = default_of[subcommand, option]
      if (known && !index($0, "(default:")) $0 = $0 " " known
      option = ""
    }
    # The sentences of two paragraphs, and then perhaps nothing.
    /^$/ { gap = 1; next }
    gap { if (/^[^.]/) print ".Pp"; gap = 0 }
    { print }
    END {
      print ".Sh EXIT STATUS"
      print ".Bl -tag -width 6n"
      sub(/\.$/, "", codes)
      count = split(codes, code, ", ")
      for (i = 1; i <= count; i++) {
        number = code[i]
        sub(/ .*/, "", number)
        print ".It " number
        print toupper(substr(code[i], length(number) + 2, 1)) substr(code[i], length(number) + 3) "."
      }
      print ".El"
    }' "$work/$program.$section" > "$out/man$section/$program.$section"
  sed "s|@PREFIX@|$prefix|g" "$here/$program.$section.in" >> "$out/man$section/$program.$section"
}

for page in "$@"; do page "${page%.*}" "${page##*.}"; done
