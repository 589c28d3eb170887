#!/usr/bin/env python3
"""Writes learned_quantizer_golden.json: a second implementation of quantizers with learned grids.

In float64 with PyTorch's autograd: rounding and sign are straight-through (x + (f(x) - x).detach()), everything else is
differentiated as it is written. Needs torch. Run it in this folder.
"""
import json
import math

import torch

torch.manual_seed(11)


def passed(x, fx):
    return x + (fx - x).detach()


def scaled(p, g):
    """The value of p, with its gradient times g."""
    return (p * (1 - g)).detach() + p * g


def lsq(x, step, bits, is_unsigned):
    n, p = (0, 2**bits - 1) if is_unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    count = x.numel() / step.numel()
    a = scaled(step, 1 / math.sqrt(count * p))
    low = 0
    if is_unsigned:
        low = x.detach().amin(dim=(0, 2, 3), keepdim=True) if step.dim() == 3 else x.detach().min()
    v = torch.clamp((x - low) / a, n, p)
    return passed(v, torch.round(v)) * a + low


def lsq_plus(x, step, offset, bits):
    p = 2**bits - 1
    g = 1 / math.sqrt(x.numel() / step.numel() * p)
    a, b = scaled(step, g), scaled(offset, g)
    v = torch.clamp((x - b) / a, 0, p)
    return passed(v, torch.round(v)) * a + b


def pact(x, low, high, bits, is_unsigned):
    bottom = torch.zeros_like(low) if is_unsigned else low
    clipped = torch.minimum(torch.maximum(x, bottom), high)
    origin = bottom.detach().clamp(max=0)
    s = (2**bits - 1) / (high.detach().clamp(min=0) - origin)
    return passed(clipped, (torch.round(clipped * s - s * origin) + s * origin) / s)


def elastic_binary(x, scale, is_unsigned):
    a = scaled(scale, 1 / math.sqrt(x.numel() / scale.numel()))
    if is_unsigned:
        v = torch.clamp(x / a, 0, 1)
        return passed(v, torch.round(v)) * a
    # d/da is sign(x) everywhere, d/dx is 1 within [-a, a].
    inside = torch.minimum(torch.maximum(x, -scale.detach()), scale.detach())
    return torch.sign(x) * a + (inside - inside.detach())


def between(x, low, high, bits):
    n = 2**bits - 1
    s = (high - low) / n
    z = passed(-low / s, torch.round(-low / s))
    k = torch.clamp(passed(x / s, torch.round(x / s)) + z, 0, n)
    return (k - z) * s


def beta_gamma(x, gamma, beta, bits):
    shared = (0, 2, 3) if gamma.dim() == 3 else tuple(range(x.dim()))
    values = x.detach()
    return between(x, gamma * values.amin(shared, keepdim=True), beta * values.amax(shared, keepdim=True), bits)


def case(function, x, parameters, **options):
    x = x.clone().requires_grad_(True)
    parameters = [p.clone().requires_grad_(True) for p in parameters]
    y = function(x, *parameters, **options)
    weight = torch.randn_like(x)
    y.backward(weight)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    return {
        "x": x.tolist(),
        "parameters": [p.tolist() for p in parameters],
        "grad_out": weight.tolist(),
        "y": y.tolist(),
        "grad_x": x.grad.tolist(),
        "grad_parameters": [g.tolist() for g in gradients],
        "bits": options.get("bits", 1),
        "is_unsigned": options.get("is_unsigned", False),
    }


def main():
    f64 = torch.float64
    flat = torch.randn(3, 5, dtype=f64)
    heads = torch.randn(2, 3, 2, 4, dtype=f64)
    per_head = torch.tensor([[[0.2]], [[0.5]], [[1.1]]], dtype=f64)

    def one(*values):
        return [torch.tensor([v], dtype=f64) for v in values]

    cases = {
        "lsq_signed": case(lsq, flat, one(0.4), bits=3, is_unsigned=False),
        "lsq_unsigned": case(lsq, flat, one(0.3), bits=3, is_unsigned=True),
        "lsq_heads": case(lsq, heads, [per_head], bits=2, is_unsigned=False),
        "lsq_heads_unsigned": case(lsq, heads, [per_head], bits=2, is_unsigned=True),
        "lsq_plus": case(lsq_plus, flat, one(0.25, -0.9), bits=3),
        "lsq_plus_heads": case(lsq_plus, heads, [per_head, -per_head], bits=2),
        "pact_signed": case(pact, flat, one(-0.7, 1.1), bits=3, is_unsigned=False),
        "pact_unsigned": case(pact, flat, one(0.0, 0.8), bits=2, is_unsigned=True),
        "elastic_binary_signed": case(elastic_binary, flat, one(0.8), is_unsigned=False),
        "elastic_binary_unsigned": case(elastic_binary, flat, one(0.9), is_unsigned=True),
        "elastic_binary_heads": case(elastic_binary, heads, [per_head], is_unsigned=False),
        "min_max": case(between, flat, one(-0.83, 1.1), bits=3),
        "min_max_heads": case(between, heads, [-per_head, 1.3 * per_head], bits=2),
        "beta_gamma": case(beta_gamma, flat, one(0.8, 0.7), bits=3),
        "beta_gamma_heads": case(beta_gamma, heads, [1 / (1 + per_head), per_head], bits=2),
    }
    with open("learned_quantizer_golden.json", "w", encoding="utf-8") as file:
        json.dump(cases, file)
        file.write("\n")


if __name__ == "__main__":
    main()
