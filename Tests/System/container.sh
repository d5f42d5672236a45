#!/bin/bash
# Whether the Containerfile makes an image in which digitd works: container.sh PACKAGE [BASE]
#
# PACKAGE is digitd's; BASE an image of Debian. Without one, a minimal bookworm is made with mmdebstrap. Needs root, buildah
# and a Debian mirror; takes a few minutes. In buildah's chroot isolation, which asks nothing of the kernel: what a microphone
# needs, /dev/snd and the right to open it, is not tried.
set -euo pipefail

package=$(realpath "${1:?which package?}")
base=${2-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
((EUID == 0)) || { echo "container.sh: needs root" >&2; exit 1; }
"$here/../Support/need-packages.sh" buildah mmdebstrap

say() { printf -- '-- %s\n' "$*"; }
fail() { printf 'container.sh: %s\n' "$*" >&2; exit 1; }

work=$(mktemp -d)
containers=() images=()
tidy() {
  for container in "${containers[@]}"; do buildah rm "$container" > /dev/null; done
  for image in "${images[@]}"; do buildah rmi "$image" > /dev/null; done
  rm -rf "$work"
}
trap tidy EXIT
quietly() { "$@" > "$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "$1 $2 failed"; }; }

if [[ -z $base ]]; then
  say "a minimal bookworm"
  quietly mmdebstrap --variant=minbase bookworm "$work/base.tar"
  container=$(buildah from scratch)
  containers+=("$container")
  quietly buildah add "$container" "$work/base.tar" /
  base=localhost/digitd-test-base
  quietly buildah commit "$container" "$base"
  images+=("$base")
  rm "$work/base.tar"
fi

say "the image"
mkdir "$work/context"
cp "$package" "$work/context/"
quietly buildah build --isolation chroot --build-arg "BASE=$base" --tag localhost/digitd-test \
  --file "$root/systemd/container/Containerfile" "$work/context"
images=(localhost/digitd-test "${images[@]}")
container=$(buildah from localhost/digitd-test)
containers=("$container" "${containers[@]}")
inside() { buildah run --isolation chroot --volume "$root/Tests/Fixtures:/fixtures:ro" "$container" -- "$@"; }

say "it runs as a user of its own, in the group audio"
[[ $(inside id -un) == digitd ]] || fail "it runs as $(inside id -un)"
inside id -Gn | grep -qw audio || fail "its groups are $(inside id -Gn)"

say "it hears the recording"
heard=$(inside digitd --input /fixtures/digits.wav 2> "$work/log" | sed -n 's/.*"type": "transcript".*"digit": \([0-9]\).*/\1/p')
[[ $heard == "$(< "$root/Tests/Fixtures/digits.txt")" ]] || fail "it heard $(echo $heard): $(< "$work/log")"

say "its command waits for a microphone, says nothing on standard output, and answers at the socket"
image() { buildah inspect --type image --format "$1" localhost/digitd-test; }
[[ $(image '{{.OCIv1.Config.Cmd}}') == '[--wait-for-device]' ]] || fail "its command is $(image '{{.OCIv1.Config.Cmd}}')"
[[ $(image '{{.OCIv1.Config.User}}') == digitd ]] || fail "its user is $(image '{{.OCIv1.Config.User}}')"
inside sh -c '
  /bin/sh -c "exec \"\$@\" > /dev/null" sh /usr/bin/digitd --wait-for-device > /tmp/output 2> /tmp/log &
  tries=0
  until [ -S /run/digitd/digitd.sock ]; do
    tries=$((tries + 1)); [ $tries -lt 60 ] || exit 1
    sleep 1
  done
  # Its exit code says only that nothing is listened to.
  digitctl status | grep -q "^state" || exit 2
  kill $! && wait $! || exit 3
  [ ! -s /tmp/output ] || exit 4' || fail "it does not: $?"
say "passed"
