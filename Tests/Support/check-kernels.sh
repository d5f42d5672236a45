#!/bin/sh
# Runs the network's kernels on older processors than this one, emulated, and on this one.
#
#   check-kernels.sh BINARIES TESTS
#
# BINARIES: the folder of digitd (x86-64). On an emulated Nehalem, which has neither AVX nor FMA, and on an emulated Haswell,
# which has both, digitd must hear the digits of a recording: code for another processor would end it.
# TESTS: the package's built test executable. The network's tests pass on both, too. Needs qemu-user. It emulates no
# AVX-512: with these kernels they run where this machine has it.
# And: the kernels compile for aarch64.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
recording=$root/Tests/Fixtures/digits.wav
digits=4702951836
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "check-kernels: $1" >&2
  exit 1
}

[ $# -eq 2 ] || fail "usage: check-kernels.sh BINARIES TESTS"
for file in "$1/digitd" "$2" "$recording"; do [ -f "$file" ] || fail "$file: no such file"; done

# Runs the network's tests; what comes before them is how.
run_tests() {
  name=$1
  shift
  # A processor that lacks what the code uses ends in SIGILL, and so in another exit code than 0.
  "$@" --testing-library swift-testing --filter StreamingNetworkTests > "$work/log" 2>&1 ||
    { cat "$work/log" >&2; fail "the tests fail with $name"; }
  grep -qE 'Test run with [1-9][0-9]* tests.* passed' "$work/log" ||
    { cat "$work/log" >&2; fail "no test ran with $name"; }
  echo "check-kernels: $name: $(grep -oE 'Test run with .*' "$work/log")"
}

qemu=$(command -v qemu-x86_64-static || command -v qemu-x86_64) || fail "qemu-x86_64 (Debian: qemu-user) is missing"
for processor in Nehalem:SSE2 Haswell:AVX2+FMA; do
  name=${processor%:*}
  "$qemu" -cpu "$name" "$1/digitd" --input "$recording" --no-socket --format json > "$work/events" 2> "$work/log" ||
    { cat "$work/log" >&2; fail "digitd fails on an emulated $name"; }
  heard=$(sed -n 's/.*"type": "transcript".*"digit": \([0-9]\).*/\1/p' "$work/events" | tr -d '\n')
  [ "$heard" = "$digits" ] || fail "on an emulated $name digitd hears $heard, not $digits"
  echo "check-kernels: an emulated $name: digitd hears $heard"
  run_tests "an emulated $name" "$qemu" -cpu "$name" -E DIGITD_EXPECTED_KERNELS="${processor#*:}" "$2"
done
missing=
for flag in avx2 fma avx512f avx512dq avx512bw avx512cd avx512vl; do
  grep -qw "$flag" /proc/cpuinfo || missing="$missing $flag"
done
if [ -z "$missing" ] && grep -qw avx512_vnni /proc/cpuinfo; then
  run_tests "this machine's AVX-512 VNNI" env DIGITD_EXPECTED_KERNELS="AVX-512 VNNI" "$2"
elif [ -z "$missing" ]; then
  run_tests "this machine's AVX-512" env DIGITD_EXPECTED_KERNELS=AVX-512 "$2"
  echo "check-kernels: the AVX-512 VNNI kernels are not tried: this machine lacks avx512_vnni, and qemu emulates none"
else
  echo "check-kernels: the AVX-512 kernels are not tried: this machine lacks$missing, and qemu emulates no AVX-512"
fi

# Swift brings a clang.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
[ -x "$clang" ] || clang=clang
"$clang" --target=aarch64-none-elf -ffreestanding -O2 -Wall -Werror -I "$root/Sources/CKernels/include" \
  -c "$root/Sources/CKernels/floats_baseline.c" -o "$work/aarch64.o"
echo "check-kernels: the kernels compile for aarch64"
