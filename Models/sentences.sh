# Sourced by the scripts that synthesise sentences, after package-tools.sh. Needs $work.
# sentences LETTERS WORDS NAME…: sentences with fewer letters and words than these, from Debian's fortunes of these names:
# those with a word that sounds like a digit in $work/like, the others in $work/unlike; none contains a digit.
sentences() {
  local letters=$1 words=$2
  shift 2
  (cd "$work/fortunes/usr/share/games/fortunes" && cat "$@") |
    tr '\n' ' ' | tr -s ' \t' ' ' | sed 's/[.!?%] */\n/g' |
    LC_ALL=C grep -E "^ ?[A-Z][A-Za-z', ]{15,$letters}$" |
    LC_ALL=C grep -viE '\b(zero|one|two|three|four|five|six|seven|eight|nine)\b' |
    awk -v most="$words" 'NF > 3 && NF < most' | LC_ALL=C sort -u >"$work/all"
  grep -iE '\b(to|too|for|fore|won|ate|or|oh|tree|free|fine|sick|sex|heaven|wait|late|mine|line|do|through|sea|see)\b' \
    "$work/all" >"$work/like"
  grep -vxFf "$work/like" "$work/all" >"$work/unlike" || true
}
# draw COUNT SEED: so many lines of standard input, some of them twice.
draw() {
  awk -v most="$1" -v seed="$2" 'BEGIN { srand(seed) } { line[NR] = $0 }
    END { for (i = 0; i < most; i++) print line[1 + int(NR * rand())] }'
}
