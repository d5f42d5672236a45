#!/usr/bin/env python3
"""60 digits, seconds apart, in a room with echo: `echo.py DIGITD FSDD-FOLDER [RT60-SECONDS] [DIRECT-TO-REVERBERANT-DB]`."""
import random, sys, tempfile, wave
import numpy as np
from listen import transcripts
if len(sys.argv) < 3: sys.exit(__doc__)
(B, D), R = sys.argv[1:3], 8000
rt = float(sys.argv[3]) if len(sys.argv) > 3 else .83; drr = float(sys.argv[4]) if len(sys.argv) > 4 else 0
r = random.Random(1); g = np.random.default_rng(1); parts = [np.zeros(3 * R)]; said = []; n = 3 * R
for k in range(60):
  w = wave.open(f"{D}/{k % 10}_{('george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler')[k // 10]}_{k % 5}.wav")
  a = np.frombuffer(w.readframes(w.getnframes()), "<i2") / 32768; a = a / np.sqrt((a ** 2).mean()) * 10 ** (-30 / 20)
  said.append((k % 10, n / R, (n + len(a)) / R)); gap = np.zeros(r.randrange(2 * R, 3 * R)); parts += [a, gap]; n += len(a) + len(gap)
x = np.concatenate(parts); tau = rt / 6.9; m = int(8 * tau * R)
d = g.standard_normal(m) * np.exp(-np.arange(m) / (tau * R)); d[:int(.005 * R)] = 0; d *= 10 ** (-drr / 20) / np.sqrt((d ** 2).sum()); d[0] = 1; d /= np.sqrt((d ** 2).sum())
N = 1 << (len(x) + m).bit_length(); y = np.fft.irfft(np.fft.rfft(x, N) * np.fft.rfft(d, N), N)[:len(x)] + g.standard_normal(len(x)) * 10 ** (-75 / 20)
f = tempfile.mkdtemp() + "/room.wav"; w = wave.open(f, "wb"); w.setparams((1, 2, R, 0, "NONE", "")); w.writeframes((np.clip(y, -1, 1) * 32767).astype("<i2").tobytes()); w.close()
ev = transcripts(B, f)
right = sum(any(e["digit"] == k and e["start_ms"] / 1e3 < b and e["end_ms"] / 1e3 > a for e in ev) for k, a, b in said)
extra = [e for e in ev if not any(e["start_ms"] / 1e3 < b and e["end_ms"] / 1e3 > a for _, a, b in said)]
print(f"RT60 {rt} s: {right} of 60 right, {len(extra)} false accepts:", [(e["digit"], round(e["confidence"], 2)) for e in extra])
