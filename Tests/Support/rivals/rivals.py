"""Measures one rival on one thread and prints what it found as one JSON object.

    python rivals.py NAME [--seconds S] [--onnx FILE]

Each does the work that a stage of `digitlab benchmark` does, on sound of the same length. Times are the processor's, as
there: what a neighbour takes does not count.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import json
import time

import numpy as np

RATE = 8000
SPOKEN = 8192  # samples: 125 frames, a second's


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
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
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
    """A second of speech at once: whoever listens has it column by column."""
    network = session(options.onnx)
    frames = np.random.default_rng(2).uniform(-1, 2, (1, 125, 64, 2)).astype(np.float32)
    return measure(lambda: network.run(None, {"spectrogram": frames}), options.seconds)


def librosa_features(options):
    """A second of speech at once: the mel spectrogram in dB, which is the first of our two channels."""
    import librosa

    spoken = sound(SPOKEN)

    def work():
        mel = librosa.feature.melspectrogram(
            y=spoken, sr=RATE, n_fft=512, win_length=256, hop_length=64, n_mels=64, fmin=50, fmax=4000, center=False
        )
        return librosa.power_to_db(mel, ref=np.max, top_db=60)

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


RIVALS = {
    "onnxruntime": onnxruntime_network,
    "librosa": librosa_features,
    "soxr": soxr_conditioning,
    "webrtcvad": webrtcvad_activity,
    "silero-vad": silero_activity,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rival", choices=RIVALS)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--onnx")
    options = parser.parse_args()
    print(json.dumps(RIVALS[options.rival](options)))


if __name__ == "__main__":
    main()
