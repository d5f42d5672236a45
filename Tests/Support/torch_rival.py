#!/usr/bin/env python3
"""Samples per second that PyTorch trains the shipped network with, on the CPU: forward, backward, AdamW.

The counterpart of `TrainingBenchmark` in Sources/Training/Engine: same network, batch, optimiser and number of threads,
the median step after a few to warm up. PyTorch comes from PyPI into an environment of its own:

    python3 -m venv /tmp/venv-torch && /tmp/venv-torch/bin/pip install torch numpy
    /tmp/venv-torch/bin/python Tests/Support/torch_rival.py --seconds 10
"""

import argparse
import statistics
import time

import torch
from torch import nn


# Filters, kernel, stride of NetworkArchitecture.standard.
SHAPE = ((32, 5, (4, 2)), (48, 3, 2), (96, 3, 2), (160, 3, 2), (160, 3, 1), (160, 3, 1))


class Network(nn.Module):
    def __init__(self, classes):
        super().__init__()
        layers, channels = [], 1
        for filters, kernel, stride in SHAPE:
            layers += [
                nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False),
                nn.BatchNorm2d(filters),
                nn.ReLU(inplace=True),
            ]
            channels = filters
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(4 * channels, classes)

    def forward(self, images):
        return self.head(self.features(images).mean(dim=3).flatten(1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", choices=["channels_last", "contiguous"], default="channels_last")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    layout = torch.channels_last if options.layout == "channels_last" else torch.contiguous_format

    network = Network(11).to(memory_format=layout)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    loss = nn.CrossEntropyLoss()
    images = torch.rand(options.batch, 1, 128, 128) * 2 - 1
    images = images.contiguous(memory_format=layout)
    targets = nn.functional.one_hot(torch.arange(options.batch) % 11, 11).float()

    times = []
    while sum(times[3:]) < options.seconds:
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss(network(images), targets).backward()
        optimiser.step()
        times.append(time.perf_counter() - start)
    print(f"{options.batch / statistics.median(times[3:]):.1f}")


if __name__ == "__main__":
    main()
