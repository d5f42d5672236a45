#!/usr/bin/env python3
"""Make a long microphone-like recording with known contents, and score a listener's events against it.

  streams.py make  --data DIR --out STREAM.wav [--minutes 10] [--rate 16000] [--snr 20] [--noise NAME] [--seed 1]
                        [--gap 0.7 2.5] [--others 0.25] [--split NAME] [--noise-only]
  streams.py score --truth STREAM.json --events EVENTS.ndjson [--json]

DIR holds manifest.csv (columns path,label,speaker,split,...; label is 0-9, speech or noise) beside its sound files.
`make` writes STREAM.wav (mono, 16-bit) and STREAM.json, the truth: one row per thing said, with the time its sound
starts and ends. About one thing in four is a word that is no digit (a recording of up to 1.5 s). Background noise runs
under everything; with --noise-only there is nothing else, at the level it would have under speech at that SNR.

`score` reads one JSON event a line, {"type": "...", "data": {...}}. A digit is an event of type "transcript" whose data
has "digit" (0-9), "start_ms" and "end_ms" (where the utterance lies in the stream), "decided_ms" (how much of the
stream had been heard when it was decided) and "compute_ms". All times are on the stream's own clock.
An event belongs to the thing said that it overlaps most. Latency counts only where the sound's end is plain to see:
things that last under 0.7 s. Needs numpy and soundfile."""
import argparse, csv, json, math, pathlib, sys
import numpy as np
import soundfile as sf


def resample(x, src, dst):
    """Band-limited resampling by FFT: exact enough for test material."""
    if src == dst:
        return x
    n = int(round(len(x) * dst / src))
    X = np.fft.rfft(x)
    Y = np.zeros(n // 2 + 1, complex)
    k = min(len(X), len(Y))
    Y[:k] = X[:k]
    return np.fft.irfft(Y, n) * (n / len(x))


def load(path, rate):
    x, sr = sf.read(path, dtype="float64", always_2d=True)
    return resample(x.mean(axis=1), sr, rate)


def bounds(x, rate):
    """Where the sound itself lies: first and last 10 ms frame within 35 dB of the loudest and 8 dB over the quietest."""
    f = max(1, rate // 100)
    e = np.array([np.mean(x[i:i + f] ** 2) for i in range(0, max(1, len(x) - f + 1), f)]) + 1e-12
    db = 10 * np.log10(e / e.max())
    loud = np.flatnonzero(db > min(-12, max(-35, np.percentile(db, 10) + 8)))
    return loud[0] * f, min(len(x), (loud[-1] + 1) * f)


def make(a):
    rng = np.random.default_rng(a.seed)
    root = pathlib.Path(a.data)
    rows = [r for r in csv.DictReader(open(root / "manifest.csv")) if not a.split or r.get("split") == a.split]
    digits = [r for r in rows if r["label"].isdigit()]
    words = [r for r in rows if r["label"] == "speech" and float(r["duration_s"]) < 1.5]
    noises = [r for r in rows if r["label"] == "noise" and (not a.noise or a.noise in r["path"])]
    n = int(a.minutes * 60 * a.rate)
    out, truth, t = np.zeros(n), [], a.rate
    while not a.noise_only:
        r = words[rng.integers(len(words))] if words and rng.random() < a.others else digits[rng.integers(len(digits))]
        x = load(root / r["path"], a.rate)
        lo, hi = bounds(x, a.rate)
        if a.tight:  # cut to the sound itself, so that a short gap is a short gap
            x, lo, hi = x[lo:hi], 0, hi - lo
        t += int(rng.uniform(*a.gap) * a.rate)
        if t + len(x) + a.rate > n:
            break
        level = 10 ** (rng.uniform(-32, -18) / 20)  # speech level, dBFS RMS over the sound itself
        x = x * (level / (np.sqrt(np.mean(x[lo:hi] ** 2)) + 1e-9))
        ramp = min(80, len(x) // 4)  # no click where a recording starts or ends abruptly
        x[:ramp] *= np.linspace(0, 1, ramp)
        x[-ramp:] *= np.linspace(1, 0, ramp)
        out[t:t + len(x)] += x
        truth.append({"label": r["label"], "speaker": r["speaker"], "path": r["path"],
                      "start_ms": 1000 * (t + lo) / a.rate, "end_ms": 1000 * (t + hi) / a.rate})
        t += len(x)
    if noises and a.snr < 90:
        bed, order = [], rng.permutation(len(noises))
        while sum(map(len, bed)) < n:
            for i in order:
                bed.append(load(root / noises[i]["path"], a.rate))
                bed[-1] /= np.sqrt(np.mean(bed[-1] ** 2)) + 1e-6
                if sum(map(len, bed)) >= n:
                    break
        bed = np.clip(np.concatenate(bed)[:n], -6, 6)
    else:
        bed = rng.standard_normal(n)
    snr = min(a.snr, 60)
    out += bed / np.sqrt(np.mean(bed ** 2)) * 10 ** ((-25 - snr) / 20)  # SNR against the mean speech level, -25 dBFS
    sf.write(a.out, np.clip(out, -1, 1), a.rate, subtype="PCM_16")
    json.dump({"minutes": a.minutes, "rate": a.rate, "snr": a.snr, "seed": a.seed, "said": truth},
              open(pathlib.Path(a.out).with_suffix(".json"), "w"), indent=1)
    print(f"{a.out}: {sum(x['label'].isdigit() for x in truth)} digits, "
          f"{sum(not x['label'].isdigit() for x in truth)} other words in {a.minutes} min, SNR {a.snr} dB")


def score(a):
    truth = json.load(open(a.truth))
    said = truth["said"]
    got = [[] for _ in said]
    stray = 0
    for line in open(a.events):
        line = line.strip()
        if not line:
            continue
        e = json.loads(line)
        d = e.get("data", {})
        if e.get("type") != "transcript" or d.get("digit") is None:
            continue
        over = [min(d["end_ms"], s["end_ms"] + 100) - max(d["start_ms"], s["start_ms"] - 100) for s in said]
        i = int(np.argmax(over)) if over else -1
        if i < 0 or over[i] <= 0:
            stray += 1
        else:
            got[i].append(d)
    right = wrong = missed = extra = falsely = others = 0
    lat, comp = [], []
    for s, g in zip(said, got):
        if s["label"].isdigit():
            if not g:
                missed += 1
                continue
            extra += len(g) - 1
            if int(g[0]["digit"]) == int(s["label"]):
                right += 1
                if s["end_ms"] - s["start_ms"] < 700:
                    lat.append(g[0]["decided_ms"] - s["end_ms"])
                comp.append(g[0].get("compute_ms", math.nan))
            else:
                wrong += 1
        else:
            others += 1
            falsely += bool(g)
            stray += max(0, len(g) - 1)
    n = right + wrong + missed
    q = lambda v, p: round(float(np.percentile(v, p)), 2) if v else None
    r = {"digits": n, "right": right, "wrong": wrong, "missed": missed, "repeated": extra,
         "accuracy": round(right / max(1, n), 4), "other_words": others, "other_words_taken_for_digits": falsely,
         "events_on_noise_alone": stray, "minutes": truth["minutes"],
         "latency_ms": {"p50": q(lat, 50), "p95": q(lat, 95), "max": q(lat, 100)},
         "compute_ms": {"p50": q(comp, 50), "p99": q(comp, 99)}}
    print(json.dumps(r) if a.json else json.dumps(r, indent=1))


p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
s = p.add_subparsers(dest="verb", required=True)
m = s.add_parser("make")
m.add_argument("--data", required=True); m.add_argument("--out", required=True)
m.add_argument("--minutes", type=float, default=10); m.add_argument("--rate", type=int, default=16000)
m.add_argument("--snr", type=float, default=20); m.add_argument("--noise", default="")
m.add_argument("--others", type=float, default=0.25); m.add_argument("--split", default="")
m.add_argument("--gap", type=float, nargs=2, default=(0.7, 2.5), metavar="S", help="silence between things said, seconds")
m.add_argument("--tight", action="store_true", help="cut recordings to their sound (use with a short --gap)")
m.add_argument("--noise-only", action="store_true"); m.add_argument("--seed", type=int, default=1); m.set_defaults(run=make)
c = s.add_parser("score")
c.add_argument("--truth", required=True); c.add_argument("--events", required=True)
c.add_argument("--json", action="store_true"); c.set_defaults(run=score)
a = p.parse_args()
a.run(a)
