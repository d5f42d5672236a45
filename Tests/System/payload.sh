#!/bin/bash
# The system test, inside the virtual machine, as root: installs the package and injects the faults of a service and its
# microphone. Each line is a check; the exit code is the number of those that failed.
#
# The sound card is the kernel's loopback: what is played into its device 0 is heard on its device 1. One subscriber, who
# is in the group, listens all the way through; what he gets is the measure of everything.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

card=/sys/bus/platform/drivers/snd_aloop
microphone=plughw:CARD=Loopback,DEV=1,SUBDEV=0
socket=/run/digitd/digitd.sock
heard=/tmp/heard.jsonl
# "closed" while nobody listens
pcm=/proc/asound/Loopback/pcm1c/sub0/status
failed=0

chapter() { printf '\n== %s  (%s s)\n' "$*" "$SECONDS"; }
ok() { printf '   ok    %s\n' "$*"; }
bad() { printf '   FAIL  %s\n' "$*"; failed=$((failed + 1)); }
# check WORDS COMMAND…: whether it succeeds
check() { local words=$1; shift; if "$@" > /tmp/said 2>&1; then ok "$words"; else bad "$words: $(tail -n 3 /tmp/said)"; fi; }
# refused WORDS REASON COMMAND…: whether it fails and says why
refused() {
  local words=$1 reason=$2; shift 2
  if ! "$@" > /tmp/said 2>&1 && grep -q "$reason" /tmp/said; then ok "$words: $(tail -n 1 /tmp/said)"; else bad "$words: $(tail -n 1 /tmp/said)"; fi
}
# await SECONDS COMMAND…: until it succeeds
await() {
  local end=$((SECONDS + $1)); shift
  until "$@" > /dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.3
  done
}
not() { ! "$@"; }
least() { printf '%s\n' "$@" | sort -n | head -n 1; }
# answered SECONDS PATTERN: reads what comes over TCP, descriptor 4, up to such a line
answered() {
  local end=$((SECONDS + $1)) line
  while ((SECONDS < end)); do
    if read -r -t 5 -u 4 line && grep -q "$2" <<< "$line"; then return; fi
  done
  return 1
}
# Events of the subscriber since the last "mark".
mark() { marked=$(wc -l < "$heard"); }
since() { tail -n "+$((marked + 1))" "$heard"; }
seen() { since | grep -q "$1"; }
said() { since | sed -n 's/.*"type": "transcript".*"digit": \([0-9]\).*/\1/p' | tr '\n' ' '; }
digits_are() { [[ $(said) == "$1" ]]; }
play() { aplay -q -D plughw:CARD=Loopback,DEV=0,SUBDEV=0 --buffer-time=2000000 "$1"; }
# says WORDS DIGITS FILE [PLAYER]: plays it and waits until just these digits are heard. An emulated machine on a busy host
# loses sound by itself: what was said over such a loss, which is told, is said again, twice at most.
says() {
  for _ in 1 2 3; do
    mark
    "${4-play}" "$3" || bad "playing $3"
    await 60 digits_are "$2" && break
    seen '"type": "overrun"' || break
    echo "         heard $(said), $(since | grep -c '"type": "overrun"') times the machine lost sound: said again"
  done
  check "$1: $(said)" digits_are "$2"
}
# The one subscriber. Not through runuser, which would stay between: whoever ends it must end it.
subscribe() {
  setpriv --reuid=alice --regid=alice --init-groups digitctl subscribe >> "$heard" 2> /tmp/heard.errors &
  subscriber=$!
}
no_longer_subscribe() { kill $subscriber; wait $subscriber 2> /dev/null; }
# Whether the one subscriber is connected, and what its connection had to say is written.
subscriber_is_there() {
  local session
  session=$(user alice digitctl status --json | grep -o '"session": *"[^"]*"') && grep -q "\"hello\".*$session" "$heard"
}
status() { systemctl show -P "$1" digitd.service; }
listens() { [[ $(status StatusText) == listening* && $(status ActiveState) == active ]]; }
status_is() { [[ $(status StatusText) == *$1* ]]; }
user() { local name=$1; shift; runuser -u "$name" -- "$@"; }
logged() { journalctl -q -u digitd -o cat --since "@$since_when" | grep -cE "$1"; }
unplug() { echo snd_aloop.0 > "$card/unbind"; }
plug_in() { echo snd_aloop.0 > "$card/bind"; }
setting() { echo "$1" >> /etc/default/digitd; }
drop_in() { mkdir -p /run/systemd/system/digitd.service.d; printf '[Service]\n%s\n' "$1" > /run/systemd/system/digitd.service.d/test.conf; systemctl daemon-reload; }
no_drop_in() { rm -rf /run/systemd/system/digitd.service.d; systemctl daemon-reload; }

useradd -m alice
: > "$heard"
useradd -m mallory
find / -xdev -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/lib/dpkg/*' -not -path '/var/log/*' -not -path '/payload/*' -not -path '/var/lib/mosquitto/*' | sort > /tmp/before

chapter "Install"
check "the package installs" dpkg -i digitd.deb
check "nothing listens, and nothing is enabled" \
  sh -c '! systemctl is-active digitd.service digitd.socket && ! systemctl is-enabled digitd.service digitd.socket'
systemctl -q enable --now digitd.service
systemctl -q is-active digitd.service || await 30 systemctl -q is-active digitd.service ||
  { echo "it does not even start:"; dpkg -s digitd | grep -E "Status|Depends"; journalctl -b -u digitd -u digitd.socket | tail -n 20; exit 99; }
usermod -aG digitd alice
check "its socket is enabled with it" systemctl -q is-enabled digitd.socket
check "it runs" await 60 systemctl -q is-active digitd.service
check "systemd has nothing to say of the units" \
  sh -c 'test -z "$(systemd-analyze verify --man=no digitd.service digitd.socket digitd-wyoming.socket digitd-mqtt.service digitd-serve.service 2>&1 | tee /dev/stderr)"'
check "the exposure is 0.7 at most" systemd-analyze security --threshold=7 digitd.service
setting "DIGITD_DEVICE=$microphone"
systemctl restart digitd.service
check "it listens to the microphone that the settings name" await 60 listens
echo "         $(status StatusText); $(($(status MemoryCurrent) / 1048576)) MiB in its group; user $(stat -c %U "/proc/$(status MainPID)")"
grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp|Groups):' "/proc/$(status MainPID)/status" | sed 's/^/         /'
check "it has no capabilities" grep -q '^CapBnd:.0000000000000000' "/proc/$(status MainPID)/status"

chapter "Who may listen"
check "the socket is for its group: $(stat -c '%A %U %G' $socket)" test "$(stat -c '%a %G' $socket)" = "660 digitd"
check "a user in the group is answered" user alice digitctl status
refused "another is refused, and told of the group" "join the group of its file" \
  user mallory env XDG_RUNTIME_DIR=/tmp digitctl status
subscribe
check "the subscriber is greeted" await 30 grep -q '"hello"' "$heard"

chapter "Ten digits"
says "played into the card and read back from the socket" "$(tr '\n' ' ' < digits.txt)" ten.wav
check "the journal keeps nothing of it" test "$(journalctl -u digitd | grep -cE 'transcript|seven|digit\"')" = 0
check "no event was dropped" sh -c "! grep -q '\"type\": \"dropped\"' $heard"
echo "         overruns meanwhile (an emulated machine may have some): $(grep -c '"type": "overrun"' "$heard")"

chapter "Unplugged and plugged in again"
mark; since_when=$(date +%s)
unplug
check "the loss is told" await 30 seen '"device".*"lost"'
# The kernel says EIO or ENODEV of a card that was just taken away, as it comes.
gone='no microphone|does not work: Input/output'
check "systemctl says it: $(status StatusText)" sh -c "systemctl show -P StatusText digitd.service | grep -qE '$gone'"
sleep 8
before=$(date +%s%N)
plug_in
check "it listens again" await 30 seen '"device".*"listening".*"lost_ms"'
at=$(date -d "$(since | sed -n 's/.*"device".*"time": "\([^"]*\)".*"listening".*/\1/p' | tail -n 1)" +%s%N)
echo "         $(((at - before) / 1000000)) ms after the card was back (on an emulated machine)"
check "with a line in the log for each" test "$(logged "$gone")" = 1 -a "$(logged 'listening to ')" = 1
says "and hears" "4 " one.wav

chapter "Busy"
mark; since_when=$(date +%s)
systemctl stop digitd.socket digitd.service
arecord -q -D hw:CARD=Loopback,DEV=1,SUBDEV=0 -f S16_LE -r 16000 -c 1 /dev/null &
recorder=$!
await 20 grep -q RUNNING /proc/asound/Loopback/pcm1c/sub0/status
systemctl start digitd.service
check "another program has the microphone, and it says which" await 30 status_is "in use by"
echo "         $(status StatusText)"
kill $recorder; wait $recorder 2> /dev/null
check "it takes the microphone when it is free" await 30 listens
says "and hears" "4 " one.wav

chapter "Overrun"
mark
pid=$(status MainPID)
kill -STOP "$pid"; sleep 4; kill -CONT "$pid"
check "what was lost is told" await 30 seen '"overrun".*"lost_ms"'
echo "         $(since | sed -n 's/.*"overrun".*\("lost_ms": [0-9]*\).*/\1/p' | head -n 1) after 4 s"
check "by the same process" test "$(status MainPID)" = "$pid"
says "which goes on hearing" "4 " one.wav

chapter "Killed"
mark
inode=$(stat -c %i $socket)
kill -KILL "$pid"
check "another is started" await 60 sh -c "systemctl show -P StatusText digitd | grep -q ^listening && test \$(systemctl show -P MainPID digitd) != $pid"
check "on the same socket" test "$(stat -c %i $socket)" = "$inode"
check "the subscriber is with it again" await 30 seen '"hello"'
says "and hears" "4 " one.wav

chapter "Hanging"
drop_in "WatchdogSec=6"
systemctl restart digitd.service
await 60 listens
pid=$(status MainPID); restarts=$(status NRestarts)
sleep 10
check "a daemon that listens feeds the watchdog" test "$(status MainPID)" = "$pid"
kill -STOP "$pid"
check "one that hangs is ended and started anew" await 90 sh -c "test \$(systemctl show -P NRestarts digitd) -gt $restarts && systemctl show -P StatusText digitd | grep -q ^listening"
check "the watchdog did it" sh -c "journalctl -q -u digitd -o cat | grep -qi 'watchdog timeout'"
check "without a core file" sh -c "! find / -xdev -name 'core*' -newer $heard -type f -path '*digitd*' | grep -q ."
unplug
await 30 sh -c "systemctl show -P StatusText digitd.service | grep -qE '$gone'"
pid=$(status MainPID)
sleep 10
check "one that waits for its microphone feeds it too" test "$(status MainPID)" = "$pid"
plug_in
await 30 listens
no_drop_in
systemctl restart digitd.service
await 60 listens

chapter "Reload"
await 30 user alice digitctl status
await 60 subscriber_is_there
pid=$(status MainPID)
# The recording is played while the configuration is read again four times: changed, wrong, unknown, as it was.
play_and_reload() {
  since_when=$(date +%s)
  play "$1" &
  local player=$!
  sleep 6; setting "DIGITD_LOG_LEVEL=debug"; systemctl reload digitd.service || return
  sleep 4; setting "DIGITD_LOG_LEVEL=loud"; systemctl reload digitd.service || return
  sleep 4; sed -i '$d' /etc/default/digitd; setting "DIGITD_DEVCE=x"; systemctl reload digitd.service || return
  sleep 2; sed -i '$d' /etc/default/digitd; sed -i '$d' /etc/default/digitd; systemctl reload digitd.service || return
  wait $player
}
says "not a digit is lost" "$(tr '\n' ' ' < digits.txt)" ten.wav play_and_reload
check "nor an event, and the microphone stays open: $(since | grep -E '"type": "(dropped|device)"')" \
  sh -c "! tail -n +$((marked + 1)) $heard | grep -qE '\"type\": \"(dropped|device)\"'"
check "a wrong value is named, with its line" test "$(logged 'line [0-9]*: DIGITD_LOG_LEVEL is .loud')" = 1
check "an unknown key is named, with its line" test "$(logged 'line [0-9]*: there is no setting DIGITD_DEVCE')" = 1
check "and no library has a word in the log" sh -c "! journalctl -q -b -u digitd -o cat | grep 'Failed to set'"
check "by the same process, active" test "$(status MainPID) $(status ActiveState)" = "$pid active"

chapter "A TCP port beside the socket"
tcp_opens() { (exec 3<> /dev/tcp/127.0.0.1/10300) 2> /dev/null; }
check "it is closed until somebody enables it" not tcp_opens
systemctl -q enable digitd-wyoming.socket
check "a restart of the service brings it" systemctl restart digitd.service
check "it is open" await 60 tcp_opens
await 60 listens
check "the service is in a network of its own all the same" \
  test "$(readlink "/proc/$(status MainPID)/ns/net")" != "$(readlink /proc/self/ns/net)"
check "the Unix socket is served as before" user alice digitctl status
# A recording, sent as a voice assistant does it, in pieces of a second.
split -b 32000 one.raw /tmp/piece-
exec 4<> /dev/tcp/127.0.0.1/10300
format='"rate": 16000, "width": 2, "channels": 1'
{
  echo "{\"type\": \"audio-start\", \"data\": {$format}}"
  for piece in /tmp/piece-*; do
    echo "{\"type\": \"audio-chunk\", \"data\": {$format}, \"payload_length\": $(stat -c %s "$piece")}"
    cat "$piece"
  done
  echo '{"type": "audio-stop"}'
} >&4
check "a recording is recognised over it" answered 60 '"transcript".*"text": *"four"'
echo '{"type": "pause"}' >&4
check "but nobody may pause over it" answered 30 '"error".*"unavailable"'
exec 4>&-

chapter "Paused"
setting "DIGITD_ALLOW_TCP_PAUSE=yes"
systemctl restart digitd.service
await 60 listens
await 60 subscriber_is_there
# took REQUEST WORD: the ms from the request until the device's state has the word. Asked over TCP by this shell: the start
# of a program takes longer than what is measured.
took() {
  local from=${EPOCHREALTIME/./} state=
  echo "{\"type\": \"$1\"}" >&4
  until [[ $state == *$2* ]] || ((${EPOCHREALTIME/./} - from > 20000000)); do read -r state < $pcm; done
  ms=$(((${EPOCHREALTIME/./} - from) / 1000))
}
exec 4<> /dev/tcp/127.0.0.1/10300
mark
pauses=() resumes=()
for _ in 1 2 3 4 5; do
  took pause closed; pauses+=($ms)
  await 20 status_is paused
  took resume RUNNING; resumes+=($ms)
  await 20 listens
done
# The least of five: the rest is the emulated machine's.
check "the microphone is closed within 100 ms: ${pauses[*]} ms" test "$(least "${pauses[@]}")" -le 100
check "and open again within 150 ms: ${resumes[*]} ms" test "$(least "${resumes[@]}")" -le 150
five_each() { [[ "$(since | grep -c '"device".*"paused"') $(since | grep -c '"device".*"listening"')" == "5 5" ]]; }
check "the subscriber was told of each" await 20 five_each
check "and no pause is a loss" not seen '"device".*lost_ms'
# late [AFTER]: the ms of sound from the end of "four" until it is told, which depend on no machine. With AFTER the
# microphone is opened that many ms after the playing has begun; the word begins at 3150.
late() {
  local from state=
  mark
  play one.wav &
  local player=$!
  until [[ $state == *RUNNING* ]]; do read -r state < /proc/asound/Loopback/pcm0p/sub0/status; done
  from=${EPOCHREALTIME/./}
  if [[ -n ${1-} ]]; then
    until ((${EPOCHREALTIME/./} - from >= $1 * 1000)); do sleep 0.05; done
    echo '{"type": "resume"}' >&4
  fi
  wait $player
  await 60 digits_are "4 " || return
  since | sed -n 's/.*"transcript".*"end_ms": \([0-9]*\), "decided_ms": \([0-9]*\).*/\2 - \1/p' | head -n 1
}
usual=() after=()
for _ in 1 2 3; do
  usual+=($(($(late))))
  echo '{"type": "pause"}' >&4
  await 60 status_is paused
  after+=($(($(late 2500))))
  await 60 listens
done
# One that was not heard is 0: the emulated machine lost sound. Each was said three times.
most() { printf '%s\n' "$@" | sort -n | tail -n 1; }
check "the digit after that is heard, at most 150 ms later than else: ${after[*]} and ${usual[*]} ms" \
  test "$(most "${after[@]}")" -gt 0 -a "$(most "${after[@]}")" -le $(($(most "${usual[@]}") + 150))
check "alice may pause it" await 60 user alice digitctl pause
check "it is closed" await 30 grep -q closed $pcm
# What it had not looked at yet may take it a while.
quiet() {
  local before
  before=$(status CPUUsageNSec)
  sleep 20
  cpu=$((($(status CPUUsageNSec) - before) / 1000000))
  ((cpu < 200))
}
for _ in 1 2 3; do ! quiet || break; done
check "it needs no processor then: $cpu ms in 20 s" test $cpu -lt 200
systemctl restart digitd.service
check "a restart leaves it so" await 30 status_is paused
check "with the microphone closed" grep -q closed $pcm
check "alice may let it listen" user alice digitctl resume
await 30 listens
exec 4>&-
says "and it hears" "4 " one.wav

chapter "A broker"
check "this machine has one" await 30 systemctl -q is-active mosquitto.service
mosquitto_sub -v -t 'test/#' > /tmp/published 2>&1 &
listener=$!
published() { grep -q "$1" /tmp/published; }
{ echo "DIGITD_MQTT_HOST=127.0.0.1"; echo "DIGITD_MQTT_TOPIC=test/room"; } >> /etc/default/digitd-mqtt
systemctl -q enable --now digitd-mqtt.service
check "the service says that it is there" await 60 published '^test/room/availability online'
check "the exposure is 1.5 at most" systemd-analyze security --threshold=15 digitd-mqtt.service
says "a digit" "4 " one.wav
check "is published" await 30 published '^test/room/digit .*"digit": *4'
mosquitto_pub -t test/room/listening/set -m OFF
check "OFF closes the microphone" await 30 grep -q closed $pcm
check "and is confirmed" await 60 published '^test/room/listening OFF'
mosquitto_pub -t test/room/listening/set -m ON
check "ON opens it" await 30 listens
kill $listener; wait $listener 2> /dev/null
systemctl stop mosquitto.service
says "a digit while there is no broker" "4 " one.wav
systemctl start mosquitto.service
await 30 systemctl -q is-active mosquitto.service
mosquitto_sub -v -t 'test/#' > /tmp/published 2>&1 &
listener=$!
check "arrives when there is one" await 60 published '^test/room/digit .*"age_ms"'
pid=$(systemctl show -P MainPID digitd-mqtt)
systemctl restart digitd.service
await 60 listens
check "the daemon's restart is survived" test "$(systemctl show -P MainPID digitd-mqtt) $(systemctl show -P ActiveState digitd-mqtt)" = "$pid active"
systemctl stop digitd-mqtt.service
check "its end is told" await 30 published '^test/room/availability offline'
kill $listener; wait $listener 2> /dev/null

chapter "The page"
page=http://127.0.0.1:8347
echo "DIGITD_SERVE_HOST=0.0.0.0" >> /etc/default/digitd-serve
systemctl -q enable --now digitd-serve.service 2> /dev/null
check "without a token it opens to no other machine" await 60 sh -c "journalctl -q -u digitd-serve -o cat | grep -q token"
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "$token" | install -D -m 640 -g digitd /dev/stdin /etc/digitd/serve-token
echo "DIGITD_SERVE_TOKEN_FILE=/etc/digitd/serve-token" >> /etc/default/digitd-serve
systemctl stop digitd-serve.service
systemctl reset-failed digitd-serve.service 2> /dev/null
systemctl start digitd-serve.service
ask() { curl -s -f -m 60 -H "Authorization: Bearer $token" "$@"; }
says_page() { [[ $(ask "$page/$1") == *$2* ]]; }
check "with one it does" await 60 ask -o /dev/null $page/healthz
check "the exposure is 1.5 at most" systemd-analyze security --threshold=15 digitd-serve.service
check "nobody is answered without it" test "$(curl -s -o /dev/null -w '%{http_code}' $page/v1/status)" = 401
check "with it the state is" says_page v1/status '"listening"'
check "Prometheus gets the counters: $(ask $page/metrics | grep -c '^digitd_')" says_page metrics digitd_transcripts
check "a recording is recognised" [ "$(ask --data-binary @one.wav $page/v1/classify | grep -o '"digits": *"4"' | tr -d ' ')" = '"digits":"4"' ]
ask -N -m 600 "$page/v1/events?events=transcript" > /tmp/streamed &
stream=$!
await 30 grep -q hello /tmp/streamed
says "a digit" "4 " one.wav
check "is on the page" await 30 grep -q '"digit": *4' /tmp/streamed
kill $stream; wait $stream 2> /dev/null
check "it pauses" ask -X POST $page/v1/pause
check "the microphone is closed" await 20 grep -q closed $pcm
check "it resumes" ask -X POST $page/v1/resume
await 30 listens
systemctl stop digitd-serve.service
rm -r /etc/digitd

chapter "Counters for node_exporter"
# The two units that systemd/README.md has.
mkdir -p /var/lib/prometheus/node-exporter
for kind in service timer; do
  sed -n "/^# .*digitd-metrics.$kind/,/^\`\`\`\|^$/p" /usr/share/doc/digitd/SERVICE.md | grep -v '^```' > /run/systemd/system/digitd-metrics.$kind
done
systemctl daemon-reload
check "systemd has nothing to say of the recipe" sh -c 'test -z "$(systemd-analyze verify --man=no digitd-metrics.service digitd-metrics.timer 2>&1 | tee /dev/stderr)"'
counters=/var/lib/prometheus/node-exporter/digitd.prom
systemctl start digitd-metrics.timer
check "the timer writes them" await 60 grep -q '^digitd_' $counters
systemctl stop digitd-metrics.timer
user alice digitctl pause > /dev/null
check "they are written while it is paused" sh -c "rm $counters; systemctl start digitd-metrics.service && grep -q '^digitd_' $counters"
user alice digitctl resume > /dev/null
await 30 listens
systemctl stop digitd.socket digitd.service 2> /dev/null
check "and go with the daemon" sh -c "systemctl start digitd-metrics.service && test ! -e $counters -a ! -e ${counters%.prom}.new"
systemctl start digitd.service
await 60 listens
rm -r /var/lib/prometheus /run/systemd/system/digitd-metrics.*
systemctl daemon-reload

chapter "The container's group"
{
  printf '[Service]\nType=oneshot\n'
  grep -E '^(ExecStartPre|EnvironmentFile)=' /usr/share/digitd/digitd.container
  echo "ExecStart=/bin/sh -c 'echo \${AUDIO_GROUP} > /tmp/group'"
} > /run/systemd/system/group-test.service
systemctl daemon-reload
systemctl start group-test.service
check "is the one of the devices: $(cat /tmp/group)" test "$(cat /tmp/group)" = "$(stat -c %g /dev/snd/pcmC0D1c)"
rm /run/systemd/system/group-test.service /run/digitd-container.env
systemctl daemon-reload

chapter "Kept utterances"
check "nothing is kept unless somebody asks" sh -c "! find / -xdev -name 'utterance-*' | grep -q ."
drop_in "StateDirectory=digitd
StateDirectoryMode=0700
Environment=DIGITD_KEEP_UTTERANCES=/var/lib/digitd/utterances"
systemctl restart digitd.service
await 60 listens
says "it hears" "4 " one.wav
check "and keeps it" await 20 sh -c "ls /var/lib/digitd/utterances/utterance-*-four.json"
check "for its own eyes: $(stat -c %A /var/lib/digitd/utterances/*.wav | head -n 1)" \
  sh -c "! runuser -u alice -- ls /var/lib/digitd && test \$(stat -c %a /var/lib/digitd/utterances/*.wav | sort -u) = 600"
no_drop_in
systemctl restart digitd.service
await 60 listens

chapter "The wrong group"
mark
drop_in "SupplementaryGroups="
gpasswd -d digitd audio > /dev/null
systemctl restart digitd.service
check "the missing group is named" await 30 status_is "belongs to group audio"
echo "         $(status StatusText)"
check "a subscriber sees denied" await 30 seen 'denied'
usermod -aG audio digitd
no_drop_in
systemctl restart digitd.service
check "and all is well with it" await 60 listens

chapter "Started by its socket"
no_longer_subscribe
systemctl stop digitd.service 2> /dev/null
check "the service is down, the socket is there" sh -c "! systemctl -q is-active digitd.service && test -S $socket"
check "who connects starts it, and is answered" sh -c "runuser -u alice -- digitctl status --json | grep -q session"
subscribe
check "it runs" await 60 systemctl -q is-active digitd.service
check "it listens" await 60 listens
says "and hears" "4 " one.wav

chapter "Upgrade"
mark
pid=$(status MainPID); inode=$(stat -c %i $socket)
check "the newer package installs" dpkg -i newer.deb
check "another process listens" await 60 sh -c "systemctl show -P StatusText digitd | grep -q ^listening && test \$(systemctl show -P MainPID digitd) != $pid"
check "on the same socket, which was never closed" test "$(stat -c %i $socket)" = "$inode"
check "the settings are as they were" grep -q "^DIGITD_DEVICE=$microphone" /etc/default/digitd
check "the subscriber is with it" await 30 seen '"hello"'
says "and hears" "4 " one.wav

previous_are() { [[ $(digitctl model list | grep -oE 'digits(-ar)?\.previous\.safetensors' | sort | tr '\n' ' ') == "$1" ]]; }
check "the models before are kept: $(digitctl model list | grep -c previous)" previous_are "digits-ar.previous.safetensors digits.previous.safetensors "

chapter "Upgrade of what is stopped"
systemctl stop digitd.socket digitd.service 2> /dev/null
check "another package installs" dpkg -i digitd.deb
check "what was stopped is not started" sh -c '! systemctl is-active digitd.service digitd.socket'
systemctl start digitd.service
check "and starts when it is told to" await 60 listens

chapter "Remove and purge"
no_longer_subscribe
check "remove" dpkg -r digitd
check "neither service nor socket is left" sh -c '! systemctl -q is-active digitd.service && ! systemctl -q is-active digitd.socket && test ! -e /run/digitd/digitd.sock'
check "purge" dpkg -P digitd
find / -xdev -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/lib/dpkg/*' -not -path '/var/log/*' -not -path '/payload/*' -not -path '/var/lib/mosquitto/*' \
  -not -path '/home/*' -not -path '/var/mail/*' | sort > /tmp/after
check "no file is left" sh -c 'test -z "$(comm -13 /tmp/before /tmp/after | tee /dev/stderr)"'
check "no account is left" sh -c '! grep -q digitd /etc/passwd /etc/group /etc/shadow'

printf '\n%s checks failed, %s s\n' "$failed" "$SECONDS"
mkdir -p /out && cp "$heard" /out/ && journalctl -u digitd -u digitd.socket > /out/journal.txt
exit "$failed"
