#!/usr/bin/env python3
"""How many of 20 digits are heard over a steady tone: `hum.py DIGITD FSDD-FOLDER [HERTZ] [DBFS]`; words at -30 dBFS."""
import array, math, random, sys, tempfile, wave
from listen import transcripts
if len(sys.argv) < 3: sys.exit(__doc__)
B, D = sys.argv[1:3]
hz = float(sys.argv[3]) if len(sys.argv) > 3 else 100; tone = float(sys.argv[4]) if len(sys.argv) > 4 else -30
r = random.Random(1); x = [0.0] * 24000; cuts = []
for k in range(20):
  w = wave.open(f"{D}/{k % 10}_{('george', 'theo')[k // 10]}_1.wav"); a = array.array("h", w.readframes(w.getnframes()))
  g = 10 ** (-30 / 20) / math.sqrt(sum(v * v for v in a) / len(a))
  cuts.append((len(x), len(x) + len(a))); x += [v * g for v in a] + [0.0] * 9000
s = 10 ** (tone / 20) * math.sqrt(2)
x = [v + s * math.sin(2 * math.pi * hz * i / 8000) + r.gauss(0, 10 ** (-70 / 20)) for i, v in enumerate(x)]
with tempfile.TemporaryDirectory() as t:
  f = wave.open(t + "/all.wav", "wb"); f.setparams((1, 2, 8000, 0, "NONE", ""))
  f.writeframes(array.array("h", [max(-32768, min(32767, round(v * 32767))) for v in x]).tobytes()); f.close()
  said = transcripts(B, t + "/all.wav")
heard = sum(any(e["digit"] == k % 10 and e["start_ms"] < b / 8 and e["end_ms"] > a / 8 for e in said) for k, (a, b) in enumerate(cuts))
print(f"{hz:g} Hz at {tone:g} dBFS, words at -30: {heard} of 20 right")
