#!/usr/bin/env python3
"""Writes weight_quantizer_golden.json: quantizers of decoders' weights, values and gradients in float32.

symmetric_full and affine are torchao's own functions (0.18, quant_primitives.py), llm_qat the formulas of LLM-QAT's
utils_quant.py with PyTorch's autograd. Needs torch, torchao and numpy. Run it in this folder.
"""
import json

import torch
from make_decoder_golden import hashed
from torchao.quantization.quant_primitives import (MappingType, choose_qparams_affine, _do_fake_quantize_affine)

ROWS, WIDTH, GROUP = 4, 8, 4


def weights():
    x = torch.from_numpy(hashed("weights", ROWS * WIDTH)).view(ROWS, WIDTH).float() * 0.2
    x[0, 3], x[1, 5] = 0.31, -0.31  # the largest of a row, once above and once below zero
    x[3] = x[3].abs() + 0.1
    return x


def torchao(x, mapping, bits, size):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if mapping == MappingType.SYMMETRIC else (0, 2**bits - 1)
    block = (1, size)
    scale, zero = choose_qparams_affine(x.detach(), mapping, block, torch.int32, low, high)
    levels, y = _do_fake_quantize_affine(x, block, scale, zero, torch.int32, low, high)
    return y, levels - zero.repeat_interleave(size, -1).view_as(x)


def llm_qat(x, bits, size):
    rows = x.view(-1, size)
    magnitude = rows.detach().abs()
    if bits > 2:
        s = (2 ** (bits - 1) - 1) / (magnitude.amax(-1, keepdim=True) + 1e-6)
        levels = torch.round(rows * s)
        values = levels.div(s + 1e-6)
    elif bits == 2:
        a = 2 * magnitude.mean(-1, keepdim=True)
        levels = torch.round(torch.clamp(rows / a, -0.99, 0.99) * 2 - 0.5) + 0.5
        values = a * levels / 2
    else:
        a = magnitude.mean(-1, keepdim=True)
        levels = torch.sign(rows / a)
        values = a * levels
    passed = rows.detach().abs() < 2 if bits > 2 else torch.ones_like(rows, dtype=torch.bool)
    y = values.detach() + (rows - rows.detach()) * passed
    return y.view_as(x), levels.view_as(x)


def case(name, bits, size, x):
    x = x.clone().requires_grad_(True)
    if name == "llm_qat":
        y, levels = llm_qat(x, bits, size)
    else:
        y, levels = torchao(x, MappingType.SYMMETRIC if name == "symmetric_full" else MappingType.ASYMMETRIC, bits, size)
    y.sum().backward()
    return {"quantizer": name, "bits": bits, "group_size": size, "y": y.detach().double().tolist(),
            "levels": levels.detach().double().tolist(), "gradient": x.grad.round().int().tolist()}


def main():
    x = weights()
    cases = [case(name, bits, size, x)
             for name, widths in (("symmetric_full", (2, 3, 4, 8)), ("affine", (2, 3, 4, 8)), ("llm_qat", (1, 2, 3, 4, 8)))
             for bits in widths for size in (WIDTH, GROUP)]
    wide = 8 * x  # beyond LLM-QAT's bound of 2
    cases.append(case("llm_qat", 4, WIDTH, wide) | {"factor": 8})
    with open("weight_quantizer_golden.json", "w", encoding="utf-8") as file:
        json.dump({"x": x.double().tolist(), "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
