#!/usr/bin/env python3
"""False accepts per hour while people talk.

  talk.py --data DIR [--split validate] --digitd PATH [--source NAME] [--seed 3] [--verbose]

Puts the sentences of a folder's manifest (label `speech`) whose `text` holds no digit word one behind the other, 0.3 to 1 s apart, each at a level of
its own (peaks of -24 to -6 dBFS), into one file, runs `digitd --input FILE --no-socket --format json`, and counts `transcript` and `number`. A sentence
without text counts as one without a digit. With --verbose: what was told, and in which sentence. Needs numpy and soundfile."""
import argparse, bisect, collections, csv, pathlib, re, sys, tempfile
import numpy as np, soundfile as sf
from listen import events

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, default in (("data", None), ("digitd", None), ("split", ""), ("source", ""), ("seed", 3)):
    p.add_argument("--" + name, default=default, required=default is None, type=type(default) if default is not None else str)
p.add_argument("--verbose", action="store_true")
a = p.parse_args()
said = re.compile(r"\b(zero|oh|one|two|three|four|five|six|seven|eight|nine)\b|\d")
root = pathlib.Path(a.data)
rows = [r for r in csv.DictReader(open(root / "manifest.csv"))
        if r["label"] == "speech" and (not a.split or r["split"] == a.split) and (not a.source or r["source"] == a.source) and not said.search(r.get("text", "").lower())]
if not rows: sys.exit("no such sentences there")
rng = np.random.default_rng(a.seed); rng.shuffle(rows)
parts, starts, at, rate = [], [], 0, 16000
for r in rows:
    x, sr = sf.read(root / r["path"], dtype="float32", always_2d=True); x = x[:, 0]
    if sr != rate: x = np.interp(np.arange(int(len(x) * rate / sr)) * sr / rate, np.arange(len(x)), x)
    x = x / max(1e-3, np.abs(x).max()) * 10 ** (rng.uniform(-24, -6) / 20)
    gap = np.zeros(int(rate * rng.uniform(.3, 1)))
    starts.append(at / rate); parts += [x, gap]; at += len(x) + len(gap)
y = np.concatenate(parts) + rng.standard_normal(at) * 3e-4
with tempfile.TemporaryDirectory() as folder:
    sf.write(folder + "/talk.wav", y, rate, subtype="PCM_16")
    heard = events(a.digitd, folder + "/talk.wav")
told = [e["data"] for e in heard if e["type"] == "transcript"]
numbers = sum(e["type"] == "number" for e in heard)
hours = at / rate / 3600
if a.verbose:
    for e in told:
        r = rows[bisect.bisect(starts, e["start_ms"] / 1000) - 1]; print(f"  {e['start_ms'] / 1000:8.2f} s  {e['digit']}  {e['confidence']:.2f}  {r['path']}  {r.get('text', '')[:90]}")
print(f"{hours:.2f} h of talk: {len(told)} false accepts = {len(told) / hours:.1f} an hour (by digit: {dict(sorted(collections.Counter(e['digit'] for e in told).items()))}); {numbers} numbers")
