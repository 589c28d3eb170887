#!/usr/bin/env python3
"""Losses of 50 steps of ../shared/baselines/decoder/baseline.py: make_decoder_curves.py BASELINE > decoder_curves.json

BASELINE is that script's path. Teacher and student start from weights that are a formula of their names and indices, the
rows are hashed tokens; the test computes both, too. The student's linear layers are torchao's fake-quantized ones, the head
at 8 bits; the objective is the baseline's kd_loss, the optimizer PyTorch's AdamW. Made with transformers 4.57.1,
torchao 0.18.0, torch 2.11.0, one thread, float32.

torchao's symmetric scheme puts the largest weight of each row halfway between two levels, so that the last bit of an update
decides where it goes: after a few steps two correct programs differ by such roundings, more so with fewer bits. "itself" is
how far the baseline's curve with PyTorch's fused attention is from the one with Hugging Face's own, at most.
"""
import argparse
import copy
import importlib.util
import json
import sys

import torch
import torchao
import transformers
from make_decoder_golden import hashed

STEPS, ROWS, LENGTH = 50, 4, 64
MODEL = {"hidden": 256, "inter": 688, "layers": 2, "heads": 4, "kv_heads": 2, "vocab": 256, "seq": LENGTH}
SPREAD = {"matrices": 0.05, "head": 0.1}
TRAINING = {"lr": 2e-5, "weight_decay": 0.0, "temperature": 1.0, "kd_weight": 0.5}
CURVES = {
    "int4": {"bits": 4, "freeze": "none"},
    "int2": {"bits": 2, "freeze": "none"},
    "int4_ov": {"bits": 4, "freeze": "ov"},
    "int2_ov": {"bits": 2, "freeze": "ov"},
}


def load(path):
    spec = importlib.util.spec_from_file_location("baseline", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def weight(name, shape):
    """Uniform; norms around 1."""
    values = torch.from_numpy(hashed(name, int(torch.tensor(shape).prod()))).view(shape)
    if len(shape) == 1:
        return 1 + 0.2 * values
    return SPREAD["head" if name.startswith("lm_head") else "matrices"] * values


def curve(baseline, bits, freeze, attention):
    teacher = baseline.build_llama(argparse.Namespace(**MODEL, attn=attention))
    for name, parameter in teacher.named_parameters():
        parameter.data = weight(name, tuple(parameter.shape)).float()
    options = argparse.Namespace(quantizer="torchao", bits=bits, abits=16, head_bits=8)
    student = baseline.quantize_student(copy.deepcopy(teacher), options).train()
    teacher.requires_grad_(False).eval()
    baseline.freeze(student, freeze)
    optimizer = torch.optim.AdamW([p for p in student.parameters() if p.requires_grad], lr=TRAINING["lr"],
                                  weight_decay=TRAINING["weight_decay"])
    tokens = torch.from_numpy((hashed("tokens", STEPS * ROWS * LENGTH + 1) + 1) / 2 * MODEL["vocab"]).floor().long()
    losses = []
    # Each row ends with the first token of the next, which the baseline uses as a label only.
    for ids in tokens.unfold(0, LENGTH + 1, LENGTH).reshape(STEPS, ROWS, LENGTH + 1):
        with torch.no_grad():
            taught = teacher(input_ids=ids).logits
        loss = baseline.kd_loss(student(input_ids=ids).logits, taught, ids, TRAINING["temperature"], TRAINING["kd_weight"])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
    return losses


def both(baseline, options):
    losses = curve(baseline, **options, attention="eager")
    fused = curve(baseline, **options, attention="sdpa")
    return {**options, "itself": max(abs(a / b - 1) for a, b in zip(fused, losses)), "losses": losses}


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    baseline = load(sys.argv[1])
    config = baseline.build_llama(argparse.Namespace(**MODEL, attn="eager")).config.to_dict()
    kept = ("model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "rope_theta", "tie_word_embeddings")
    curves = {name: both(baseline, options) for name, options in CURVES.items()}
    made_with = f"transformers {transformers.__version__}, torchao {torchao.__version__}, torch {torch.__version__}"
    print(json.dumps({"made_with": made_with, "config": {key: config[key] for key in kept}, "rows": ROWS, "length": LENGTH,
                      "spread": SPREAD, "training": TRAINING, "curves": curves}, indent=1))


if __name__ == "__main__":
    main()
