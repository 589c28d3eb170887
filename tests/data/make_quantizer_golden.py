#!/usr/bin/env python3
"""Makes quantizer_golden.json with NumPy in float64: a second implementation of the weight quantizers whose outputs are not
in encoder_golden_vectors.json (binary, binary_centered, laq), written from the formulas of their headers.

Usage: make_quantizer_golden.py OUT_FOLDER
"""
import json
import os
import sys

import numpy as np

ROUNDS = 11


def scales(values, by_row):
    """Sums over rows (kept as a column) or over everything."""
    return values.sum(axis=1, keepdims=True) if by_row else values.sum()


def count(w, by_row):
    return w.shape[1] if by_row else w.size


def binary(w, by_row):
    return np.sign(w) * scales(np.abs(w), by_row) / count(w, by_row)


def binary_centered(w, by_row):
    return np.sign(w - w.mean()) * scales(np.abs(w), by_row) / count(w, by_row)


def laq(w, d, bits, by_row, paper):
    def alpha_of(b):
        return scales(np.abs(b * d * w), by_row) / scales(d * b * b if paper else np.abs(b * d), by_row)

    b = np.sign(w)
    alpha = alpha_of(b)
    if bits == 1:
        return alpha * b
    n = 2 ** (bits - 1) - 1
    for step in range(ROUNDS):
        alpha = alpha_of(b) if step > 0 else alpha
        b = np.rint(np.clip(w / alpha, -1, 1) * n) / n
    return (alpha_of(b) if paper else alpha) * b


def main():
    generator = np.random.default_rng(11)
    w = np.round(generator.standard_normal((4, 6)) * 0.8, 3)
    d = np.round(generator.uniform(0.1, 2, (4, 6)), 3)
    cases = []
    for by_row in (False, True):
        cases.append({"quantizer": "binary", "by_row": by_row, "y": binary(w, by_row).tolist()})
        cases.append({"quantizer": "binary_centered", "by_row": by_row, "y": binary_centered(w, by_row).tolist()})
        for bits in (1, 2, 3, 4):
            for paper in (False, True):
                for curved in (False, True):
                    y = laq(w, d if curved else np.ones_like(w), bits, by_row, paper)
                    cases.append({"quantizer": "laq", "by_row": by_row, "bits": bits, "paper": paper, "curved": curved,
                                  "y": y.tolist()})
    path = os.path.join(sys.argv[1], "quantizer_golden.json")
    with open(path, "w", encoding="utf-8") as out:
        out.write('{"w": %s,\n "d": %s,\n "cases": [\n' % (json.dumps(w.tolist()), json.dumps(d.tolist())))
        out.write(",\n".join(json.dumps(case) for case in cases))
        out.write("\n]}\n")


main()
