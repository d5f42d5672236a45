#!/bin/sh
# Checks what the compiler made of the network's kernels.
#
#   check-kernels.sh BINARY [TESTS]
#
# BINARY (x86-64, not stripped): the AVX2 kernels use 256-bit fused multiply-adds, and no code of ours outside their
# module uses AVX, so that the program starts and runs on a processor without it.
# TESTS (the package's built test executable, optional): the network's tests pass on an emulated Nehalem, which
# has neither AVX nor FMA, and on an emulated Haswell, which has both. Needs qemu-user.
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
# then how many there are, and how many of them are fused multiply-adds of 256 bits.
objdump -d --no-show-raw-insn --no-addresses "$1" | awk '
  /^<.*>:$/ { symbol = $1; next }
  $1 ~ /^v[a-z]/ { avx[symbol]++; if ($1 ~ /^vfn?m(add|sub)/ && /%ymm/) fma[symbol]++ }
  END { for (symbol in avx) print symbol, avx[symbol], fma[symbol] + 0 }' | sort > "$work/avx"

if grep -v '^<\$s11KernelsAVX2' "$work/avx" > "$work/stray"; then
  head -n 20 "$work/stray" >&2
  fail "$1: AVX code outside of KernelsAVX2"
fi
fma=$(awk '/^<\$s11KernelsAVX223convolveFrameAndRectify/ { n += $3 } END { print n + 0 }' "$work/avx")
[ "$fma" -ge 20 ] || fail "$1: $fma fused multiply-adds in KernelsAVX2's convolution, where 20 and more belong"
echo "check-kernels: $1: $fma fused multiply-adds in KernelsAVX2's convolution, no AVX outside of it"

swiftc -enable-experimental-feature Embedded -wmo -O -parse-as-library -module-name KernelsBaseline \
  -target aarch64-none-none-elf -emit-assembly "$kernels" -o "$work/aarch64.s"
fmla=$(grep -cE '\bfmla\b' "$work/aarch64.s" || true)
[ "$fmla" -ge 40 ] || fail "aarch64: $fmla fused multiply-adds, where 40 and more belong"
if grep -E '\bbl\b.*fmaf?\b' "$work/aarch64.s" >&2; then fail "aarch64: calls of fmaf"; fi
echo "check-kernels: aarch64: $fmla fused multiply-adds"

if [ $# -ge 2 ]; then
  qemu=$(command -v qemu-x86_64-static || command -v qemu-x86_64) || fail "qemu-x86_64 (Debian: qemu-user) is missing"
  for cpu in Nehalem Haswell; do
    [ "$cpu" = Nehalem ] && expected=SSE2 || expected=AVX2+FMA
    # A processor that lacks what the code uses ends in SIGILL, and so in another exit code than 0.
    "$qemu" -cpu "$cpu" -E "DIGITD_EXPECTED_KERNELS=$expected" "$2" --testing-library swift-testing --filter StreamingNetworkTests > "$work/log" 2>&1 ||
      { cat "$work/log" >&2; fail "the tests fail on an emulated $cpu"; }
    grep -qE 'Test run with [1-9][0-9]* tests.* passed' "$work/log" ||
      { cat "$work/log" >&2; fail "no test ran on an emulated $cpu"; }
    echo "check-kernels: $cpu: $(grep -oE 'Test run with .*' "$work/log")"
  done
fi
