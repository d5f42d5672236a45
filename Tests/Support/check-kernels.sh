#!/bin/sh
# Checks what the compiler made of the network's kernels.
#
#   check-kernels.sh BINARY [TESTS]
#
# BINARY (x86-64, not stripped): the AVX2 kernels use fused multiply-adds of 256 bits, the AVX-512 kernels of 512, those for
# AVX-512 VNNI products of integers, and no code of ours outside these modules uses AVX, so that the program starts and runs
# on a processor without it.
# TESTS (the package's built test executable, optional): the network's tests pass on an emulated Nehalem, which
# has neither AVX nor FMA, and on an emulated Haswell, which has both. Needs qemu-user. It emulates no AVX-512: with these
# kernels they run where this machine has it.
# And: the kernels compile for aarch64, to its fused multiply-adds and without a call of fmaf.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
kernels=$root/Sources/KernelsBaseline/Kernels.swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "check-kernels: $1" >&2
  exit 1
}

[ $# -ge 1 ] || fail "usage: check-kernels.sh BINARY [TESTS]"
[ -f "$1" ] || fail "$1: no such file"

# A line a symbol that holds AVX code: VEX-coded instructions begin with v (verr and verw apart, which nobody uses);
# then how many of them are fused multiply-adds of 256 bits and of 512, how many use what AVX-512 has brought, and how many
# multiply integers and add them.
objdump -d --no-show-raw-insn --no-addresses "$1" | awk '
  /^<.*>:$/ { symbol = $1; next }
  $1 ~ /^v[a-z]/ {
    avx[symbol] = 1
    if ($1 ~ /^vfn?m(add|sub)/) { if (/%zmm/) fma512[symbol]++; else if (/%ymm/) fma256[symbol]++ }
    if ($1 == "vpdpwssd") products[symbol]++
    if (/%zmm|%[xy]mm(1[6-9]|2[0-9]|3[01])|%k[0-7]/) wide[symbol]++
  }
  END {
    for (symbol in avx)
      print symbol, fma256[symbol] + 0, fma512[symbol] + 0, wide[symbol] + 0, products[symbol] + 0
  }' | sort > "$work/avx"

if grep -vE '^<(\$s(11KernelsAVX2|13KernelsAVX512)|kernelsvnni_)' "$work/avx" > "$work/stray"; then
  head -n 20 "$work/stray" >&2
  fail "$1: AVX code outside of the kernels' modules"
fi
if awk '/^<\$s11KernelsAVX2/ && $4 > 0' "$work/avx" | grep . >&2; then fail "$1: AVX-512 code in KernelsAVX2"; fi
for module in 11KernelsAVX2 13KernelsAVX512; do
  [ "$module" = 11KernelsAVX2 ] && column=2 || column=3
  for kernel in 23convolveFrameAndRectify:20 24convolveColumnAndRectify:8; do
    fma=$(awk -v prefix="<\$s$module${kernel%:*}" -v column="$column" \
      'index($1, prefix) == 1 { n += $column } END { print n + 0 }' "$work/avx")
    [ "$fma" -ge "${kernel#*:}" ] ||
      fail "$1: $fma fused multiply-adds in ${module#??}'s ${kernel%:*}, where ${kernel#*:} and more belong"
    echo "check-kernels: $1: $fma fused multiply-adds in ${module#??}'s ${kernel%:*}"
  done
done
for kernel in convolve:28 convolve_column:4; do
  products=$(awk -v symbol="<kernelsvnni_${kernel%:*}>:" '$1 == symbol { print $5 }' "$work/avx")
  [ "${products:-0}" -ge "${kernel#*:}" ] ||
    fail "$1: ${products:-0} products of integers in kernelsvnni_${kernel%:*}, where ${kernel#*:} and more belong"
  echo "check-kernels: $1: $products products of integers in kernelsvnni_${kernel%:*}"
done
echo "check-kernels: $1: no AVX outside of the kernels' modules"

swiftc -enable-experimental-feature Embedded -wmo -O -parse-as-library -package-name digitd -module-name KernelsBaseline \
  -target aarch64-none-none-elf -emit-assembly "$kernels" -o "$work/aarch64.s"
fmla=$(grep -cE '\bfmla\b' "$work/aarch64.s" || true)
[ "$fmla" -ge 40 ] || fail "aarch64: $fmla fused multiply-adds, where 40 and more belong"
if grep -E '\bbl\b.*fmaf?\b' "$work/aarch64.s" >&2; then fail "aarch64: calls of fmaf"; fi
echo "check-kernels: aarch64: $fmla fused multiply-adds"

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

if [ $# -ge 2 ]; then
  qemu=$(command -v qemu-x86_64-static || command -v qemu-x86_64) || fail "qemu-x86_64 (Debian: qemu-user) is missing"
  run_tests "an emulated Nehalem" "$qemu" -cpu Nehalem -E DIGITD_EXPECTED_KERNELS=SSE2 "$2"
  run_tests "an emulated Haswell" "$qemu" -cpu Haswell -E DIGITD_EXPECTED_KERNELS=AVX2+FMA "$2"
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
fi
