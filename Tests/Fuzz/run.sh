#!/bin/bash
# Fuzzes the parsers of outside input with libFuzzer: run.sh [RUNS] [CASE…]
#
# RUNS cases each [10000000]; CASEs are messages, safetensors, configuration and sound [all]. Begins from seeds.sh's
# examples; what it finds interesting is kept in .build-fuzz/corpus and begun from the next time. SEED [1] seeds it. Prints
# how much of the code was reached. A finding ends it with an error, and the bytes lie in .build-fuzz: run.sh's last line
# says how to see it again.
set -euo pipefail

runs=${1:-10000000}
cases=("${@:2}")
((${#cases[@]})) || cases=(messages safetensors configuration sound)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$here/../.." && pwd)/.build-fuzz
flags=(-c release --package-path "$here" --scratch-path "$build" -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld)
"$here/../Support/need-packages.sh" sox python3 libsndfile1-dev libsoxr-dev pkg-config

swift build "${flags[@]}"
program=$(swift build "${flags[@]}" --show-bin-path)/Fuzz
"$here/seeds.sh" "$build/seeds"
# A crash with piped output hung with it.
export SWIFT_BACKTRACE=enable=no

for name in "${cases[@]}"; do
  length=512
  case $name in
    safetensors | sound) length=6000 ;;
  esac
  mkdir -p "$build/corpus/$name"
  echo "== $name: $runs cases"
  status=0
  "$program" "$name" -runs="$runs" -seed="${SEED:-1}" -max_len=$length -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/$name-" "$build/corpus/$name" "$build/seeds/$name" > "$build/$name.log" 2>&1 || status=$?
  grep -E 'INFO: (Loaded|seed corpus)|^stat::(number_of_executed|average_exec|peak_rss)|SUMMARY|Test unit written' "$build/$name.log" || true
  reached=$(grep -oE 'cov: [0-9]+' "$build/$name.log" | tail -n 1)
  echo "   reached: ${reached#cov: } of $(sed -n 's/.*Loaded [0-9]* PC tables (\([0-9]*\) PCs).*/\1/p' "$build/$name.log") places in the code of all cases"
  if ((status != 0)); then
    tail -n 20 "$build/$name.log" >&2
    echo "to see it again: SWIFT_BACKTRACE=enable=no $program $name $build/$name-…" >&2
    exit "$status"
  fi
done
