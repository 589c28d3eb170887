#!/usr/bin/env python3
"""Makes encoder_tiny_golden.json and optimizer_golden.json with PyTorch 2.11 in float64.

Usage: make_encoder_golden.py FOLDER_OF_BASELINE OUT_FOLDER
FOLDER_OF_BASELINE holds baseline.py, the second implementation of encoder.md. The tiny model has weights that are multiples
of 1/4096, so that the file is short and exact.
"""
import json
import os
import sys

import torch

baseline_folder, out_folder = sys.argv[1:3]
sys.path.insert(0, baseline_folder)
import baseline  # noqa: E402

UNIT = 4096
CONFIG = {"model_type": "bert", "hidden_act": "gelu", "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2,
          "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 8, "type_vocab_size": 2,
          "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
          "initializer_range": 0.02, "pad_token_id": 0, "num_labels": 3}


def integers(shape, spread):
    return torch.round(torch.randn(shape) * spread * UNIT).to(torch.int64)


def make_weights():
    model = baseline.Bert(CONFIG, quant=False)
    weights = {}
    for name, p in model.named_parameters():
        is_norm_weight = "LayerNorm.weight" in name
        # Wide enough that some weights and activations lie beyond the clip of 2.5.
        values = integers(p.shape, 0.1 if "LayerNorm" in name or name.endswith("bias") else 0.5)
        weights[name] = values + UNIT if is_norm_weight else values
    weights["bert.embeddings.word_embeddings.weight"][7, 3] = 3 * UNIT
    weights["bert.encoder.layer.0.attention.self.query.weight"][2, 5] = -int(2.5 * UNIT)
    return weights


def make_batch():
    lengths = [8, 5, 3, 6]
    ids = torch.randint(1, CONFIG["vocab_size"], (4, 8))
    ids[0, 1] = 7
    mask = (torch.arange(8) < torch.tensor(lengths)[:, None]).long()
    segments = mask * (torch.arange(8) >= 3).long()
    return {"input_ids": (ids * mask).tolist(), "input_mask": mask.tolist(), "segment_ids": segments.tolist(),
            "label_ids": [0, 2, 1, 0], "seq_lengths": lengths}


def build(weights, quant, dropout=False):
    config = dict(CONFIG) if dropout else dict(CONFIG, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = baseline.Bert(config, quant)
    model.load_state_dict({k: v.to(torch.float64) / UNIT for k, v in weights.items()})
    return model.train(quant)


def perturbed(weights):
    return {k: v + integers(v.shape, 0.02) for k, v in weights.items()}


def tiny_golden():
    torch.manual_seed(7)
    weights = make_weights()
    student_weights = perturbed(weights)
    batch = make_batch()
    tensors = baseline.to_batch(batch)
    golden = {"unit": UNIT, "config": CONFIG, "batch": batch,
              "teacher": {k: v.flatten().tolist() for k, v in weights.items()},
              "student": {k: v.flatten().tolist() for k, v in student_weights.items()}, "loss": {}, "grad": {}}
    teacher = build(weights, quant=False)
    with torch.no_grad():
        golden["teacher_logits"] = teacher(tensors).logits.tolist()
    for variant in baseline.VARIANTS:
        student = build(student_weights, quant=True)
        golden["loss"][variant] = baseline.forward_backward(variant, student, teacher, tensors)
        golden["grad"][variant] = baseline.grad_norms(student)

    # Dropout on: the same generator gives the same masks.
    student = build(student_weights, quant=True, dropout=True)
    torch.manual_seed(11)
    golden["dropout_loss"] = baseline.forward_backward("unified", student, teacher, tensors)

    # Twelve steps of BertAdam with warm-up and decay.
    student = build(student_weights, quant=True)
    adam = baseline.BertAdam(student.named_parameters(), lr=1e-2, total=12, warmup=0.25)
    curve = []
    for _ in range(12):
        curve.append(baseline.forward_backward("unified", student, teacher, tensors)["loss"])
        adam.step(), adam.zero_grad()
    golden["curve"] = curve
    golden["curve_settings"] = {"learning_rate": 1e-2, "total": 12, "warmup": 0.25}
    return golden


def optimizer_golden():
    """Three tensors (one spared from weight decay), six steps; the third tensor has no gradient in the second step."""
    torch.manual_seed(3)
    names, shapes = ["a.weight", "b.bias", "c.weight"], [(3, 4), (4,), (5,)]
    start = [torch.randn(s) for s in shapes]
    gradients = [[torch.randn(s) * 2 for s in shapes] for _ in range(6)]
    gradients[1][2] = None
    cases = {}
    for case in ("bert_adam", "adamw"):
        params = [p.clone().requires_grad_() for p in start]
        if case == "bert_adam":
            optimizer = baseline.BertAdam(list(zip(names, params)), lr=0.05, total=6, warmup=0.34)
        else:
            optimizer = torch.optim.AdamW([{"params": [params[0], params[2]], "weight_decay": 0.01},
                                           {"params": [params[1]], "weight_decay": 0.0}], lr=0.05, eps=1e-6)
        history = []
        for step in gradients:
            for p, g in zip(params, step):
                p.grad = None if g is None else g.clone()
            optimizer.step()
            history.append([p.flatten().tolist() for p in params])
        cases[case] = history
    clip = [g.clone() for g in gradients[0]]
    holders = [torch.zeros_like(g).requires_grad_() for g in clip]
    for h, g in zip(holders, clip):
        h.grad = g
    total = torch.nn.utils.clip_grad_norm_(holders, 1.5)
    return {"names": names, "shapes": shapes, "start": [p.flatten().tolist() for p in start],
            "gradients": [[None if g is None else g.flatten().tolist() for g in step] for step in gradients],
            "settings": {"learning_rate": 0.05, "bert_adam_total": 6, "bert_adam_warmup": 0.34, "epsilon": 1e-6,
                         "weight_decay": 0.01, "bert_adam_clip_tensor": 1.0}, "parameters": cases,
            "clip_global": {"max_norm": 1.5, "total": total.item(),
                            "clipped": [h.grad.flatten().tolist() for h in holders]}}


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for name, golden in (("encoder_tiny_golden.json", tiny_golden()), ("optimizer_golden.json", optimizer_golden())):
        with open(os.path.join(out_folder, name), "w") as f:
            json.dump(golden, f, separators=(",", ":"))
            f.write("\n")


main()
