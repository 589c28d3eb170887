#!/usr/bin/env python3
"""Gathers the curves of ../shared/baselines/encoder/baseline.py into encoder_curves_float64.json, each as long as it is.

usage: make_encoder_curves.py FOLDER

FOLDER holds curve_score.json, curve_map.json, …, which baseline.py wrote on the AVX2 code paths of MKL and ATen:

  export ATEN_CPU_CAPABILITY=avx2 MKL_CBWR=AVX2
  baseline.py --model data/models/minilm-l6-sst2 --variants score,map,output,unified,MI --curve 50 --shape 16x64
      --tsv data/glue/SST-2/train.tsv --double --threads 1 --out FOLDER
"""
import json
import pathlib
import sys

VARIANTS = ("score", "map", "output", "unified", "MI")
MADE_BY = (
    "../shared/baselines/encoder/baseline.py --model data/models/minilm-l6-sst2 --variants score,map,output,unified,MI "
    "--curve STEPS --shape 16x64 --tsv data/glue/SST-2/train.tsv --double --threads 1, with torch 2.11.0, "
    "ATEN_CPU_CAPABILITY=avx2 and MKL_CBWR=AVX2; gathered by make_encoder_curves.py"
)


def main(folder):
    curves = {name: json.loads((folder / f"curve_{name}.json").read_text()) for name in VARIANTS}
    parts = [f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, rows)) + "\n]" for name, rows in curves.items()]
    made_by = json.dumps(MADE_BY)
    text = f'{{\n"made_by": {made_by},\n"curves": {{\n' + ",\n".join(parts) + "\n}}\n"
    (pathlib.Path(__file__).parent / "encoder_curves_float64.json").write_text(text)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
