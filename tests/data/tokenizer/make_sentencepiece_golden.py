"""Makes sentencepiece_tiny.model and sentencepiece_golden.json: ids by Hugging Face's Python LlamaTokenizer.

    pip install transformers==4.57.1 sentencepiece==0.2.3 protobuf
    python3 make_sentencepiece_golden.py [LLAMA2_TOKENIZER_MODEL UNIGRAM_MODEL]

With the paths it also adds ids of these models.
"""

import hashlib
import io
import json
import os
import sys
import tempfile

import sentencepiece
from transformers import LlamaTokenizer

from hostile_texts import CORPUS, RUNS, TEXTS

here = os.path.dirname(os.path.abspath(__file__))


def train():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS * 3), model_writer=model, model_type="bpe", vocab_size=500, byte_fallback=True,
        character_coverage=0.98, split_digits=True, normalization_rule_name="identity", add_dummy_prefix=True,
        remove_extra_whitespaces=False, num_threads=1, minloglevel=2)
    with open(os.path.join(here, "sentencepiece_tiny.model"), "wb") as file:
        file.write(model.getvalue())


def digest(ids):
    return hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()


def cases(model, configs):
    result = []
    for config in configs:
        with tempfile.TemporaryDirectory() as folder:
            with open(model, "rb") as source, open(f"{folder}/tokenizer.model", "wb") as target:
                target.write(source.read())
            with open(f"{folder}/tokenizer_config.json", "w") as file:
                json.dump(config, file)
            tokenizer = LlamaTokenizer.from_pretrained(folder)
        texts = []
        for text in TEXTS:
            ids = tokenizer(text)["input_ids"]
            plain = tokenizer.decode(ids)
            skipped = tokenizer.decode(ids, skip_special_tokens=True)
            texts.append([text, ids, plain if plain != text else None, skipped if skipped != text else None])
        runs = [[unit, count, digest(tokenizer(unit * count)["input_ids"])] for unit, count in RUNS]
        result.append({"config": config, "size": len(tokenizer), "texts": texts, "runs": runs})
    return result


base = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
        "clean_up_tokenization_spaces": False}
decoder = {
    str(i): {"content": content, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False,
             "special": True}
    for i, content in enumerate(["<unk>", "<s>", "</s>"])
}
mask = {"content": "<mask>", "lstrip": True, "rstrip": True, "normalized": False, "single_word": False,
        "special": False}
configs = [
    base,
    dict(base, legacy=False),
    dict(base, legacy=True, add_bos_token=False, add_eos_token=True, pad_token="<pad>"),
    dict(base, legacy=False, add_prefix_space=False, add_bos_token=False),
    dict(base, legacy=False, added_tokens_decoder=dict(decoder, **{"500": mask})),
]
train()
golden = {"cases": cases(os.path.join(here, "sentencepiece_tiny.model"), configs)}
if len(sys.argv) > 1:
    golden["llama2"] = cases(sys.argv[1], [base, dict(base, legacy=False)])
    golden["unigram"] = cases(sys.argv[2], [base, dict(base, legacy=False)])
with open(os.path.join(here, "sentencepiece_golden.json"), "w") as file:
    json.dump(golden, file, indent=None, separators=(",", ":"))
    file.write("\n")
