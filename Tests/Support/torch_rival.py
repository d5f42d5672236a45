#!/usr/bin/env python3
"""Examples per second that PyTorch trains the shipped network with, on the CPU: forward, backward, AdamW.

The counterpart of `TrainingBenchmark` in Sources/Training/Engine: same network, batch, length of the examples, losses and
number of threads, the median step after a few to warm up; AdamW, which costs less than our Muon. PyTorch comes from PyPI
into an environment of its own:

    python3 -m venv /tmp/venv-torch && /tmp/venv-torch/bin/pip install torch numpy
    /tmp/venv-torch/bin/python Tests/Support/torch_rival.py --seconds 10
"""

import argparse
import statistics
import time

import torch
from torch import nn

# SequenceArchitecture.standard: filters, kernel, stride, dilation in time, lookahead, whether bands are padded, residual.
LAYERS = (
    (32, (5, 5), (2, 2), 1, 2, True, False),
    (64, (3, 3), (2, 2), 1, 1, True, False),
    (96, (3, 3), (1, 2), 1, 1, True, False),
    (128, (3, 3), (1, 2), 1, 1, True, False),
    (192, (3, 4), (1, 1), 1, 1, False, False),
    (192, (5, 1), (1, 1), 1, 2, True, True),
    (192, (3, 1), (1, 1), 2, 0, True, True),
    (192, (3, 1), (1, 1), 6, 0, True, True),
    (192, (3, 1), (1, 1), 14, 0, True, True),
)
BANDS, CHANNELS, LABELS, ACTIVITIES = 64, 2, 12, 3
# SequenceRecipe: columns of an example, what the columns' activity counts, examples in a step.
COLUMNS, ACTIVITY_WEIGHT, BATCH = 128, 0.3, 24


class Convolution(nn.Module):
    def __init__(self, channels, filters, kernel, stride, dilation, lookahead, pads, residual):
        super().__init__()
        past = (kernel[0] - 1) * dilation - lookahead
        bands = kernel[1] // 2 if pads else 0
        self.padding = nn.ZeroPad2d((bands, bands, past, lookahead))
        self.convolution = nn.Conv2d(channels, filters, kernel, stride, dilation=(dilation, 1), bias=False)
        self.norm = nn.BatchNorm2d(filters)
        self.residual = residual

    def forward(self, x):
        y = torch.relu(self.norm(self.convolution(self.padding(x))))
        return x + y if self.residual else y


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], CHANNELS
        for filters, *rest in LAYERS:
            layers.append(Convolution(channels, filters, *rest))
            channels = filters
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(channels, LABELS + ACTIVITIES)

    def forward(self, spectrograms):
        return self.head(self.layers(spectrograms).squeeze(3).transpose(1, 2))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", choices=["channels_last", "contiguous"], default="channels_last")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    layout = torch.channels_last if options.layout == "channels_last" else torch.contiguous_format

    network = Network().to(memory_format=layout)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    frames = 4 * COLUMNS
    spectrograms = (torch.rand(options.batch, CHANNELS, frames, BANDS) * 2 - 1).contiguous(memory_format=layout)
    # A word a second.
    words = torch.arange(4).repeat(options.batch, 1)
    lengths = (torch.full((options.batch,), COLUMNS), torch.full((options.batch,), 4))
    activity = (torch.arange(COLUMNS) % ACTIVITIES).repeat(options.batch, 1)

    times = []
    while sum(times[3:]) < options.seconds:
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        scores = network(spectrograms)
        labels, activities = scores[..., :LABELS], scores[..., LABELS:]
        said = nn.functional.ctc_loss(labels.log_softmax(2).transpose(0, 1), words, *lengths, blank=LABELS - 1)
        active = nn.functional.cross_entropy(activities.flatten(0, 1), activity.flatten())
        (said + ACTIVITY_WEIGHT * active).backward()
        optimiser.step()
        times.append(time.perf_counter() - start)
    print(f"{options.batch / statistics.median(times[3:]):.1f}")


if __name__ == "__main__":
    main()
