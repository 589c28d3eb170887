#!/usr/bin/env python3
"""Makes analysis_golden.json with PyTorch 2.11: Hessians, directions and gradients from a second implementation.

Usage: make_analysis_golden.py FOLDER_OF_BASELINE OUT_FOLDER
FOLDER_OF_BASELINE holds baseline.py, the second implementation of encoder.md; the tiny encoder's weights are those of
encoder_tiny_golden.json. `published` follows the formulas of PyHessian as the authors' hessian.py has them.
"""
import json
import os
import sys

import torch
import torch.nn.functional as F

baseline_folder, out_folder = sys.argv[1:3]
sys.path.insert(0, baseline_folder)
import baseline  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def product(xs, ys):
    return sum(torch.sum(x * y) for x, y in zip(xs, ys))


def normalization(v):
    length = (product(v, v) ** 0.5).item()
    return [x / (length + 1e-6) for x in v]


def orthnormal(w, vectors):
    for v in vectors:
        w = [x - product(w, v) * y for x, y in zip(w, v)]
    return normalization(w)


def published(hv, shapes, dtype, seed, top_n, max_iterations, tolerance):
    torch.manual_seed(seed)
    values, vectors = [], []
    for _ in range(top_n):
        value, v = None, normalization([torch.randn(s).to(dtype) for s in shapes])
        for _ in range(max_iterations):
            v = orthnormal(v, vectors)
            h = hv(v)
            new = product(h, v).item()
            v = normalization(h)
            if value is not None and abs(value - new) / (abs(value) + 1e-6) < tolerance:
                break
            value = new
        values.append(value)
        vectors.append(v)
    return values


def matrix_case():
    torch.manual_seed(3)
    a = torch.randint(-40, 41, (6, 6)).to(torch.float64) / 8
    a = a + a.T
    hv = lambda v: list((a @ torch.cat([x.flatten() for x in v])).split([4, 2]))
    values = torch.linalg.eigvalsh(a)
    return {"matrix": a.tolist(), "eigenvalues": values.tolist(),
            "published": published(hv, [(4,), (2,)], torch.float64, 42, 3, 100, 1e-3),
            "published_after_4": published(hv, [(4,), (2,)], torch.float64, 42, 2, 4, 1e-3)}


def tiny(golden, role, quant):
    config = dict(golden["config"], hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = baseline.Bert(config, quant)
    state = {k: (torch.tensor(golden[role][k], dtype=torch.float64) / golden["unit"]).reshape(v.shape)
             for k, v in model.state_dict().items()}
    model.load_state_dict(state)
    return model.eval()


def flat(tensors):
    return torch.cat([t.flatten() for t in tensors])


def subspace_iteration(hv, size, split, width=12, iterations=80):
    """Eigenvalues by another method than the code under test: a block of vectors, Rayleigh-Ritz at the end."""
    torch.manual_seed(1)
    basis = torch.linalg.qr(torch.randn((size, width)).to(torch.float64))[0]
    for _ in range(iterations):
        image = torch.stack([flat(hv(split(column))) for column in basis.T], 1)
        values, mix = torch.linalg.eigh(basis.T @ image)
        residuals = (image @ mix - basis @ mix * values).norm(dim=0)
        basis = torch.linalg.qr(image)[0]
    order = values.abs().argsort(descending=True)
    return values[order].tolist(), residuals[order].tolist()


def encoder_case(golden, role, quant):
    model = tiny(golden, role, quant)
    batch = baseline.to_batch(golden["batch"])
    parameters = list(model.parameters())
    loss = F.cross_entropy(model(batch).logits, batch["label_ids"])
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)
    product_of = lambda v: torch.autograd.grad(gradients, parameters, grad_outputs=v, retain_graph=True)
    split = lambda v: [x.reshape(p.shape) for x, p in zip(v.split([p.numel() for p in parameters]), parameters)]
    values, residuals = subspace_iteration(product_of, sum(p.numel() for p in parameters), split)
    print(role, list(zip(values, residuals))[:6])
    penalized = loss + 0.01 * sum(torch.norm(p) for p in parameters)
    penalized_gradients = torch.autograd.grad(penalized, parameters, create_graph=True)
    hv = lambda v: torch.autograd.grad(penalized_gradients, parameters, grad_outputs=v, retain_graph=True)
    return {"loss": loss.item(), "gradient_norm": flat(gradients).norm().item(), "eigenvalues": values[:4],
            "published": published(hv, [p.shape for p in parameters], torch.float64, 42, 3, 100, 1e-3)}


def gradients_case(golden):
    """Squared gradient norms of the unified objective on 4 rows and on halves of them; cosines between its losses."""
    teacher, student = tiny(golden, "teacher", False), tiny(golden, "student", True)
    batch = baseline.to_batch(golden["batch"])
    parameters = list(student.parameters())

    def terms(part):
        with torch.no_grad():
            t = teacher(part)
        return baseline.losses("unified", student(part), t, part["seq_lengths"])

    def gradient(loss):
        found = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        return torch.cat([(torch.zeros_like(p) if g is None else g).flatten() for g, p in zip(found, parameters)])

    whole = terms(batch)
    vectors = {name: gradient(value) for name, value in whole.items() if name != "loss"}
    halves = [gradient(terms({k: v[i:i + 2] for k, v in batch.items()})["loss"]) for i in (0, 2)]
    return {"big": gradient(whole["loss"]).square().sum().item(),
            "small": [g.square().sum().item() for g in halves],
            "cosine": {a + " " + b: F.cosine_similarity(vectors[a], vectors[b], dim=0).item()
                       for a in vectors for b in vectors if a < b}}


def main():
    torch.set_default_dtype(torch.float64)
    with open(os.path.join(HERE, "encoder_tiny_golden.json")) as f:
        golden = json.load(f)
    torch.manual_seed(42)
    normal = [torch.randn(3, 7, dtype=torch.float32).tolist(), torch.randn(5, dtype=torch.float32).tolist()]
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(42)
    normal = [torch.randn(3, 7).tolist(), torch.randn(5).tolist()]
    matrix = matrix_case()
    torch.set_default_dtype(torch.float64)
    # The published start vectors are drawn in float32, as in the authors' runs.
    draw = torch.randn
    torch.randn = lambda shape: draw(shape, dtype=torch.float32)
    result = {"normal": normal, "matrix": matrix, "student": encoder_case(golden, "student", True),
              "teacher": encoder_case(golden, "teacher", False), "gradients": gradients_case(golden)}
    with open(os.path.join(out_folder, "analysis_golden.json"), "w") as f:
        json.dump(result, f, indent=1)
        f.write("\n")


main()
