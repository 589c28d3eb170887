"""Makes wordpiece_golden.json: token ids by Hugging Face's BertTokenizer (the Python one).

    pip install transformers==4.57.1
    python3 make_wordpiece_golden.py [MODEL_FOLDER GLUE_FOLDER WIKITEXT_FILE]

Later releases have no Python tokenizer. With the three paths it also adds ids with that folder's real vocabulary and
hashes of the ids of whole files. Python 3.11 knows Unicode 14; code points assigned later are left out.
"""

import hashlib
import json
import os
import random
import sys
import tempfile
import unicodedata

from transformers import BertTokenizer

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

TEXTS = [
    "",
    " ",
    "\t\n\r ",
    "Hello, World!",
    "hello world",
    "unaffable UNAFFABLE",
    "H\u00e9llo w\u00f6rld \u00c5ngstr\u00f6m na\u00efve fa\u00e7ade",
    "He\u0301llo wo\u0308rld A\u030angstro\u0308m",
    "\u0130stanbul I\u0131 \u0130\u0307",
    "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03a3\u03b1\u03c2 \u03ac\u03a3",
    "stra\u00dfe STRASSE \u1e9e \ufb01nd \ufb00",
    "\u212a \u2126 \u212b \u1e9b\u0323",
    "\u0418\u0432\u0430\u043d \u0419\u043e\u0433 \u0451\u043b\u043a\u0430",
    "\u4e2d\u6587 mixed\u4e2dtext \u6f22\u5b57",
    "\u65e5\u672c\u8a9e \u304b\u306a \u30ab\u30ca \u30ac \u30ab\u3099 \uff76\uff9e",
    "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab\u1100\u116e\u11a8",
    "\uf900\uf901 \U0002f800 \U00020000 \U0002a700 \U0002b740 \U0002b820 \U0002ceb0 \U00030000",
    "\u3400\u4dbf\u4dc0\u4e00\u9fff\ua000",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u064e\u0644\u064e\u064a\u0652\u0643\u064f\u0645",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0915\u093c \u0958",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1e9\U0001f1ea \u2764\ufe0f a\ufe0fb",
    "zero\u200bwidth\u200d\u200c\u2060joiner soft\u00adhyphen bom\ufeffinside",
    "nul\x00inside \x01\x02 bell\x07 del\x7f c1\x80\x85\x9f",
    "rtl \u202eabc\u202c \u2066x\u2069",
    "nbsp\u00a0thin\u2009em\u2003ideographic\u3000ogham\u1680narrow\u202fmath\u205f.",
    "line\u2028paragraph\u2029next\x0bvt\x0cff\x1cfs\x1dgs\x1ers\x1fus",
    "\ufffd replacement \uffff \ufdd0 \U0010ffff private \ue000 \U000f0000",
    "$+<=>^`|~ currency \u20ac\u00a3\u00a5 math \u00d7\u00f7\u2211\u00b1 \u00ac",
    "\u201cquotes\u201d \u2018single\u2019 \u00abguillemets\u00bb \u2013\u2014\u2026 \u00bf\u00a1 \u3001\u3002\uff01\uff0c",
    "don't can't it's we're 'tis o'clock",
    "3.14 1,000,000 50% #tag @user a_b c-d e/f x*y (z) [q] {w} \\ \"",
    "http://example.com/path?query=1&b=2#frag user@example.com",
    "[CLS] hello [SEP] world [MASK] [PAD] [UNK]",
    "[CLS]hello[SEP]world[MASK]s",
    "[cls] [Mask] [ MASK ] [MA\u200bSK] [[MASK]] MASK]",
    "a" * 100,
    "a" * 101,
    "b" * 99 + "\u0301" * 50,
    "x" + "\u0301" * 200,
    "a\u0316\u0301 a\u0301\u0316 \u1ea5 a\u0302\u0301 q\u0307\u0323 q\u0323\u0307",
    "\u0301alone \u0300\u0301\u0302",
    "\u302e\u302f \U0001d15e \U0001d165\U0001d16e \u0344 \u0f73 \u0f75",
    "\u01c5 \u01c4 \u01c6 \u2168 \u24b6 \uff21\uff42 \U0001d400 \U00010400 \u10a0 \u1c90 \u13a0 \uab70",
    "\u00aa\u00ba\u00b2 \u2070 \u2460 \u00bd \u3380",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "the quick brown fox jumps over the lazy dog",
    "THE QUICK BROWN FOX!!! ???...",
    "a\u00a0b\u200ac",
    "\u1e00\u0323 \u0041\u0323\u0300 \u1eb6",
    "\u0149 \u01f0 \u0390 \u03b0 \u1fb6 \u1f80 \u1fb3",
    "\U000e0041\U000e007f tag \U000e0100 selector",
    "\u180e mongolian \u061c alm \u2064 plus \u206a",
]

PAIRS = [
    ("hello world", "the quick brown fox", 8),
    ("hello world", "the quick brown fox", 7),
    ("hello world", "the quick brown fox", 5),
    ("hello world", "the quick brown fox", 3),
    ("the quick brown fox", "hello world", 7),
    ("the quick brown fox", "hello world", 6),
    ("the quick", "hello world", 6),
    ("hello", "", 8),
    ("", "hello", 8),
    ("", "", 8),
    ("the quick brown fox jumps", None, 5),
    ("the quick brown fox jumps", None, 3),
    ("the quick brown fox jumps", None, 16),
]

OPTIONS = [
    {},
    {"do_lower_case": False},
    {"do_lower_case": False, "strip_accents": True},
    {"do_lower_case": True, "strip_accents": False},
    {"tokenize_chinese_chars": False},
]


def random_texts(count):
    """Strings of code points from everywhere."""
    rng = random.Random(20221126)
    blocks = [(0x20, 0x7F), (0x80, 0x250), (0x300, 0x370), (0x370, 0x600), (0x600, 0x1100), (0x1E00, 0x2000),
              (0x2000, 0x2C00), (0x3000, 0x3400), (0x4E00, 0x4F00), (0xAC00, 0xAD00), (0xF900, 0x10000),
              (0x10000, 0x1F000), (0x1F000, 0x20000)]
    texts = []
    while len(texts) < count:
        low, high = rng.choice(blocks)
        text = "".join(chr(rng.randrange(low, high)) if rng.random() < 0.7 else rng.choice("ab zE.\u0301\u4e2d")
                       for _ in range(rng.randrange(1, 16)))
        if not any(0xD800 <= ord(c) < 0xE000 or unicodedata.category(c) == "Cn" for c in text):
            texts.append(text)
    return texts


def small_vocabulary(texts):
    """Special tokens, some words and pieces, and most of the characters of the texts."""
    words = "hello world the quick brown fox jump over lazy dog un aff able str tag user the he it's".split()
    pieces = "able aff s ed ing lo ld ello orld ick own ss e r t n".split()
    characters = set()
    for text in texts:
        for form in (text, text.lower(), unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text.lower())):
            characters.update(form)
    kept = sorted(c for c in characters
                  if unicodedata.category(c)[0] not in "CZ" and (ord(c) < 0x250 or ord(c) % 5 != 0))
    vocabulary = SPECIALS + words + ["##" + p for p in pieces] + kept + ["##" + c for c in kept]
    return list(dict.fromkeys(vocabulary))


def tokenizer_of(vocabulary, options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "vocab.txt")
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write("".join(token + "\n" for token in vocabulary))
        return BertTokenizer(path, **options)


def ids_of(tokenizer, text):
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))


def hash_of_lines(tokenizer, lines):
    digest = hashlib.sha256()
    for line in lines:
        digest.update((" ".join(map(str, ids_of(tokenizer, line))) + "\n").encode())
    return digest.hexdigest()


def main():
    everything = TEXTS + random_texts(150)
    vocabulary = small_vocabulary(everything)
    golden = {"vocabulary": vocabulary, "cases": [], "pairs": []}
    for options in OPTIONS:
        tokenizer = tokenizer_of(vocabulary, options)
        golden["cases"].append({"options": options, "texts": [[t, ids_of(tokenizer, t)] for t in everything]})
    tokenizer = tokenizer_of(vocabulary, {})
    for first, second, length in PAIRS:
        encoded = tokenizer(first, second, truncation="longest_first", max_length=length)
        golden["pairs"].append({"first": first, "second": second, "max_length": length, "ids": encoded["input_ids"],
                                "segments": encoded["token_type_ids"]})
    if len(sys.argv) == 4:
        real = BertTokenizer.from_pretrained(sys.argv[1])
        golden["real"] = {"texts": [[t, ids_of(real, t)] for t in everything], "files": {}}
        for name in ["CoLA/dev.tsv", "SST-2/dev.tsv", "SST-2/train.tsv"]:
            with open(os.path.join(sys.argv[2], name), encoding="utf-8", newline="\n") as file:
                golden["real"]["files"]["glue/" + name] = hash_of_lines(real, (line.rstrip("\n") for line in file))
        with open(sys.argv[3], encoding="utf-8", newline="\n") as file:
            golden["real"]["files"]["text/wikitext-2-valid.txt"] = hash_of_lines(real, (l.rstrip("\n") for l in file))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "wordpiece_golden.json"), "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


main()
