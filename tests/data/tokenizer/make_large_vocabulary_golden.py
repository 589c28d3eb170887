"""Makes large_vocabulary_golden.json: python3 make_large_vocabulary_golden.py

    pip install tokenizers==0.22.2

Ids by Hugging Face's tokenizers of a tokenizer.json of Llama 3's size and parts (128,000 tokens, 256 special ones), which
the test makes by the same rule: all tokens of two letters, then of three, of four, until it is full.
"""

import hashlib
import json
import os

import tokenizers

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS, SPECIAL = 128_000, 256
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
MASK = 2**64 - 1


def numbers(seed):
    """SplitMix64."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def alphabet():
    """The characters that stand for bytes, in the order of GPT-2's ids."""
    shown = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    return [chr(b) for b in shown] + [chr(256 + i) for i in range(256 - len(shown))]


def tokenizer_json():
    vocabulary = {token: i for i, token in enumerate(alphabet())}
    pool = [chr(c) for c in range(ord("a"), ord("z") + 1)] + ["\u0120"]
    letters = list(pool)
    merges = []
    for left in pool:  # which grows
        for right in letters:
            if len(vocabulary) < TOKENS:
                vocabulary[left + right] = len(vocabulary)
                merges.append([left, right])
                pool.append(left + right)
        if len(vocabulary) == TOKENS:
            break
    special = [{"id": TOKENS + i, "content": f"<|special_{i}|>", "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True} for i in range(SPECIAL)]
    return {
        "version": "1.0", "added_tokens": special, "normalizer": None, "post_processor": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                  "vocab": vocabulary, "merges": merges},
    }


def text():
    letters = "abcdefghijklmnopqrstuvwxyz     "
    picks = numbers(2)
    return "".join(letters[next(picks) % len(letters)] for _ in range(20_000)) + "<|special_255|> 12345 \u00e9\u4e16"


def main():
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(tokenizer_json()))
    ids = tokenizer.encode(text(), add_special_tokens=False).ids
    golden = {"vocabulary": tokenizer.get_vocab_size(), "tokens": len(ids), "first": ids[:20], "last": ids[-12:],
              "sha256": hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()}
    with open(os.path.join(HERE, "large_vocabulary_golden.json"), "w") as file:
        json.dump(golden, file)
        file.write("\n")


if __name__ == "__main__":
    main()
