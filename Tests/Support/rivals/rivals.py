"""Measures one rival on one thread and prints what it found as one JSON object.

    python rivals.py NAME [--seconds S] [--onnx FILE] [--recordings FILE...]

Each does the work that a stage of `digitctl benchmark` does, on sound of the same length.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import json
import time

import numpy as np

RATE = 8000
SPOKEN = 8192  # samples: a spectrogram filled from end to end
BEFORE = 8000


def sound(count, rate=RATE):
    """A gliding vowel in noise; see BenchmarkSound."""
    n = np.arange(count)
    at = n / count
    pitch = 130 - 30 * at
    phase = np.cumsum(2 * np.pi * pitch / rate)
    value = np.zeros(count)
    for harmonic in range(1, 26):
        hertz = harmonic * pitch
        amplitude = np.exp(-0.5 * ((hertz - 300 - 400 * at) / 120) ** 2)
        amplitude += 0.5 * np.exp(-0.5 * ((hertz - 2200 + 1000 * at) / 200) ** 2)
        value += amplitude * np.sin(harmonic * phase)
    return (0.2 * np.sin(np.pi * at) * value + silence(count)).astype(np.float32)


def silence(count):
    return np.random.default_rng(1).uniform(-0.0055, 0.0055, count).astype(np.float32)


def measure(work, seconds, most=100_000):
    for _ in range(3):
        work()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or (time.perf_counter() < end and len(times) < most):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return {
        "min_ms": 1e3 * min(times),
        "p50_ms": 1e3 * float(np.quantile(times, 0.5)),
        "p99_ms": 1e3 * float(np.quantile(times, 0.99)),
        "calls": len(times),
    }


def session(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def onnxruntime_network(options):
    network = session(options.onnx)
    image = np.random.default_rng(2).uniform(-1, 2, (1, 1, 128, 128)).astype(np.float32)
    return measure(lambda: network.run(None, {"spectrogram": image}), options.seconds)


def features(**settings):
    """Noise reduction with a profile of what came before, then the mel spectrogram in dB."""
    import librosa
    import noisereduce

    spoken, before = sound(SPOKEN), silence(BEFORE)

    def work():
        clean = noisereduce.reduce_noise(spoken, RATE, stationary=True, y_noise=before, **settings)
        mel = librosa.feature.melspectrogram(
            y=clean, sr=RATE, n_fft=512, win_length=256, hop_length=64, n_mels=128, fmin=50, fmax=4000
        )
        return librosa.power_to_db(mel, ref=np.max, top_db=60)[:, :128]

    return work


# As it comes noisereduce pads each piece with 30,000 samples on either side. Without that, and with our windows, it is as
# fast as it can be.
TUNED = {"padding": 0, "n_fft": 256, "hop_length": 64}


def librosa_features(options):
    return measure(features(), options.seconds)


def librosa_tuned_features(options):
    return measure(features(**TUNED), options.seconds)


def librosa_onnxruntime_utterance(options):
    network, image = session(options.onnx), features(**TUNED)

    def work():
        values = ((image() / 60 + 1 - 0.3) / 0.25).astype(np.float32)
        network.run(None, {"spectrogram": values[None, None]})

    return measure(work, options.seconds)


def soxr_conditioning(options):
    """A second at 48 kHz in pieces of 10 ms."""
    import soxr

    stream = soxr.ResampleStream(48_000, RATE, 1, dtype="float32")
    pieces = sound(48_000, 48_000).reshape(100, 480)

    def work():
        for piece in pieces:
            stream.resample_chunk(piece)

    return measure(work, options.seconds)


def webrtcvad_activity(options):
    """A second of sound, in frames of 30 ms."""
    import webrtcvad

    vad = webrtcvad.Vad(2)
    samples = (np.concatenate([silence(2400), sound(3200), silence(2400)]) * 32767).astype("<i2")
    frames = [samples[i : i + 240].tobytes() for i in range(0, RATE - 239, 240)]

    def work():
        for frame in frames:
            vad.is_speech(frame, RATE)

    return measure(work, options.seconds)


def silero_activity(options):
    """A second of sound, in frames of 32 ms; the package's own ONNX file, without PyTorch."""
    import importlib.util
    import pathlib

    place = importlib.util.find_spec("silero_vad").submodule_search_locations[0]
    network = session(str(pathlib.Path(place) / "data" / "silero_vad.onnx"))
    samples = np.concatenate([silence(2400), sound(3200), silence(2400)])
    rate = np.array(RATE, dtype=np.int64)

    def work():
        state = np.zeros((2, 1, 128), dtype=np.float32)
        context = np.zeros(32, dtype=np.float32)
        for start in range(0, RATE - 255, 256):
            frame = np.concatenate([context, samples[start : start + 256]])
            _, state = network.run(None, {"input": frame[None], "state": state, "sr": rate})
            context = frame[-32:]

    return measure(work, options.seconds)


DIGITS = "zero one two three four five six seven eight nine".split()


def pocketsphinx_utterance(options):
    """The recordings, each once: how long a recording takes, and how often it is right. Its own model, at 16 kHz."""
    import pathlib

    import pocketsphinx
    import soundfile
    import soxr

    grammar = "#JSGF V1.0;\ngrammar digits;\npublic <digit> = " + " | ".join(DIGITS) + ";\n"
    decoder = pocketsphinx.Decoder(samprate=16_000, lm=None, loglevel="FATAL")
    decoder.add_jsgf_string("digits", grammar)
    decoder.activate_search("digits")
    times, right = [], 0
    for path in options.recordings:
        samples, rate = soundfile.read(path, dtype="float32")
        samples = soxr.resample(samples, rate, 16_000)
        quiet = np.zeros(3200, dtype=np.float32)
        data = (np.concatenate([quiet, samples, quiet]) * 32767).astype("<i2").tobytes()
        start = time.perf_counter()
        decoder.start_utt()
        decoder.process_raw(data, full_utt=True)
        decoder.end_utt()
        times.append(time.perf_counter() - start)
        heard = decoder.hyp()
        right += heard is not None and heard.hypstr == DIGITS[int(pathlib.Path(path).name[0])]
    return {
        "min_ms": 1e3 * min(times),
        "p50_ms": 1e3 * float(np.quantile(times, 0.5)),
        "p99_ms": 1e3 * float(np.quantile(times, 0.99)),
        "calls": len(times),
        "right": int(right),
    }


RIVALS = {
    "onnxruntime": onnxruntime_network,
    "librosa": librosa_features,
    "librosa-tuned": librosa_tuned_features,
    "librosa+onnxruntime": librosa_onnxruntime_utterance,
    "soxr": soxr_conditioning,
    "webrtcvad": webrtcvad_activity,
    "silero-vad": silero_activity,
    "pocketsphinx": pocketsphinx_utterance,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rival", choices=RIVALS)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--onnx")
    parser.add_argument("--recordings", nargs="*", default=[])
    options = parser.parse_args()
    print(json.dumps(RIVALS[options.rival](options)))


if __name__ == "__main__":
    main()
