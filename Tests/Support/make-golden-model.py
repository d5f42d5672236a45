"""Writes Tests/DigitNetworkTests/GoldenModel.swift: a small model file made by the safetensors package, a spectrogram,
and the logits that SciPy computes in double precision, batch normalisation kept apart.

    python3 -m venv v && v/bin/pip install numpy==2.* scipy safetensors && v/bin/python make-golden-model.py > GoldenModel.swift
"""

import base64
import json
import textwrap

import numpy as np
from safetensors.numpy import save
from scipy.signal import correlate2d

random = np.random.default_rng(20240501)
layers = [(1, 3, (5, 3), (2, 1)), (3, 4, (3, 3), (1, 2))]
input_shape, classes = (7, 6), 3


def uniform(low, high, *shape):
    return random.uniform(low, high, shape).astype(np.float32)


tensors, x = {}, uniform(-1, 2, *input_shape)
y = x[np.newaxis].astype(np.float64)
for i, (inputs, outputs, kernel, stride) in enumerate(layers, 1):
    weight = tensors[f"conv{i}.weight"] = uniform(-0.5, 0.5, outputs, inputs, *kernel)
    gamma = tensors[f"bn{i}.weight"] = uniform(0.5, 1.5, outputs)
    beta = tensors[f"bn{i}.bias"] = uniform(-0.5, 0.5, outputs)
    mean = tensors[f"bn{i}.running_mean"] = uniform(-0.5, 0.5, outputs)
    variance = tensors[f"bn{i}.running_var"] = uniform(0.2, 2, outputs)
    pad = [(0, 0)] + [(k // 2, k // 2) for k in kernel]
    y = np.stack([
        sum(correlate2d(plane, w, mode="valid") for plane, w in zip(np.pad(y, pad), filters))
        for filters in weight.astype(np.float64)
    ])[:, :: stride[0], :: stride[1]]
    column = lambda v: v.astype(np.float64)[:, None, None]
    y = column(gamma) * (y - column(mean)) / np.sqrt(column(variance) + 1e-5) + column(beta)
    y = np.maximum(y, 0)
features = y.mean(axis=2).reshape(-1)
weight = tensors["fc.weight"] = uniform(-0.5, 0.5, classes, features.size)
bias = tensors["fc.bias"] = uniform(-0.5, 0.5, classes)
logits = weight.astype(np.float64) @ features + bias

extent = lambda pair: {"bands": pair[0], "frames": pair[1]}
structured = {
    "labels": ["a", "b", "c"],
    "architecture": {
        "input": extent(input_shape),
        "classes": classes,
        "convolutions": [
            {"inputChannels": i, "outputChannels": o, "kernel": extent(k), "stride": extent(s)} for i, o, k, s in layers
        ],
    },
    "features": {"hop": 64},
    "calibration": {"temperature": 1, "minimumConfidence": 0.5, "maximumOther": 0.5, "earlyConfidence": 0.9},
    "training": {"learnedFrom": [], "seed": 1, "epochs": 0, "command": "", "notes": "random"},
}
metadata = {key: json.dumps(value) for key, value in structured.items()}
metadata |= {"format": "digitd", "formatVersion": "1", "name": "golden", "version": "1"}


def floats(values):
    text = ", ".join(repr(float(v)) for v in values)
    return textwrap.indent(textwrap.fill(text, 112), "    ")


encoded = textwrap.indent("\n".join(textwrap.wrap(base64.b64encode(save(tensors, metadata)).decode(), 112)), "    ")
print(f'''\
/// Made by Tests/Support/make-golden-model.py; not to be edited by hand.
enum GoldenModel {{
  /// A model file as Python's safetensors package writes it, in base64.
  static let file = """
{encoded}
    """

  /// [{input_shape[0]} bands, {input_shape[1]} frames]
  static let spectrogram: [Float] = [
{floats(x.reshape(-1))},
  ]

  /// [{classes}], by SciPy in double precision.
  static let logits: [Float] = [
{floats(logits)}
  ]
}}''')
