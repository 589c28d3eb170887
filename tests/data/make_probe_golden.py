#!/usr/bin/env python3
"""Makes probe_golden.json with the authors' own analysis code in float64.

Usage: make_probe_golden.py FOLDER_OF_KD_QAT_LARGE_ENC OUT_FOLDER
The functions are taken out of the notebooks and modules of MarsJacobs/kd-qat-large-enc (d037e2d) as they are; only the
two loops that are part of larger functions (attention distance, logged cover length ratio) are written out again below.
"""
import json
import os
import re
import sys

import torch
from torch import nn

torch.cuda.empty_cache = lambda: None
torch.manual_seed(11)
folder, out_folder = sys.argv[1:3]
LAYERS, HEADS, HEAD_SIZE = 2, 3, 4
LENGTHS = [7, 4, 9]
CLS, SEP, COMMA, PERIOD = 101, 102, 1010, 1012
IDS = [[101, 5, 1010, 6, 7, 1012, 102, 0, 0], [101, 8, 9, 102, 0, 0, 0, 0, 0], [101, 5, 102, 6, 1010, 7, 8, 9, 102]]


def cell(notebook, index):
    with open(os.path.join(folder, notebook), encoding="utf-8") as f:
        return "".join(json.load(f)["cells"][index]["source"])


def norm_module():
    with open(os.path.join(folder, "transformer/modeling_quant.py"), encoding="utf-8") as f:
        text = re.search(r"class BertNormOutput.*?return outputs", f.read(), re.S).group(0)
    scope = {"torch": torch, "nn": nn}
    exec(text, scope)
    config = type("Config", (), {"num_attention_heads": HEADS, "hidden_size": HEADS * HEAD_SIZE})
    return scope["BertNormOutput"](config)


def by_head(name, index, maps_student, maps_teacher, length):
    """A function of the Exp1 notebook on one sentence: [layer][head]."""
    scope = {"torch": torch, "layer_num": LAYERS, "head_num": HEADS, "seq_length": length, "tqdm": lambda x: x}
    exec(cell("Exp1_Self_Attention_Map_Distance_Analysis.ipynb", index), scope)
    values = scope[name](maps_student, maps_teacher)
    return [values[layer * HEADS:(layer + 1) * HEADS] for layer in range(LAYERS)]


def logged_cover(student, teacher, k):
    """quant_task_glue.py:296-318."""
    total = 0
    for row in range(student.shape[0]):
        st_argsort = student[row].sort(descending=True)[1]
        tc_argsort = teacher[row].sort(descending=True)[1][:k]
        total += max(torch.where(st_argsort == idx)[0].item() for idx in tc_argsort) / student.shape[0]
    return total / student.shape[0]


def relative_distance(prob):
    """eval_code.py:117-132."""
    head_sum = 0
    for row in range(prob.shape[0]):
        dist_sum = 0
        for col in range(prob.shape[1]):
            dist_sum += prob[row][col] * abs(row - col)
        head_sum += dist_sum / prob.shape[0]
    return (head_sum / prob.shape[0]).item()


def mean(values):
    return torch.tensor(values, dtype=torch.float64).mean(0).tolist()


def group_norms(prob, value, dense, ids):
    """The means of the Exp3 notebook, cell 24, of one sentence: {quantity: {group: mean}}."""
    transformed, _, summed, _ = norm_module()(None, prob, value, dense)
    ids = torch.tensor([ids])
    marks = {"cls": ids == CLS, "sep": ids == SEP, "punctuation": (ids == COMMA) | (ids == PERIOD)}
    marks["other"] = ~(marks["cls"] | marks["sep"] | marks["punctuation"])
    marks["all"] = torch.ones_like(ids, dtype=torch.bool)
    return {name: [torch.mean(prob[0, :, :, mark[0]]).item(), torch.mean(transformed[0, :, mark[0]]).item(),
                   torch.mean(summed[0, :, mark[0]]).item()]
            for name, mark in marks.items() if mark.any()}


def main():
    largest = max(LENGTHS)
    score = {role: torch.randn(LAYERS, len(LENGTHS), HEADS, largest, largest, dtype=torch.float64) * 1.5
             for role in ("student", "teacher")}
    score["student"] = 0.6 * score["teacher"] + 0.8 * score["student"]
    for b, n in enumerate(LENGTHS):
        for role in score:
            score[role][:, b, :, :, n:] = -10000.0
    # Rounded scores: the file is short, and both sides take the softmax of the same numbers.
    score = {role: (s * 64).round() / 64 for role, s in score.items()}
    prob = {role: s.softmax(-1) for role, s in score.items()}
    value = (torch.randn(len(LENGTHS), HEADS, largest, HEAD_SIZE, dtype=torch.float64) * 64).round() / 64
    weight = (torch.randn(HEADS * HEAD_SIZE, HEADS * HEAD_SIZE, dtype=torch.float64) * 64).round() / 64
    dense = nn.Linear(HEADS * HEAD_SIZE, HEADS * HEAD_SIZE).double()
    dense.weight.data = weight

    golden = {"lengths": LENGTHS, "ids": IDS, "score": {role: s.tolist() for role, s in score.items()},
              "value": value.tolist(), "output_weight": weight.tolist()}
    ranking, cover, logged, distance, norms = [], [], [], [], []
    for b, n in enumerate(LENGTHS):
        block = {role: p[:, b:b + 1, :, :n, :n] for role, p in prob.items()}
        student, teacher = list(block["student"]), list(block["teacher"])
        ranking.append(by_head("ranking_loss_func", 11, student, teacher, n))
        # The notebook's k is 5 and the shortest sentence has 4 tokens: its slice [:5] then takes 4.
        cover.append(by_head("cover_length_ratio_func", 17, student, teacher, n))
        logged.append([[logged_cover(student[layer][0, head], teacher[layer][0, head], 3) for head in range(HEADS)]
                       for layer in range(LAYERS)])
        distance.append([[relative_distance(student[layer][0, head]) for head in range(HEADS)]
                         for layer in range(LAYERS)])
        norms.append(group_norms(student[0], value[b:b + 1, :, :n], dense, IDS[b][:n]))
    golden["ranking_published"] = mean(ranking)
    golden["cover_published_k5"] = mean(cover)
    golden["cover_logged_k3"] = mean(logged)
    golden["distance_relative"] = mean(distance)
    golden["norms_of_sentences"] = norms
    with open(os.path.join(out_folder, "probe_golden.json"), "w", encoding="utf-8") as f:
        json.dump(golden, f)
        f.write("\n")


main()
