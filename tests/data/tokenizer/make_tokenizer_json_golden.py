"""Makes tokenizer_json/NAME.json (tiny tokenizers) and tokenizer_json_golden.json: ids by Hugging Face's tokenizers.

    pip install tokenizers==0.22.2 transformers==4.57.1
    python3 make_tokenizer_json_golden.py [WIKITEXT_FILE]

With the path it also adds hashes of the ids of all lines of that file.
The tokenizers have the parts of those of GPT-2, Llama 3, Qwen2, SmolLM2, Llama 2, Mistral and others, and a few
hundred merges learned from a few lines of text.
"""

import hashlib
import json
import os
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaTokenizerFast

from hostile_texts import CORPUS, RUNS, TEXTS

here = os.path.dirname(os.path.abspath(__file__))
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
GPT4O = "|".join([
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+"""])


def byte_level(words, prefix_space=False):
    if words is None:
        return pre_tokenizers.ByteLevel(add_prefix_space=prefix_space, use_regex=True)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(words), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def train(tokenizer, special, size=420, alphabet=(), show=False):
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=list(alphabet),
                                  show_progress=show)
    tokenizer.train_from_iterator(CORPUS * 2, trainer)
    return tokenizer


def byte_bpe(words, special, normalizer=None, prefix_space=False):
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = byte_level(words, prefix_space)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return train(tokenizer, special, alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))


def gpt2():
    return byte_bpe(None, ["<|endoftext|>"])


def roberta_like():
    tokenizer = byte_bpe(None, ["<s>", "</s>", "<unk>", "<pad>"], prefix_space=True)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, rstrip=False, normalized=False)])
    return tokenizer


def llama3():
    state = json.loads(byte_bpe(LLAMA3, []).to_str())
    state["model"]["ignore_merges"] = True
    state["model"]["vocab"]["hello"] = len(state["model"]["vocab"])  # no merge makes it
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|eot_id|>", "<|endoftext|>"])
    begin = tokenizer.token_to_id("<|begin_of_text|>")
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|> $B",
                                      special_tokens=[("<|begin_of_text|>", begin)])])
    return tokenizer


def qwen2():
    tokenizer = byte_bpe(QWEN2, [], normalizer=normalizers.NFC())
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken("word", single_word=True, normalized=False),
                          AddedToken("<mask>", lstrip=True, rstrip=True, normalized=True),
                          AddedToken("\u00e9word", normalized=True)])
    return tokenizer


def gpt4o():
    return byte_bpe(GPT4O, ["<|endoftext|>"])


def smollm2():
    tokenizer = byte_bpe(None, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True),
         pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    return tokenizer


def bytes_vocabulary():
    return ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]


def metaspace_bpe(**options):
    """The vocabulary is learned with word borders, as SentencePiece does."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    train(tokenizer, bytes_vocabulary(), size=600)
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [token for token in state["added_tokens"] if token["id"] < 3]
    return state, options


def llama2():
    state, _ = metaspace_bpe()
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.pre_tokenizer = None
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
                                           decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A <s> $B", special_tokens=[("<s>", 1), ("</s>", 2)])
    state = json.loads(tokenizer.to_str())
    state["pre_tokenizer"] = None
    return Tokenizer.from_str(json.dumps(state))


def metaspace(scheme, split):
    state, _ = metaspace_bpe()
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme=scheme, split=split)
    tokenizer.decoder = decoders.Sequence([decoders.Metaspace(replacement="\u2581", prepend_scheme=scheme),
                                           decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


def unknowns(fuse, normalizer):
    """No byte fallback: unknown characters are <unk>, fused or one by one; a chain of normalizers."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits()])
    train(tokenizer, ["<unk>", "<s>", "</s>"], size=300)
    tokenizer.add_tokens([AddedToken("<Mask>", lstrip=True, normalized=True)])
    return tokenizer


def splits(behavior, invert):
    tokenizer = gpt2()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"[aeiou]+|\s"), behavior, invert),
         pre_tokenizers.Split("t", "isolated"),
         pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return tokenizer


def word_level():
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(CORPUS, trainers.WordLevelTrainer(special_tokens=["<unk>", "<s>", "</s>"],
                                                                    show_progress=False))
    return tokenizer


TOKENIZERS = {
    "gpt2": gpt2, "roberta_like": roberta_like, "llama3": llama3, "qwen2": qwen2, "gpt4o": gpt4o, "smollm2": smollm2,
    "llama2": llama2,
    "metaspace_always": lambda: metaspace("always", True),
    "metaspace_first": lambda: metaspace("first", False),
    "metaspace_never": lambda: metaspace("never", True),
    "unk_fused": lambda: unknowns(True, normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])),
    "unk_alone": lambda: unknowns(False, normalizers.Sequence(
        [normalizers.NFD(), normalizers.Replace(Regex(r"\p{M}+"), ""), normalizers.Replace("x", "yz"),
         normalizers.Strip()])),
    "unk_nfkd": lambda: unknowns(False, normalizers.Sequence([normalizers.NFKD(), normalizers.Strip(left=False)])),
    "split_removed": lambda: splits("removed", False),
    "split_previous": lambda: splits("merged_with_previous", False),
    "split_next": lambda: splits("merged_with_next", False),
    "split_contiguous": lambda: splits("contiguous", False),
    "split_inverted": lambda: splits("removed", True),
    "word_level": word_level,
}


def digest(ids):
    return hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()


def rows(encode, decode):
    texts = []
    for text in TEXTS:
        ids = encode(text)
        texts.append([text, ids] + [None if decode(ids, skip) == text else decode(ids, skip) for skip in (False, True)])
    return {"texts": texts, "runs": [[unit, count, digest(encode(unit * count))] for unit, count in RUNS]}


def main():
    golden = {}
    states = {}
    for name, make in TOKENIZERS.items():
        tokenizer = make()
        states[name] = json.loads(tokenizer.to_str())
        golden[name] = rows(lambda text: tokenizer.encode(text).ids,
                            lambda ids, skip: tokenizer.decode(ids, skip_special_tokens=skip))
        golden[name]["size"] = max(tokenizer.get_vocab().values()) + 1
        if len(sys.argv) > 1 and name in ("gpt2", "llama2", "llama3", "qwen2", "smollm2"):
            with open(sys.argv[1], encoding="utf-8", newline="\n") as file:
                lines = file.read().split("\n")
            golden[name]["wikitext"] = digest([id for line in lines for id in tokenizer.encode(line).ids])
    # transformers puts bos and eos by tokenizer_config.json, whatever the post-processor says.
    fast = LlamaTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(states["llama2"])), add_bos_token=False,
                              add_eos_token=True, legacy=False)
    golden["llama2_config"] = rows(lambda text: fast(text)["input_ids"],
                                   lambda ids, skip: fast.decode(ids, skip_special_tokens=skip,
                                                                 clean_up_tokenization_spaces=False))
    for file, value in (("tokenizer_json_tiny.json", states), ("tokenizer_json_golden.json", golden)):
        with open(os.path.join(here, file), "w") as out:
            json.dump(value, out, separators=(",", ":"))
            out.write("\n")


main()
