#!/bin/bash
# A microphone for machines without sound hardware: a private PulseAudio server whose null sink is recorded from.
#
#   pulsemic.sh configure DIR    write the ALSA configuration, DIR/asound.conf, and no more
#   pulsemic.sh start DIR        start the server in DIR (made if need be); again after "stop": same addresses
#   pulsemic.sh play DIR FILE    say FILE into the microphone, in real time, until its end
#   pulsemic.sh freeze DIR       the server hangs
#   pulsemic.sh thaw DIR         it goes on
#   pulsemic.sh stop DIR         the server ends: whoever records gets an error
#   pulsemic.sh remove DIR       stop, and delete DIR
#
# To record from it: ALSA_CONFIG_PATH=DIR/asound.conf, and the ALSA PCM "digits". What DIR/more.conf holds is added
# to that configuration.
# PULSEMIC_CHANNELS sets how many channels the microphone has [1].
# Needs Debian's pulseaudio, pulseaudio-utils and libasound2-plugins.
set -euo pipefail

usage() { sed -n '4,10p' "$0" | cut -c3- >&2; exit 64; }
fail() { echo "pulsemic.sh: $*" >&2; exit 1; }

(($# >= 2)) || usage
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
socket=$dir/pulse.socket
pidfile=$dir/pulse.pid

alive() { [[ -s $pidfile ]] && kill -0 "$(<"$pidfile")" 2> /dev/null; }

configure() {
  {
    echo '</usr/share/alsa/alsa.conf>'
    echo "pcm.digits { type pulse server \"unix:$socket\" device \"digits.monitor\" }"
    [[ ! -e $dir/more.conf ]] || cat "$dir/more.conf"
  } > "$dir/asound.conf"
}

start() {
  alive && fail "a server runs in $dir already"
  mkdir -p -m 700 "$dir/home" "$dir/run"
  rm -f "$socket"
  # Written once: libasound does not notice a file that changes twice a second.
  [[ -e $dir/asound.conf ]] || configure
  # norewinds: a null sink that may rewind renders two seconds at once, and its monitor delivers as seldom.
  env -u DBUS_SESSION_BUS_ADDRESS -u PULSE_SERVER HOME="$dir/home" XDG_RUNTIME_DIR="$dir/run" \
    setsid pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --log-target="file:$dir/pulse.log" \
    -L "module-null-sink sink_name=digits rate=48000 channels=${PULSEMIC_CHANNELS:-1} format=s16le norewinds=1" \
    -L "module-native-protocol-unix auth-anonymous=1 socket=$socket" < /dev/null > "$dir/pulse.out" 2>&1 &
  echo $! > "$pidfile"
  for ((tries = 0; tries < 200; tries++)); do
    PULSE_SERVER="unix:$socket" pactl info > /dev/null 2>&1 && return
    alive || { cat "$dir/pulse.out" "$dir/pulse.log" >&2; fail "the server ended at once"; }
    sleep 0.05
  done
  fail "the server in $dir does not answer"
}

stop() {
  alive || return 0
  local pid
  pid=$(<"$pidfile")
  kill -CONT "$pid"
  kill "$pid"
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.05
  done
  kill -KILL "$pid" 2> /dev/null || true
  rm -f "$pidfile" "$socket"
}

case $command in
  configure) configure ;;
  start) start ;;
  play) (($# == 3)) || usage; PULSE_SERVER="unix:$socket" exec paplay --device=digits --latency-msec=50 "$3" ;;
  freeze) kill -STOP "$(<"$pidfile")" ;;
  thaw) kill -CONT "$(<"$pidfile")" ;;
  stop) stop ;;
  remove) stop; rm -rf "$dir" ;;
  *) usage ;;
esac
