"""Writes what tests/golden/test_bert_tokenizer.c checks, with the tokenizers library:

    pip install tokenizers==0.22.2
    python3 tests/golden/tokenizers/make_bert_vectors.py

bert-uncased/strings.json   strings beside those of strings.json (make_vectors.py)
bert-uncased/expected.json  for both lists together, by the tokenizer of bert-uncased/vocab.txt.xz:
    text        ids of each string when control tokens are plain text
    control     {index: ids} where the library's ids with control tokens are others
    decoded     {index: text} of the text ids, of every 7th string
    planes      a hash for each Unicode plane of the ids of all its scalar values, each alone, and
                planes_with_marks: between letters and marks
    variants    [name, change of tokenizer.json, ids of every 11th string, planes]
"""
import copy
import json
import lzma
import os
import random

from make_vectors import HERE, added, dump, ids_of, plane_hashes, scalars
from tokenizers import Tokenizer

DIR = "bert-uncased"
VOCAB = lzma.open(os.path.join(HERE, DIR, "vocab.txt.xz")).read().decode().splitlines()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tokenizer_json(special=True, **normalizer):
    ids = {t: i for i, t in enumerate(VOCAB)}
    tokens = [dict(added(t, special=True), id=ids[t]) for t in SPECIAL]
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": tokens if special else [],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True, **normalizer},
        "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": ids},
    }


def make_strings():
    rng = random.Random(20261124)
    out = ["a" * n for n in (99, 100, 101, 200, 1000)] + ["é" * 100, "é" * 101, "日" * 150]
    out += ["x" * 98 + "yz", "un" + "believ" * 10 + "able", "##ing", "## ing", "#", "a##b"]
    out += ["[CLS] a [SEP]", "[cls]", "[MASK][MASK]", "[UNK]", "[PAD] [PAD]", "x[SEP]y", "[ CLS ]",
            "[CLS", "CLS]", "[unused0] [unused1]", "[Q] what", "<s>", "</s>"]
    out += ["e" + chr(m) + "x" for m in range(0x300, 0x370)]
    out += ["İ", "Iı", "ΑΣ ΣΑΣ", "ẞß", "ǅ ǆ", "ﬁ ﬀ", "K Å", "Ω", "\u0130\u0307", "\u1e9e",
            "ÀÉÎõüÿ Ńő", "Ⅷ ⅷ", "Ⓐⓐ", "Ａ１！", "\U00010400\U00010428", "\U0001e900\U0001e922",
            "각 가 \u1100\u1161\u11a8", "か\u3099 が", "\u0958 \u09dc", "\U00011935\U00011930x",
            "\U00011938", "\u0f43", "\u212b", "\ufb2a", "\u1e69", "q\u0323\u0307", "\u302e\u0323a"]
    for c in list(range(0x20, 0x7F)) + [0xA1, 0xA7, 0xAB, 0xB6, 0xBF, 0x2010, 0x2E2E, 0x3002, 0xFF01]:
        out += [f"hp{chr(c)}torque", f"{chr(c)}{chr(c)} {chr(c)}x"]
    for first in (0x3400, 0x4DB0, 0x4DF0, 0x9FF0, 0xF8F0, 0xFAF0, 0x1FFF0, 0x2A6D0, 0x2A6FC, 0x2B730,
                  0x2B81A, 0x2B91A, 0x2CEA0, 0x2F7FA, 0x2FA18, 0x30000):  # edges of the ideographs
        out.append("".join("a" + chr(first + i) for i in range(16)))
        out.append("".join(chr(first + i) for i in range(16)))
    for plane in range(17):  # words of each plane, alone and among Latin letters
        chars = scalars(plane << 16, (plane << 16) + 0xFFFF)
        for k in range(1, 33):
            word = "".join(map(chr, rng.choices(chars, k=k)))
            out += [word, "engine" + " ".join(rng.choices(word, k=min(k, 5))) + "s"]
    words = [t for t in VOCAB if not t.startswith("[")]
    for _ in range(400):
        pieces = rng.choices(words, k=rng.randint(1, 8))
        joint = rng.choice(["", " ", "  ", "-", "\n"])
        text = joint.join(p.removeprefix("##") for p in pieces)
        out.append(rng.choice([str, str.upper, str.title])(text))
    return list(dict.fromkeys(out))


def variants():
    yield "cased", tokenizer_json(lowercase=False)
    yield "cased_without_accents", tokenizer_json(lowercase=False, strip_accents=True)
    yield "lower_with_accents", tokenizer_json(strip_accents=False)
    yield "unclean", tokenizer_json(clean_text=False)
    yield "ideographs_in_words", tokenizer_json(handle_chinese_chars=False)
    yield "no_normalizer", dict(tokenizer_json(), normalizer=None)
    short = tokenizer_json()
    short["model"] = dict(short["model"], max_input_chars_per_word=6)
    yield "short_words", short
    other = tokenizer_json()
    other["model"] = dict(other["model"], continuing_subword_prefix="@", unk_token="[MASK]")
    yield "another_prefix", other
    more = tokenizer_json()
    flags = dict(id=0)
    ids = more["model"]["vocab"]
    more["added_tokens"] += [
        dict(added("horse", normalized=True), id=ids["horse"]),
        dict(added("É", normalized=True), **dict(flags, id=len(VOCAB))),
        dict(added("Torque", single_word=True), id=len(VOCAB) + 1),
        dict(added("hp", lstrip=True, normalized=True), id=ids["hp"])]
    yield "more_added_tokens", more


def main():
    shared = json.load(open(os.path.join(HERE, "strings.json")))
    own = make_strings()
    assert len(own) >= 1000
    strings = shared + own
    dump(f"{DIR}/strings.json", own)
    plain = Tokenizer.from_str(json.dumps(tokenizer_json(special=False)))
    full = Tokenizer.from_str(json.dumps(tokenizer_json()))
    text = [ids_of(plain, s) for s in strings]
    control = {str(i): ids for i, s in enumerate(strings) if (ids := ids_of(full, s)) != text[i]}
    special = {VOCAB.index(t) for t in SPECIAL}
    decoded = {str(i): full.decode([t for t in text[i] if t not in special])
               for i in range(0, len(strings), 7)}
    rows = []
    for name, change in variants():
        t = Tokenizer.from_str(json.dumps(change))
        change = copy.deepcopy(change)
        del change["model"]["vocab"]
        rows.append([name, change, [ids_of(t, s) for s in strings[::11]], plane_hashes(t)])
    dump(f"{DIR}/expected.json", {
        "text": text, "control": control, "decoded": decoded, "planes": plane_hashes(plain, ("", " ")),
        "planes_with_marks": plane_hashes(plain, ("a", "\u0323\u0301")), "variants": rows})
    print(len(own), "own of", len(strings), "strings,", len(control), "with control tokens,",
          len(rows), "variants")


if __name__ == "__main__":
    main()
