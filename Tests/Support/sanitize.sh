#!/bin/bash
# Runs the tests under a sanitizer: sanitize.sh address|thread [FILTER]
#
# Builds everything anew in .build-address or .build-thread, which takes a while. Left out are the tests that measure the
# memory of this very process, which then is the sanitizer's. A finding ends it with an error; the reports lie in that
# folder's reports/.
#
# The thread sanitizer takes the rooms that share memory by atomics: the capture thread with its ring buffer, recognition,
# the trainer's lanes. Not those that share it by `Mutex`: on Linux that is a priority-inheritance futex, which a contended
# lock changes hands of inside the kernel, unseen by the sanitizer. It then reports whatever two threads do under the same
# lock (EventFeed, the daemon, NIO's clients), as it does for ten lines that only count under one.
set -euo pipefail

sanitizer=${1:?which sanitizer?}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${SANITIZE_BUILD:-$PWD/.build-$sanitizer}
case $sanitizer in
  address | thread) ;;
  *) echo "sanitize.sh: there is no sanitizer $sanitizer: address or thread" >&2; exit 64 ;;
esac
filter=${2:-}
if [ -z "$filter" ] && [ "$sanitizer" = thread ]; then
  filter="AudioInputTests|VoiceActivityTests|SpeechFeaturesTests|DigitNetworkTests|RecognitionTests"
  filter+="|TrainerTests|TrainingRunTests|MuonTests|TrainableNetwork"
fi
skipped=(whatOnlyTheStartNeededIsGivenBack nothingIsLeftOfAnEventThatWasDelivered)

flags=(-c release --sanitize="$sanitizer" --scratch-path "$build")
swift build "${flags[@]}" --build-tests
reports=$build/reports
rm -rf "$reports" && mkdir -p "$reports"
# Swift's own backtraces and the sanitizer's do not go together.
export SWIFT_BACKTRACE=enable=no DIGITD_TEST_PYTHON="$PWD/.venv-test/bin/python"
# Leaks are not looked for: Swift keeps bits of its own in pointers, which hides what they point to.
export ASAN_OPTIONS="detect_leaks=0:log_path=$reports/address" TSAN_OPTIONS="log_path=$reports/thread"
status=0
swift test "${flags[@]}" --skip-build --no-parallel ${filter:+--filter "$filter"} "${skipped[@]/#/--skip=}" || status=$?
if compgen -G "$reports/*" > /dev/null; then
  head -n 60 "$reports"/* >&2
  exit 1
fi
exit "$status"
