#!/usr/bin/env python3
"""Measures what digitd costs while it listens, and how soon it answers.

    footprint.py DIGITD [--model FILE] [--seconds S] [--recording WAV --truth JSON] [--times N] [--file WAV] [--json]

The daemon listens, with two subscribers, to an ALSA PCM in real time: PulseAudio's null sink (pulsemic.sh), first to
silence for S seconds, then to a recording that is played into it. Costs are those of the whole process as the kernel counts
them: CPU time from /proc/PID/task/*/schedstat, wake-ups as voluntary context switches. PulseAudio's client library has a
thread of its own in every process that records from it, which a sound card has not; its share is named beside the whole.

Latency is from the end of a word's sound to the line at a subscriber. A second recorder on the same sink says when a sample
was there: its time is that of the least delayed of all the recorder's reads, so that no wait of the recorder is taken for
one of ours.

The recording is by default what Tests/Fixtures/digits.wav says, a digit every two seconds, and any mono 16-bit WAV file if
a JSON file with its `said` (rows with `label`, `start_ms`, `end_ms`) tells where its words are. FILE is what the speed of
`--input` is measured with; by default the same recording, again and again. Needs Debian's pulseaudio, pulseaudio-utils and libasound2-plugins.
"""

import argparse
import array
import json
import math
import os
import pathlib
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# What the daemon is to keep to: ours is the goal, not the sound server's.
TARGETS = {
    "resident_mb": ("≤ 24", lambda x: x <= 24),
    "private_mb": ("≤ 6", lambda x: x <= 6),
    "silence_cpu_percent": ("≤ 0.4", lambda x: x <= 0.4),
    "silence_wakeups": ("≤ 120", lambda x: x <= 120),
    "speech_cpu_percent": ("≤ 1", lambda x: x <= 1),
    "start_ms": ("≤ 60", lambda x: x <= 60),
    "latency_p50_ms": ("≤ 120", lambda x: x <= 120),
    "latency_p99_ms": ("≤ 250", lambda x: x <= 250),
    "times_real_time": ("≥ 300", lambda x: x >= 300),
}
PULSE_THREAD = "threaded-ml"


def percentile(values, share):
    """By the nearest rank."""
    values = sorted(values)
    return values[max(1, math.ceil(share * len(values))) - 1]


class Sound:
    """A mono 16-bit recording."""

    def __init__(self, path):
        with wave.open(str(path)) as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                sys.exit(f"footprint.py: {path} is no mono 16-bit WAV file")
            self.rate = file.getframerate()
            self.samples = array.array("h", file.readframes(file.getnframes()))

    def spread(self, words, every):
        """Its words alone, one in so many seconds, in what is heard after each; and where they are then."""
        spread, places = array.array("h"), []
        for start, end in words:
            first, last = (int(x * self.rate) for x in (start - 0.1, end + 0.2))
            piece = self.samples[first:last]
            quiet = self.samples[last : last + int(0.4 * self.rate)]
            missing = int(every * self.rate) - len(piece)
            places.append((len(spread) / self.rate + 0.1, len(spread) / self.rate + 0.1 + end - start))
            spread += piece + (quiet * (missing // len(quiet) + 1))[:missing]
        self.samples = spread
        return places

    def write(self, path, times):
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.samples.tobytes() * times)

    @property
    def seconds(self):
        return len(self.samples) / self.rate

    def words(self):
        """(start, end) of each word in seconds: frames of 10 ms within 35 dB of the loudest and 8 dB over the quietest
        tenth; a gap of 0.3 s parts two words."""
        step = self.rate // 100
        levels = [
            10 * math.log10(sum(x * x for x in self.samples[i : i + step]) / step + 1)
            for i in range(0, len(self.samples) - step + 1, step)
        ]
        least = max(max(levels) - 35, percentile(levels, 0.1) + 8)
        words = []
        for frame, level in enumerate(levels):
            if level <= least:
                continue
            if words and frame - words[-1][1] < 30:
                words[-1][1] = frame + 1
            else:
                words.append([frame, frame + 1])
        return [(start / 100, end / 100) for start, end in words]


class Microphone:
    """PulseAudio's null sink, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = os.environ | {"ALSA_CONFIG_PATH": f"{folder}/asound.conf"}

    def __enter__(self):
        self("start")
        return self

    def __exit__(self, *_):
        self("remove")

    def __call__(self, command):
        subprocess.run([HERE / "pulsemic.sh", command, self.folder], check=True)

    def play(self, path):
        # A player that is far ahead: it may be held up for a while, and no gap is heard.
        command = ["paplay", "--device=digits", "--latency-msec=1000", path]
        subprocess.run(command, env=os.environ | {"PULSE_SERVER": f"unix:{self.folder}/pulse.socket"}, check=True)

    def recorder(self):
        command = ["parec", "--device=digits.monitor", "--raw", "--format=s16le", "--rate=48000", "--channels=1"]
        return subprocess.Popen(
            # At leisure: a sink works in the shortest blocks that anybody asked for, and would serve the daemon sooner.
            [*command, "--latency-msec=200"],
            env=os.environ | {"PULSE_SERVER": f"unix:{self.folder}/pulse.socket"},
            stdout=subprocess.PIPE,
        )


class Daemon:
    def __init__(self, options, microphone, listens=True):
        self.socket = f"{microphone.folder}/digitd.sock"
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [options.digitd, "--device", "digits", "--socket", self.socket, *options.model],
            env=microphone.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        hello = json.loads(self.process.stdout.readline() or "{}")
        self.start_ms = 1000 * (time.monotonic() - begin)
        if hello.get("data", {}).get("state") != "listening":
            sys.exit(f"footprint.py: the daemon does not listen: {self.process.stderr.read()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()

    def subscriber(self):
        feed = socket.socket(socket.AF_UNIX)
        feed.connect(self.socket)
        return feed

    def threads(self):
        """By thread: name, CPU seconds, voluntary context switches."""
        found = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            status = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines() if ":" in line)
            nanoseconds = int((task / "schedstat").read_text().split()[0])
            found[task.name] = (status["Name"].strip(), nanoseconds * 1e-9, int(status["voluntary_ctxt_switches"]))
        return found

    def memory(self):
        """Resident megabytes, and those of them that are the process's own."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        status = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "RssAnon"))}
        return int(status["VmRSS"]) / 1024, int(status["RssAnon"]) / 1024


class Cost:
    """What a daemon uses from here to `end`."""

    def __init__(self, daemon):
        self.daemon, self.before, self.begin = daemon, daemon.threads(), time.monotonic()

    def end(self):
        seconds = time.monotonic() - self.begin
        cpu, wakes, server = 0.0, 0, 0.0
        for thread, (name, used, switches) in self.daemon.threads().items():
            _, used_before, switches_before = self.before.get(thread, (name, 0, 0))
            cpu += used - used_before
            wakes += switches - switches_before
            server += used - used_before if name == PULSE_THREAD else 0
        return {"cpu": 100 * cpu / seconds, "server": 100 * server / seconds, "wakes": wakes / seconds}


class Clock(threading.Thread):
    """Listens to the sink and knows when each sample of the recording was there."""

    RATE = 48_000

    def __init__(self, microphone):
        super().__init__(daemon=True)
        self.process = microphone.recorder()
        self.reads, self.data = [], bytearray()
        self.start()

    def run(self):
        while chunk := os.read(self.process.stdout.fileno(), 1 << 16):
            self.data += chunk
            self.reads.append((time.monotonic(), len(self.data) // 2))

    def stop(self):
        self.process.terminate()
        self.join()
        self.process.wait()

    def origin(self, sound, times):
        """The monotonic time at which the recording began, or nil if it was not played without a gap."""
        samples = array.array("h", self.data[: len(self.data) // 2 * 2])
        first, last = self.edges(samples)
        own_first, own_last = self.edges(sound.samples)
        played = (last - first) / self.RATE
        meant = ((times - 1) * len(sound.samples) + own_last - own_first) / sound.rate
        if abs(played - meant) > 0.02:
            return None
        earliest = min(at - count / self.RATE for at, count in self.reads)
        return earliest + first / self.RATE - own_first / sound.rate

    @staticmethod
    def edges(samples):
        """The first and the last sample that is not next to nothing."""
        loud = 16
        first = next(i for i, x in enumerate(samples) if abs(x) > loud)
        last = next(i for i in range(len(samples) - 1, -1, -1) if abs(samples[i]) > loud)
        return first, last


class Lines(threading.Thread):
    """A subscriber that notes when each transcript came."""

    def __init__(self, feed):
        super().__init__(daemon=True)
        self.feed, self.arrivals = feed, []
        self.start()

    def run(self):
        for line in self.feed.makefile("rb"):
            now = time.monotonic()
            event = json.loads(line)
            if event["type"] == "transcript":
                self.arrivals.append(now)


def latencies(arrivals, words, origin):
    """Seconds from the end of a word to the first transcript after its beginning and before the next word's."""
    found = []
    for (start, end), after in zip(words, [start for start, _ in words[1:]] + [words[-1][1] + 2]):
        hits = [at - origin - end for at in arrivals if start < at - origin < min(after, end + 1) + 0.1]
        if hits:
            found.append(hits[0])
    return found


def live(options, folder, result):
    with Microphone(folder) as microphone:
        starts = []
        for _ in range(10):
            with Daemon(options, microphone) as daemon:
                starts.append(daemon.start_ms)
        result["start_ms"], result["start_least_ms"] = percentile(starts, 0.5), min(starts)
        with Daemon(options, microphone) as daemon:
            feeds = [daemon.subscriber(), daemon.subscriber()]
            lines = [Lines(feed) for feed in feeds]
            time.sleep(2)
            cost = Cost(daemon)
            time.sleep(options.seconds)
            silence = cost.end()
            result |= {f"silence_{key}": silence[word] for key, word in (("cpu_percent", "cpu"), ("wakeups", "wakes"))}
            result["silence_cpu_server_percent"] = silence["server"]
            times = options.times
            sound, words = said(options)
            sound.write(f"{folder}/said.wav", times)
            cost = Cost(daemon)
            microphone.play(f"{folder}/said.wav")
            speech = cost.end()
            before = len(lines[1].arrivals)
            clock = Clock(microphone)
            time.sleep(1)
            microphone.play(f"{folder}/said.wav")
            time.sleep(2)
            clock.stop()
            arrivals = lines[1].arrivals[before:]
            result["speech_cpu_percent"], result["speech_cpu_server_percent"] = speech["cpu"], speech["server"]
            result["resident_mb"], result["private_mb"] = daemon.memory()
            words = [(start + n * sound.seconds, end + n * sound.seconds) for n in range(times) for start, end in words]
            origin = clock.origin(sound, times)
            if origin is None:
                print("footprint.py: the sound was played with gaps: no latency; is the machine busy?", file=sys.stderr)
                return
            found = [1000 * x for x in latencies(arrivals, words, origin)]
            result["words"], result["answered"] = len(words), len(found)
            if found:
                result["latency_p50_ms"], result["latency_p99_ms"] = percentile(found, 0.5), percentile(found, 0.99)


def said(options):
    """The recording and its words; of a stream, the digits that last under 0.7 s, whose end is plain to see."""
    sound = Sound(options.recording)
    if not options.truth:
        return sound, sound.spread(sound.words(), 2)
    rows = [row for row in json.loads(pathlib.Path(options.truth).read_text())["said"] if row["label"].isdigit()]
    rows = [row for row in rows if row["end_ms"] - row["start_ms"] < 700]
    return sound, [(row["start_ms"] / 1000, row["end_ms"] / 1000) for row in rows]


def file_speed(options, folder, result):
    path = options.file or f"{folder}/said.wav"
    if not options.file:
        said(options)[0].write(path, 30)
    with wave.open(str(path)) as file:
        seconds = file.getnframes() / file.getframerate()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [options.digitd, "--input", path, *options.model]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    result["times_real_time"], result["file_seconds"] = seconds / used, seconds


def table(result):
    def line(key, name, digits, extra=""):
        if key not in result:
            return
        target, holds = TARGETS[key]
        mark = "" if holds(result[key]) else "  missed"
        print(f"{name:<58}{result[key]:>9.{digits}f}  {target:<7}{mark}{extra}")

    load = os.getloadavg()[0]
    print(f"digitd live, two subscribers{'':<32}measured  target  (load {load:.1f})")
    print("─" * 78)
    line("resident_mb", "resident memory after speech, MB", 1)
    line("private_mb", "  of it its own (RssAnon)", 1)
    of = "  (sound server's library: {:.2f})"
    line("silence_cpu_percent", "CPU in silence, % of a core", 2, of.format(result.get("silence_cpu_server_percent", 0)))
    line("silence_wakeups", "wake-ups a second in silence, all threads", 0)
    line("speech_cpu_percent", "CPU while somebody says a digit every 2 s", 2, of.format(result.get("speech_cpu_server_percent", 0)))
    least = f"  (least: {result.get('start_least_ms', 0):.0f})"
    line("start_ms", "start to listening, ms, median of 10", 0, least)
    heard = f"{result.get('answered', 0)} of {result.get('words', 0)} words"
    line("latency_p50_ms", f"end of sound to line at a subscriber, ms, p50 ({heard})", 0)
    line("latency_p99_ms", "  p99", 0)
    line("times_real_time", f"--input, {result.get('file_seconds', 0):.0f} s: times real time, by CPU time", 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digitd")
    parser.add_argument("--model")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--recording", default=ROOT / "Tests/Fixtures/digits.wav")
    parser.add_argument("--truth")
    parser.add_argument("--file")
    parser.add_argument("--times", type=int, default=4, help="how often the recording is played")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.model = ["--model", options.model] if options.model else []
    result = {}
    with tempfile.TemporaryDirectory(prefix="digitd-footprint-") as folder:
        file_speed(options, folder, result)
        live(options, folder, result)
    print(json.dumps(result)) if options.json else table(result)


if __name__ == "__main__":
    main()
