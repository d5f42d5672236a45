"""Whether the exported network says the same in onnxruntime, on the spectrograms of real recordings.

    digitlab export --onnx digits.onnx --examples examples.safetensors RECORDING...
    python check_onnx.py digits.onnx examples.safetensors

Fails if a score differs by more than a hundredth of the largest, which is what the rounded weights of our kernels may do.
"""

import argparse
import sys

import numpy as np
import onnxruntime
from safetensors.numpy import load_file


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("onnx")
    parser.add_argument("examples")
    options = parser.parse_args()

    examples = load_file(options.examples)
    session = onnxruntime.InferenceSession(options.onnx, providers=["CPUExecutionProvider"])
    count = sum(name.startswith("scores.") for name in examples)
    differences, largest = [], 0.0
    for n in range(count):
        (theirs,) = session.run(["scores"], {"spectrogram": examples[f"spectrogram.{n}"][None]})
        ours = examples[f"scores.{n}"]
        if theirs[0].shape != ours.shape:
            sys.exit(f"recording {n}: {theirs[0].shape} there, {ours.shape} here")
        differences.append(np.abs(theirs[0] - ours))
        largest = max(largest, float(np.abs(ours).max()))
    if count == 0:
        sys.exit("there are no examples")
    apart = np.concatenate(differences) / largest
    print(
        f"{count} recordings, {len(apart)} columns: scores differ by {apart.max():.1e} of the largest ({largest:.2f}) at "
        f"most, by {apart.mean():.1e} on the average"
    )
    if apart.max() > 1e-2:
        sys.exit("the exported network does not say the same")


if __name__ == "__main__":
    main()
