"""Lets a rival hear strings of digits on one thread, and prints how well and how fast as one JSON object.

    python digit_strings.py pocketsphinx|whisper --data DIR [--model DIR]
    python digit_strings.py digitctl --data DIR --program FILE [--model FILE]

DIR holds manifest.csv and the recordings of cs304-matty. "wrong" counts the digits that would have to be put in, taken out
or changed; "cpu_s" is the processor's time, without loading the rival's model but with all of digitctl's.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import csv
import json
import pathlib
import re
import resource
import subprocess
import sys
import time

WORDS = "zero one two three four five six seven eight nine".split()
# What is written for a digit that was heard right.
HEARD = {word: str(digit) for digit, word in enumerate(WORDS)}
HEARD |= {"oh": "0", "o": "0", "won": "1", "to": "2", "too": "2", "for": "4", "ate": "8"}
SOURCE = "cs304-matty"


def recordings(data):
    """The strings of digits: (path, digits, seconds)."""
    with open(data / "manifest.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == SOURCE and row["label"].startswith("seq:")]
    return [(data / row["path"], row["label"][4:], float(row["duration_s"])) for row in rows]


def distance(a, b):
    """Levenshtein's."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def digits(text):
    """The digits of a transcript, written as words or as numerals."""
    found = re.findall(r"[a-z]+|[0-9]", text.lower())
    return "".join(HEARD.get(word, word if word.isdigit() else "") for word in found)


def sound(path):
    """The samples at 16 kHz."""
    import soundfile
    import soxr

    samples, rate = soundfile.read(path, dtype="float32")
    return samples if rate == 16_000 else soxr.resample(samples, rate, 16_000)


def pocketsphinx(options):
    """Its own model, and a grammar that knows the words that digitd knows, and no others."""
    import numpy as np
    import pocketsphinx

    words = " | ".join(WORDS + ["oh"])
    decoder = pocketsphinx.Decoder(samprate=16_000, lm=None, loglevel="FATAL")
    decoder.add_jsgf_string("digits", f"#JSGF V1.0;\ngrammar digits;\npublic <digits> = ({words})+;\n")
    decoder.activate_search("digits")

    def hear(samples):
        data = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        decoder.start_utt()
        decoder.process_raw(data, full_utt=True)
        decoder.end_utt()
        heard = decoder.hyp()
        return digits(heard.hypstr) if heard else ""

    return hear


def whisper(options):
    """Whisper tiny.en in faster-whisper, 8-bit, as it comes."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(options.model), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(samples):
        segments, _ = model.transcribe(samples, language="en")
        return digits(" ".join(segment.text for segment in segments))

    return hear


def digitctl(options, files):
    """The digits of each file, and the processor's time of the whole program."""
    model = ["--model", str(options.model)] if options.model else []
    command = [options.program, "classify", "--json", "--jobs", "1", *model, *[str(path) for path, _, _ in files]]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(done.stderr)
    heard = [json.loads(line)["digits"] for line in done.stdout.splitlines()]
    return heard, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rival", choices=["pocketsphinx", "whisper", "digitctl"])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path)
    parser.add_argument("--program")
    options = parser.parse_args()
    files = recordings(options.data)
    if not files:
        sys.exit(f"{options.data} has no strings of {SOURCE}")
    if options.rival == "digitctl":
        heard, cpu = digitctl(options, files)
    else:
        hear = {"pocketsphinx": pocketsphinx, "whisper": whisper}[options.rival](options)
        sounds = [sound(path) for path, _, _ in files]
        start = time.process_time()
        heard = [hear(samples) for samples in sounds]
        cpu = time.process_time() - start
    said = [digits for _, digits, _ in files]
    print(
        json.dumps(
            {
                "strings": len(files),
                "digits": sum(map(len, said)),
                "wrong": sum(distance(a, b) for a, b in zip(heard, said)),
                "right": sum(a == b for a, b in zip(heard, said)),
                "sound_s": sum(seconds for _, _, seconds in files),
                "cpu_s": cpu,
            }
        )
    )


if __name__ == "__main__":
    main()
