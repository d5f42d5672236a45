#!/bin/bash
# Runs the system test in a throw-away virtual machine: run.sh PACKAGE DIGITD
#
# PACKAGE is the .deb to test; DIGITD a built program, which finds the words in the recording. The machine (Debian 12 with
# systemd as PID 1 and the kernel's loopback sound card) is made and started by the script that $TESTBED names
# [../shared/tools/testbed.sh]: "build" makes its image, "run SCRIPT FILE…" runs SCRIPT as root in a fresh copy of it, in
# the folder with the FILEs. It may be emulated and slow: nothing here depends on how quick it is.
set -euo pipefail

package=$(realpath "${1:?which package?}")
digitd=$(realpath "${2:?which digitd?}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
testbed=${TESTBED:-../shared/tools/testbed.sh}
[[ -x $testbed ]] || { echo "run.sh: there is no $testbed: set TESTBED" >&2; exit 1; }
Tests/Support/need-packages.sh sox

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$package" "$work/digitd.deb"

# A newer version of the same, to upgrade to, with models of version 9.0.
dpkg-deb -R "$package" "$work/newer"
for model in "$work"/newer/usr/share/digitd/digits*.safetensors; do
  LC_ALL=C sed -i '1s/"version":"[0-9]/"version":"9/' "$model"
  ! cmp -s "$model" "Models/${model##*/}" || { echo "run.sh: ${model##*/} could not be changed" >&2; exit 1; }
done
sed -i 's/^Version: .*/&+1/' "$work/newer/DEBIAN/control"
dpkg-deb --root-owner-group -Znone -b "$work/newer" "$work/newer.deb" > /dev/null

# The ten digits of a fixture, each followed by three seconds of hiss; and the first of them alone.
recording=Tests/Fixtures/digits.wav
sox -R -n -r 16000 -c 1 -b 16 "$work/pause.wav" synth 3 pinknoise gain -54
parts=()
while read -r start end; do
  part=$work/word-${#parts[@]}.wav
  sox -R "$recording" -b 16 "$part" trim "$(((start - 150) * 16))s" "=$(((end + 150) * 16))s"
  parts+=("$part" "$work/pause.wav")
done < <("$digitd" --input "$recording" 2> /dev/null |
  sed -n 's/.*"transcript".*"start_ms": \([0-9]*\), "end_ms": \([0-9]*\).*/\1 \2/p')
sox "$work/pause.wav" "${parts[@]}" "$work/ten.wav"
sox "$work/pause.wav" "${parts[@]:0:2}" "$work/one.wav"
sox "$work/one.wav" -t raw "$work/one.raw"

# Dependencies that the image lacks when it is made without them, and what its services are tried with.
TESTBED_PACKAGES=${TESTBED_PACKAGES:-libsoxr0,libmosquitto1,mosquitto,mosquitto-clients,curl} "$testbed" build
TESTBED_TIMEOUT=${TESTBED_TIMEOUT:-1500} "$testbed" run Tests/System/payload.sh \
  "$work/digitd.deb" "$work/newer.deb" "$work/ten.wav" "$work/one.wav" "$work/one.raw" Tests/Fixtures/digits.txt
