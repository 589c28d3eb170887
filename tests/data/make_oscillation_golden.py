#!/usr/bin/env python3
"""Writes oscillation_golden.json: iterative weight freezing on integers, written after the authors' TrackOscillation.

Qualcomm-AI-research/oscillations-qat: a tracker between rounding and scaling, which replaces the integers of frozen
weights. Here with a step that grows from update to update, on weights from a formula. Needs numpy. Run it in this
folder.
"""
import json

import numpy as np

SIZE, UPDATES, MOMENTUM, THRESHOLD = 16, 40, 0.2, 0.35


def step_at(t):
    return 0.1 * (1 + 0.02 * t)


def weights_at(t):
    """Latent weights between two levels each, that swing over the threshold at paces of their own."""
    i, j = np.meshgrid(np.arange(SIZE), np.arange(SIZE), indexing="ij")
    level = (i * 7 + j * 3) % 5 - 2
    swing = (i * 31 + j * 17 + t * (1 + (i + j) % 3) * 13) % 7 - 3
    return step_at(t) * (level + 0.45 + 0.1 * swing)


class TrackOscillation:
    def __init__(self, x_int):
        self.previous = x_int
        self.direction = np.zeros_like(x_int)
        self.frequency = np.zeros_like(x_int)
        self.mean = x_int
        self.frozen = np.zeros(x_int.shape, dtype=bool)
        self.frozen_int = np.zeros_like(x_int)

    def __call__(self, x_int):
        x_int = np.where(self.frozen, self.frozen_int, x_int)
        direction = np.sign(x_int - self.previous)
        oscillated = self.direction * direction == -1
        self.frequency = MOMENTUM * oscillated + (1 - MOMENTUM) * self.frequency
        self.direction = np.where(direction != 0, direction, self.direction)
        self.previous = x_int
        # Once and for all, as in algorithm 1: the tracker sets it again as long as the frequency is high.
        freezes = (self.frequency > THRESHOLD) & ~self.frozen
        self.frozen |= freezes
        self.frozen_int = np.where(freezes, np.round(self.mean), self.frozen_int)
        self.mean = MOMENTUM * x_int + (1 - MOMENTUM) * self.mean


def main():
    tracker = None
    counts = []
    for t in range(UPDATES):
        x_int = np.clip(np.round(weights_at(t) / step_at(t)), -8, 7)
        if tracker is None:
            tracker = TrackOscillation(x_int)
        tracker(x_int)
        counts.append(int(tracker.frozen.sum()))
    integers = np.where(tracker.frozen, tracker.frozen_int, x_int)
    data = {
        "momentum": MOMENTUM,
        "threshold": THRESHOLD,
        "frozen": counts,
        "is_frozen": tracker.frozen.astype(int).tolist(),
        "integers": integers.astype(int).tolist(),
    }
    with open("oscillation_golden.json", "w") as file:
        json.dump(data, file)
        file.write("\n")


if __name__ == "__main__":
    main()
