#!/usr/bin/env python3
"""Single recordings of a split through `digitd --input`, by source and half:

    words.py [--split validate] [--source NAME] [--language en] DIGITD FOLDER ...

Each recording is a stream of its own; DIGITD_MODEL names the model. Of digits: emitted correctly, emitted wrongly; of other
words, and of digits in another language: false accepts. The verdict is fitted to the half `chosen`, whose speaker's id ends in
an even hexadecimal digit, as `digitlab fit` takes it. Intervals are Wilson's, of 95 %%."""
import argparse, collections, concurrent.futures, csv, math, pathlib
from listen import transcripts

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--split", default="validate")
parser.add_argument("--source")
parser.add_argument("--language", default="en")
parser.add_argument("digitd")
parser.add_argument("folders", nargs="+")
options = parser.parse_args()

def is_even(speaker):
    last = next((c for c in reversed(speaker.lower()) if c.isalnum()), "0")
    return (int(last, 16) if last in "0123456789abcdef" else ord(last)) % 2 == 0

def interval(k, n, z=1.96):
    if n == 0: return "-"
    p, d = k / n, 1 + z * z / n
    middle, reach = (p + z * z / 2 / n) / d, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n) / d
    return f"{k} of {n} = {100 * p:.1f} % ({100 * max(0, middle - reach):.1f}-{100 * min(1, middle + reach):.1f})"

def listen(path): return [d["digit"] for d in transcripts(options.digitd, path)]

jobs = []
for folder in options.folders:
    for r in csv.DictReader(open(pathlib.Path(folder) / "manifest.csv")):
        if r["split"] != options.split or options.source not in (None, r["source"]): continue
        is_foreign = (r.get("lang") or "en") != options.language
        label = "speech" if r["label"].isdigit() and is_foreign else r["label"]
        is_word = label == "speech" and float(r["duration_s"]) < 2.2
        if label.isdigit() or is_word: jobs.append((str(pathlib.Path(folder) / r["path"]), label, r))
sums = collections.defaultdict(collections.Counter)
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for (_, label, r), told in zip(jobs, pool.map(listen, [j[0] for j in jobs])):
        half = "chosen" if is_even(r["speaker"]) else "others"
        for source in (r["source"], "all"):
            s = sums[half, "digits" if label.isdigit() else "words", source]
            s["n"] += 1
            if label.isdigit():
                s["right"] += int(label) in told
                s["wrong"] += len(told) - (int(label) in told)
            else: s["taken"] += bool(told)
for (half, kind, source), s in sorted(sums.items()):
    if kind == "digits": print(f"{half} {kind} {source}: right {interval(s['right'], s['n'])}, wrong {interval(s['wrong'], s['n'])}")
    else: print(f"{half} {kind} {source}: taken {interval(s['taken'], s['n'])}")
