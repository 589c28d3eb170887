#!/usr/bin/env python3
"""Writes output_error_golden.json: the clip search of BitDistiller and AWQ by trying everything on the inputs themselves.

Each group of weights that share a grid: the ends with the least sum over tokens of (x . (Q(w) - w))^2, summed over the
group's rows. Needs numpy. Run it in this folder.
"""
import itertools
import json

import numpy as np

RANDOM = np.random.default_rng(5)
SHARES = [1 - i / 20 for i in range(10)]
ROWS, WIDTH, TOKENS, BITS = 4, 12, 50, 3


def min_max(w, low, high):
    step = max((high - low) / (2**BITS - 1), 1e-8)
    zero = -np.round(low / step)
    return (np.clip(np.round(w / step) + zero, 0, 2**BITS - 1) - zero) * step


def lsq(w, step):
    return np.clip(np.round(w / step), -(2 ** (BITS - 1)), 2 ** (BITS - 1) - 1) * step


def output_error(x, w, quantized):
    return float((((quantized - w) @ x.T) ** 2).sum())


def candidates(w, scheme):
    if scheme == "min_max":
        for high, low in itertools.product(SHARES, SHARES):
            ends = [w.min() * low, w.max() * high]
            yield ends, min_max(w, *ends)
    elif scheme == "beta_gamma":
        for high, low in itertools.product(SHARES, SHARES):
            yield [low, high], min_max(w, w.min() * low, w.max() * high)
    else:
        for share in SHARES:
            step = np.abs(w).max() * share / (2 ** (BITS - 1) - 1)
            yield [step], lsq(w, step)


def search(x, w, scheme):
    """w: the rows [R, n] of one grid, x: what comes to them [T, n]."""
    return min(((output_error(x, w, q), p) for p, q in candidates(w, scheme)), key=lambda tried: tried[0])


def grids(x, w, granularity, group):
    if granularity == "tensor":
        yield x, w
    for row in w if granularity != "tensor" else []:
        width = group if granularity == "group" else row.size
        for first in range(0, row.size, width):
            yield x[:, first : first + width], row[None, first : first + width]


def main():
    # Inputs that hang together and differ in size: the outputs' error is not the weights' own.
    x = RANDOM.normal(size=(TOKENS, WIDTH)) @ RANDOM.normal(size=(WIDTH, WIDTH)) * np.exp(RANDOM.normal(size=WIDTH))
    w = RANDOM.standard_t(3, size=(ROWS, WIDTH))
    cases = []
    for scheme, granularity in itertools.product(["min_max", "beta_gamma", "lsq"], ["tensor", "row", "group"]):
        found = [search(*grid, scheme) for grid in grids(x, w, granularity, 4)]
        cases.append(
            {
                "scheme": scheme,
                "granularity": granularity,
                "errors": [error for error, _ in found],
                "parameters": [[float(v) for v in column] for column in zip(*(p for _, p in found))],
            }
        )
    data = {"bits": BITS, "group_size": 4, "inputs": x.tolist(), "weight": w.tolist(), "cases": cases}
    with open("output_error_golden.json", "w") as file:
        json.dump(data, file)
        file.write("\n")


if __name__ == "__main__":
    main()
