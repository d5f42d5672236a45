#!/usr/bin/env python3
"""Whether digitd stays well: soak.py DIGITD [--minutes 60] [--seed 1] [--keep FOLDER]

In real time, through a real ALSA PCM (the sound server of Tests/Support/pulsemic.sh): a few digits are said, then something
goes wrong, then a few digits are said again, for as long as is asked for. Every digit must be heard, once and in order, and
nothing must be heard that was not said; none is said while something is wrong. Ends with 1 if it was otherwise.

Needs pulseaudio, pulseaudio-utils, libasound2-plugins.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORDING = ROOT / "Tests/Fixtures/digits.wav"
RATE = 48_000  # of the sound server's sink, in Hz


class Feed:
    """A subscriber: keeps every event, and lets others wait for one."""

    def __init__(self, path):
        self.events = []
        self.changed = threading.Condition()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.socket.makefile():
            with self.changed:
                self.events.append(json.loads(line))
                self.changed.notify_all()

    def wait(self, condition, seconds):
        """Waits until the condition holds of the events; whether it came to hold."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self.events), seconds)

    def count(self):
        with self.changed:
            return len(self.events)


class Witness:
    """Another recorder of the microphone, for as long as the words take."""

    def __init__(self, server):
        self.sound = bytearray()
        self.recorder = subprocess.Popen(
            ["parec", "--device=digits.monitor", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=200"],
            stdout=subprocess.PIPE, env={**os.environ, "PULSE_SERVER": server})
        self.sound += self.recorder.stdout.read(2)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while more := self.recorder.stdout.read1(65536):
            self.sound += more

    def end(self):
        self.recorder.terminate()
        self.reader.join()
        self.recorder.wait()
        return bytes(self.sound)


def write(path, sound):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(sound)


def words(digitd, folder):
    """The samples of each digit of the recording, as the daemon cuts them, and the hiss around them."""
    # At the rate of the sound server, so that it has nothing to reckon and the witness hears just these samples.
    recording = f"{folder}/digits.wav"
    subprocess.run(["sox", "-R", RECORDING, "-r", str(RATE), recording], check=True)
    lines = subprocess.run([digitd, "--input", recording], check=True, capture_output=True, text=True).stdout
    with wave.open(recording) as file:
        rate, sound = file.getframerate(), file.readframes(file.getnframes())

    def cut(start, end):
        return sound[2 * rate * start // 1000: 2 * rate * end // 1000]

    heard = [event["data"] for event in map(json.loads, lines.splitlines()) if event["type"] == "transcript"]
    pieces = {data["digit"]: cut(data["start_ms"] - 100, data["end_ms"] + 100) for data in heard}
    assert len(pieces) == 10, "the recording has each digit once"
    return pieces, cut(0, 800)


class Soak:
    def __init__(self, digitd, folder, seed, keep):
        self.digitd, self.folder, self.keep = digitd, Path(folder), keep
        self.random = random.Random(seed)
        self.pieces, self.hiss = words(digitd, folder)
        self.server = f"unix:{folder}/pulse.socket"
        self.path = f"{folder}/s"
        self.said = self.heard = self.rounds = self.whole = 0
        self.lost, self.invented, self.faults, self.wrong = [], [], {}, []
        self.last_fault = None

    def microphone(self, *command):
        subprocess.run([ROOT / "Tests/Support/pulsemic.sh", command[0], self.folder, *command[1:]], check=True)

    def start(self):
        self.microphone("start")
        environment = {**os.environ, "ALSA_CONFIG_PATH": f"{self.folder}/asound.conf"}
        self.daemon = subprocess.Popen(
            [self.digitd, "--device", "digits", "--socket", self.path, "--wait-for-device", "--format", "json"],
            env=environment, stdout=subprocess.DEVNULL, stderr=open(self.folder / "log", "w"))
        for _ in range(600):
            try:
                self.feed = Feed(self.path)
                break
            except OSError:
                time.sleep(0.1)
        self.feed.wait(lambda events: any(e["type"] in ("hello", "device") and e["data"]["state"] == "listening"
                                          for e in events), 60)

    def digits(self, start):
        return [e["data"]["digit"] for e in self.feed.events[start:] if e["type"] == "transcript"]

    def say(self):
        """Says two to four digits; each must be heard."""
        wanted = [self.random.randrange(10) for _ in range(self.random.randint(2, 4))]
        path = self.folder / "words.wav"
        sound = self.hiss + b"".join(self.pieces[digit] + self.hiss for digit in wanted)
        write(path, sound)
        start = self.feed.count()
        witness = Witness(self.server)
        # A second in advance: that the player is late on a busy machine is none of the faults looked for.
        subprocess.run(["paplay", "--device=digits", "--latency-msec=1000", path], check=True,
                       env={**os.environ, "PULSE_SERVER": self.server})
        self.feed.wait(lambda _: len(self.digits(start)) >= len(wanted), 10)
        # What is heard twice or late shows before the next words.
        self.feed.wait(lambda _: len(self.digits(start)) > len(wanted), 1)
        came = witness.end()
        whole = sound in came
        self.whole += whole
        got = self.digits(start)
        self.said += len(wanted)
        self.heard += len(got)
        if got != wanted:
            self.judge(wanted, got, sound, came, whole, self.feed.events[start:])

    def judge(self, wanted, got, sound, came, whole, events):
        """Whose fault it is that other digits were heard than were said."""
        interrupted = any(e["type"] in ("overrun", "device") for e in events)
        record = {"round": self.rounds, "said": wanted, "heard": got, "came_whole": whole, "after": self.last_fault,
                  "meanwhile": [{"type": e["type"], **{k: v for k, v in e["data"].items() if k in (
                      "lost_ms", "state", "reason", "condition", "on", "digit", "timestamp", "start_ms", "end_ms", "confidence")}}
                      for e in events]}
        # Sound that never reached the microphone, or the daemon's end of it, was no sound outside a fault.
        (self.wrong if interrupted or not whole else
         self.invented if len(got) > len(wanted) else self.lost).append(record)
        print("\n" + json.dumps(record), file=sys.stderr)
        if self.keep:
            write(f"{self.keep}/{self.rounds}-said.wav", sound)
            write(f"{self.keep}/{self.rounds}-came.wav", came)
            Path(f"{self.keep}/{self.rounds}.jsonl").write_text("".join(json.dumps(e) + "\n" for e in self.feed.events[-200:]))

    # Faults. Each returns when the daemon is well again, or did not become so in time.

    def back(self, start):
        return self.feed.wait(lambda events: any(
            e["type"] == "device" and e["data"]["state"] == "listening" for e in events[start:]), 30)

    def server_ends(self, start):
        self.microphone("stop")
        self.feed.wait(lambda events: any(e["type"] == "device" for e in events[start:]), 10)
        time.sleep(self.random.uniform(0, 2))
        self.microphone("start")
        return self.back(start)

    def server_hangs(self, start):
        self.microphone("freeze")
        self.feed.wait(lambda events: any(e["type"] == "device" for e in events[start:]), 10)
        self.microphone("thaw")
        return self.back(start)

    def daemon_stops(self, _):
        self.daemon.send_signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(1, 3))
        self.daemon.send_signal(signal.SIGCONT)
        # The sound server has kept what it could: it may come late instead of never.
        return self.feed.wait(lambda _: self.answers(), 10)

    def answers(self):
        other = socket.socket(socket.AF_UNIX)
        other.settimeout(10)
        other.connect(self.path)
        return bool(other.recv(1))

    def subscribers_misbehave(self, _):
        for _ in range(50):
            other = socket.socket(socket.AF_UNIX)
            other.connect(self.path)
            other.setblocking(False)
            try:
                other.send(self.random.randbytes(self.random.randint(1, 5000)))
            except OSError:
                pass
            other.close()
        return True

    def reload(self, _):
        self.daemon.send_signal(signal.SIGHUP)
        return True

    def private_memory(self):
        with open(f"/proc/{self.daemon.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("RssAnon:"))

    def run(self, minutes):
        faults = [self.server_ends, self.server_hangs, self.daemon_stops, self.subscribers_misbehave, self.reload]
        begun = time.monotonic()
        memory = []
        while (passed := time.monotonic() - begun) < minutes * 60:
            self.say()
            fault = self.random.choice(faults)
            self.last_fault = fault.__name__
            start = self.feed.count()
            well = fault(start)
            # Nothing is said now; half a second for the sound to settle.
            time.sleep(0.5)
            if extra := self.digits(start):
                self.invented.append({"round": self.rounds, "during": fault.__name__, "heard": extra})
            if not well:
                self.wrong.append({"round": self.rounds, "not well after": fault.__name__})
            self.faults[fault.__name__] = self.faults.get(fault.__name__, 0) + 1
            self.rounds += 1
            memory.append(self.private_memory())
            if self.daemon.poll() is not None:
                sys.exit(f"the daemon ended with {self.daemon.returncode}")
            if sys.stderr.isatty():
                print(f"\r{passed / 60:5.1f} min  {self.said} said  {self.heard} heard  {self.rounds} faults ",
                      end="", file=sys.stderr)
        self.daemon.send_signal(signal.SIGTERM)
        code = self.daemon.wait(20)
        numbers = [e["data"]["sequence"] for e in self.feed.events if e["type"] not in ("hello", "level")]
        gaps = sum(b - a != 1 for a, b in zip(numbers, numbers[1:]))
        tenth = max(1, len(memory) // 10)
        return {
            "minutes": round((time.monotonic() - begun) / 60, 1), "digits_said": self.said, "digits_heard": self.heard,
            "lost": self.lost, "invented": self.invented, "machine_stumbled": self.wrong, "faults": self.faults,
            "rounds": self.rounds, "rounds_that_came_whole": self.whole, "sequence_gaps": gaps, "exit_code": code, "log_lines": sum(1 for _ in open(self.folder / "log")),
            "rss_anon_kib": {"after_first_tenth": memory[tenth - 1], "most": max(memory), "end": memory[-1]},
            "rss_anon_kib_by_tenth": memory[tenth - 1::tenth],
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("digitd")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", metavar="FOLDER", help="where to keep the sound of rounds that went wrong")
    arguments = parser.parse_args()
    if arguments.keep:
        os.makedirs(arguments.keep, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="digitd-soak-") as folder:
        soak = Soak(os.path.abspath(arguments.digitd), folder, arguments.seed, arguments.keep)
        try:
            soak.start()
            result = soak.run(arguments.minutes)
        finally:
            if hasattr(soak, "daemon") and soak.daemon.poll() is None:
                soak.daemon.kill()
            soak.microphone("stop")
    print(json.dumps(result, indent=1))
    sys.exit(bool(result["lost"] or result["invented"] or result["sequence_gaps"] or result["exit_code"]))


if __name__ == "__main__":
    main()
