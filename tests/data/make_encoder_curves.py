#!/usr/bin/env python3
"""Gathers the curves of ../shared/baselines/encoder/baseline.py into encoder_curves_float64.json, each as long as it is.

usage: make_encoder_curves.py FOLDER

FOLDER holds 16x64/curve_score.json, … of each shape, which baseline.py wrote on the AVX2 code paths of MKL and
ATen, for each shape:

  export ATEN_CPU_CAPABILITY=avx2 MKL_CBWR=AVX2
  baseline.py --model data/models/minilm-l6-sst2 --variants score,map,output,unified,MI --curve 50 --shape 16x64
      --tsv data/glue/SST-2/train.tsv --double --threads 1 --out FOLDER/16x64
"""
import json
import pathlib
import sys

ALL = ("score", "map", "output", "unified", "MI")
VARIANTS = {"16x64": ALL, "8x32": ALL, "4x16": ALL, "4x12": ("score",)}
MADE_BY = (
    "../shared/baselines/encoder/baseline.py --model data/models/minilm-l6-sst2 --variants score,map,output,unified,MI "
    "--curve 50 --shape SHAPE --tsv data/glue/SST-2/train.tsv --double --threads 1, with torch 2.11.0, "
    "ATEN_CPU_CAPABILITY=avx2 and MKL_CBWR=AVX2; gathered by make_encoder_curves.py"
)


def curve(file):
    return "[\n" + ",\n".join(map(json.dumps, json.loads(file.read_text()))) + "\n]"


def main(folder):
    shapes = [
        f"{json.dumps(shape)}: {{\n"
        + ",\n".join(f"{json.dumps(name)}: {curve(folder / shape / f'curve_{name}.json')}" for name in names)
        + "\n}"
        for shape, names in VARIANTS.items()
    ]
    text = f'{{\n"made_by": {json.dumps(MADE_BY)},\n"curves": {{\n' + ",\n".join(shapes) + "\n}}\n"
    (pathlib.Path(__file__).parent / "encoder_curves_float64.json").write_text(text)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
