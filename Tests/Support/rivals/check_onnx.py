"""Whether the exported network says the same in onnxruntime, on the spectrograms of real recordings.

    digitctl export --onnx digits.onnx --examples examples.safetensors RECORDING...
    python check_onnx.py digits.onnx examples.safetensors

Fails if a logit differs by more than 1e-4 of the largest.
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
    (theirs,) = session.run(["logits"], {"spectrogram": examples["spectrograms"][:, None]})
    ours = examples["logits"]
    largest = np.abs(ours).max()
    worst = np.abs(theirs - ours).max() / largest
    same = (theirs[:, :10].argmax(1) == ours[:, :10].argmax(1)).sum()
    print(
        f"{len(ours)} recordings: logits differ by {worst:.1e} of the largest ({largest:.2f}) at most; "
        f"the same digit for {same}"
    )
    if len(ours) == 0 or worst > 1e-4 or same < len(ours):
        sys.exit("the exported network does not say the same")


if __name__ == "__main__":
    main()
