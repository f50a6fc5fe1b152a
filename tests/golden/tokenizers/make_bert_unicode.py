"""Writes src/tokenizer/bert_unicode.c: what the BertNormalizer and BertPreTokenizer of the tokenizers
library take for what, found out by asking the library about each scalar value of Unicode.

    pip install tokenizers==0.22.2
    python3.11 tests/golden/tokenizers/make_bert_unicode.py > src/tokenizer/bert_unicode.c
    clang-format -i src/tokenizer/bert_unicode.c

Needs Python 3.11, whose str.lower() is of Unicode 14, as utf8proc 2.8 (Debian 12) is.
"""
import unicodedata
import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

assert tokenizers.__version__ == "0.22.2", tokenizers.__version__
assert unicodedata.unidata_version == "14.0.0"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def normalizer(**switches):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return BertNormalizer(**{**off, **switches})


def ranges(members):
    rows = []
    for c in members:
        if rows and rows[-1][1] == c - 1:
            rows[-1][1] = c
        else:
            rows.append([c, c])
    return rows


def write_ranges(name, members):
    rows = ranges(members)
    print("\nconst struct bert_range bert_%s[] = {" % name)
    for i in range(0, len(rows), 4):
        print("    " + " ".join("{0x%x, 0x%x}," % tuple(r) for r in rows[i:i + 4]))
    print("};")
    print("const size_t bert_n_%s = sizeof bert_%s / sizeof *bert_%s;" % (name, name, name))


clean = normalizer(clean_text=True)
strip = normalizer(strip_accents=True)
lower = normalizer(lowercase=True)
spaced = normalizer(handle_chinese_chars=True)
split = BertPreTokenizer()

removed = [c for c in SCALARS if clean.normalize_str(chr(c)) == ""]
marks = [c for c in SCALARS if strip.normalize_str(chr(c)) == ""]
cjk = [c for c in SCALARS if spaced.normalize_str(chr(c)) == " " + chr(c) + " "]
punctuation = [c for c in SCALARS if len(split.pre_tokenize_str("a" + chr(c) + "a")) == 3]
lowered = [(c, lower.normalize_str(chr(c))) for c in SCALARS]
lowered = [(c, t) for c, t in lowered if t != chr(c).lower() or len(t) != 1]

print("/* Made by tests/golden/tokenizers/make_bert_unicode.py. */")
print('#include "tokenizer/bert_unicode.h"')
write_ranges("removed", removed)
write_ranges("marks", marks)
write_ranges("cjk", cjk)
write_ranges("punctuation", punctuation)
print("\nconst struct bert_lower bert_lowers[] = {")
assert all(len(t) <= 2 for _, t in lowered)
lowered = ["{0x%x, {%s}}," % (c, ", ".join("0x%x" % ord(x) for x in t)) for c, t in lowered]
for i in range(0, len(lowered), 4):
    print("    " + " ".join(lowered[i:i + 4]))
print("};")
print("const size_t bert_n_lowers = sizeof bert_lowers / sizeof *bert_lowers;")
