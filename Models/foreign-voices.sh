#!/usr/bin/env bash
# foreign-voices.sh OUT: synthesise English with diphone voices of other languages, with Debian's festival.
#
# A diphone voice is one person's speech, recorded from the middle of each sound to the middle of the next. Those of
# Czech, Finnish, Hindi, Italian, Russian, Marathi and Telugu speakers say the English digits here, and words that begin
# or sound like one (near-words.txt), with the sounds of their own language; so do two Americans. Writes
# OUT/manifest.csv (the columns of README.md's data folder) and the sound beside it:
#   label 0–9    digits, eight times by each of 14 voices, at another pitch and pace each time     split train
#   label speech the words, once by each of them                                                   split train
# The same call makes the same files, about 2,800, in half a minute.
set -euo pipefail

out=${1:?"usage: foreign-voices.sh OUT"}
here=$(cd "$(dirname "$0")" && pwd)
voices="czech_dita cs 165 250,czech_krb cs 190 310,czech_machac cs 85 140,czech_ph cs 85 140,hy_fi_mv_diphone fi 80 135"
voices+=",suo_fi_lj_diphone fi 150 240,lp_diphone it 150 240,pc_diphone it 90 150,msu_ru_nsh_clunits ru 85 140"
voices+=",hindi_NSK_diphone in 90 150,telugu_NSK_diphone in 90 150,marathi_NSK_diphone in 90 150"
voices+=",ked_diphone en 85 140,kal_diphone en 85 140" # voice, language, lowest and highest pitch in Hz
packages="festival festival-hi festival-mr festival-te festvox-czech-dita festvox-czech-krb festvox-czech-machac
  festvox-czech-ph festvox-hi-nsk festvox-italp16k festvox-itapc16k festvox-kallpc16k festvox-kdlpc16k festvox-mr-nsk
  festvox-ru festvox-suopuhe-lj festvox-suopuhe-mv festvox-te-nsk"
for package in $packages; do
  dpkg -s "$package" >/dev/null 2>&1 || {
    echo "foreign-voices.sh: needs $package (apt-get install" $packages")" >&2
    exit 1
  }
done
mkdir -p "$out/digits" "$out/near"
out=$(realpath "$out")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# How an American says the words, in the phones of festival's lexicon; a digit may have two ways.
cat >"$work/words" <<'END'
0 z ih r ow
0 z iy r ow
1 w ah n
1 w aa n
2 t uw
3 th r iy
4 f ao r
4 f ow r
5 f ay v
6 s ih k s
7 s eh v ax n
7 s eh v eh n
8 ey t
9 n ay n
END
tr ' ' '\n' <"$here/near-words.txt" | tr - ' ' | awk '{
  printf "(format t \"speech\")"
  for (i = 1; i <= NF; i++)
    printf "(mapcar (lambda (s) (mapcar (lambda (p) (format t \" %%s\" p)) (car s))) (caddr (lex.lookup \"%s\" nil)))", $i
  print "(format t \"\\n\")"
}' >"$work/lexicon.scm"
festival -b '(voice_kal_diphone)' "$work/lexicon.scm" >>"$work/words"

# One file of festival's commands for each voice.
awk -v out="$out" -v work="$work" -v list="$voices" -v seed=20260103 -v OFS=, '
  function between(low, high) { return low + (high - low) * rand() }
  function pick(choices,    a, n) { n = split(choices, a, "|"); return a[1 + int(n * rand())] }
  function learn(language, to,    a, b, i, n) {
    n = split(american, a, " "); split(to, b, " ")
    for (i = 1; i <= n; i++) sounds[language, a[i]] = b[i]
  }
  # American phones as the voice says them, each lasting what its kind does, the pitch falling or rising through the word.
  function say(voice, language, pitch, pace, phones, file,    a, b, i, j, n, m, k, p, of, parts, first, falls, from, to, s, all) {
    n = split(phones, a, " "); k = 0
    for (i = 1; i <= n; i++) {
      m = split(pick((language, a[i]) in sounds ? sounds[language, a[i]] : a[i]), b, "+")
      for (j = 1; j <= m; j++) if (b[j] != "-") { p[++k] = b[j]; of[k] = a[i]; parts[k] = m; first[k] = j == 1 }
    }
    if (language ~ /^(cs|fi|ru|in)$/ && p[k] in devoiced) p[k] = devoiced[p[k]]
    falls = rand() < 0.7
    from = pitch * (falls ? between(1.05, 1.25) : between(0.9, 1))
    to = pitch * (falls ? between(0.75, 0.9) : between(1.05, 1.3))
    all = "((" silence[language] " 0.15)"
    for (i = 1; i <= k; i++) {
      if (of[i] ~ /^[aeiou]/) s = of[i] ~ /^(ax|ih|ah|uh)$/ ? 0.10 : 0.16
      else s = of[i] ~ /^(s|sh|f|th|z|ch)$/ ? 0.12 : of[i] ~ /^[mn]/ ? 0.09 : 0.075
      if (parts[i] > 1) s *= first[i] ? 0.65 : 0.5
      if (i == k) s *= 1.3
      s *= pace * between(0.85, 1.2)
      all = all sprintf(" (%s %.3f (0 %.0f))", p[i], s, from + (to - from) * (i - 1) / k)
    }
    all = all " (" silence[language] " 0.15))"
    printf "(utt.save.wave (utt.synth (Utterance Segments %s)) \"%s/%s\" (quote riff))\n", all, out, file > (work "/" voice ".scm")
  }
  function record(file, label, speaker) {
    print file, label, speaker, "synthetic-festival", "generated", 16000, "", "train" > (out "/manifest.csv")
  }
  BEGIN {
    srand(seed)
    print "path,label,speaker,source,licence,sample_rate,duration_s,split" > (out "/manifest.csv")
    # The nearest sounds of other languages: | parts what is as near, + joins two, - is silent.
    american = "aa ae ah ao aw ax axr ay b ch d dh eh el em en er ey f g hh hv ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh"
    learn("cs", "a: e|a a o: a+u e|a e+r a+j b c~ d d|z e e+l e+m e+n e:+r e+j f g h h i|i: i: dz~ k l m n n*+k o+u o+j p r s s~ t s|t u|u: u: v v|u j z z~")
    learn("fi", "a: a|e a o: a+u e|a e+r a+i b|p t+s d d|t e e+l e+m e+n e+r e+i f|v g|k h h i i: j k l m n N o+u o+i p r s s t s|t u u: v v j s s")
    learn("it", "a1 E1|a1 a1 O1 a1+u e|a E+r a1+i b tS d d|z E1 e+l e+m e+n E1+r e1+i f g - - i|i1 i1 dZ k l m n ng+g o1+u O1+i p r s S t s|t u|u1 u1 v w|v j z|s dZ")
    learn("ru", "aa ee|aa aa oo aa+u e|a ee+r aa+j b ch d z|d ee e+l e+m e+n ee+r ee+j f g h h ii|yy ii d+zh k l m n n+g oo+u oo+j p r s sh t s|t u|uu uu v v j z zh")
    learn("in", "aa ee|a a aw aa+uh a @+r aa+ih b ch D dh eh @+l @+m @+n @+r ee f g h h ih iy j k l m n N+g oo oo+ih p r s sh T th uh uw v v y j|s zh")
    sounds["en", "hv"] = "hh"; sounds["en", "axr"] = "er"
    # Final consonants lose their voice there, or were never recorded with it.
    n = split("v f d t z s b p g k dz~ c~ zh sh", a, " ")
    for (i = 1; i < n; i += 2) devoiced[a[i]] = a[i + 1]
    silence["cs"] = silence["fi"] = silence["it"] = "#"; silence["ru"] = silence["in"] = silence["en"] = "pau"
    voiceCount = split(list, voices, ",")
    for (i = 1; i <= voiceCount; i++) {
      split(voices[i], v, " ")
      name[i] = v[1]; language[i] = v[2]; low[i] = v[3]; high[i] = v[4]
      print "(voice_" name[i] ")" > (work "/" name[i] ".scm")
    }
  }
  $1 == "speech" { near[++nearCount] = substr($0, 8); next }
  { ways[$1] = ways[$1] (ways[$1] == "" ? "" : "|") substr($0, 3) }
  END {
    for (i = 1; i <= voiceCount; i++) {
      for (k = 1; k <= 8; k++) {
        pitch = between(low[i], high[i]); pace = between(0.75, 1.4)
        for (d = 0; d < 10; d++) {
          file = "digits/" d "_" name[i] "_" k ".wav"
          say(name[i], language[i], pitch, pace, pick(ways[d]), file)
          record(file, d, name[i] "-" k)
        }
      }
      for (w = 1; w <= nearCount; w++) {
        file = "near/" w "_" name[i] ".wav"
        say(name[i], language[i], between(low[i], high[i]), between(0.75, 1.4), near[w], file)
        record(file, "speech", name[i])
      }
    }
  }' "$work/words"
rm "$work/lexicon.scm"
# The second Finnish voice's lacks a sound that festival ends at: what it did not come to is left out.
# One of the Czech voices reads memory that nothing was written to: let it always be the same.
export GLIBC_TUNABLES=glibc.malloc.perturb=255
find "$work" -name '*.scm' -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c 'festival -b "$1" >/dev/null 2>&1 || true' sh
awk -F, -v out="$out" 'NR == 1 || (getline line < (out "/" $1)) > 0 { print } { close(out "/" $1) }' "$out/manifest.csv" >"$work/manifest"
mv "$work/manifest" "$out/manifest.csv"
echo "$out: $(($(wc -l <"$out/manifest.csv") - 1)) recordings"
