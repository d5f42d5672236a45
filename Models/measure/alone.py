#!/usr/bin/env python3
"""How many single words that are no digits are taken for one: `alone.py DIGITD`. Ten exclamations and vowels, and nineteen
numbers, each by fourteen voices of espeak-ng and flite (needs both, and sox)."""
import collections, subprocess, sys, tempfile
from listen import transcripts
if len(sys.argv) < 2: sys.exit(__doc__)
words = {
    "exclamations": "oh ooh aw or eh uh um hm ah okay".split(),
    "numbers": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty "
               "sixty seventy eighty ninety hundred".split(),
}
espeak = "en-us en-gb en-gb-scotland en-gb-x-rp en-029 en-us+f2 en-gb+f4 en-us+m4 en-gb+m7 en-us+Annie".split()
flite = "kal awb rms slt".split()
with tempfile.TemporaryDirectory() as folder:
    said, padded = folder + "/said.wav", folder + "/padded.wav"
    for kind, list_ in words.items():
        count, taken = 0, collections.Counter()
        for word in list_:
            for voice in espeak + flite:
                speak = ["espeak-ng", "-v", voice, "-w", said, word] if voice in espeak else ["flite", "-voice", voice, "-t", word, "-o", said]
                subprocess.run(speak, capture_output=True, check=True)
                subprocess.run(["sox", said, "-r", "16000", padded, "pad", "0.5", "0.7"], capture_output=True, check=True)
                heard = tuple(d["digit"] for d in transcripts(sys.argv[1], padded))
                count += 1
                if heard: taken[word, heard] += 1
        total = sum(taken.values())
        print(f"{kind}: {total} of {count} taken = {100 * total / count:.1f} %", dict(taken))
