"""Writes src/tokenizer/tokenizer_unicode.c: where the tokenizers library's Unicode differs from that of
PCRE2 10.42 and utf8proc 2.8 (Debian 12), which is 14: its Oniguruma has 16, its NFC has 9.

    python3.11 tests/golden/tokenizers/make_unicode.py > src/tokenizer/tokenizer_unicode.c

Needs Python 3.11 (its unicodedata is 14.0) and tokenizers 0.22.2.
"""
import unicodedata
from tokenizers import Regex
from tokenizers.normalizers import NFC
from tokenizers.pre_tokenizers import Split

assert unicodedata.unidata_version == "14.0.0"
CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So "
              "Zs Zl Zp Cf").split()
everything = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)


def members(category):
    found = Split(Regex(r"\p{%s}+" % category), "removed", True).pre_tokenize_str(everything)
    return {ord(c) for piece, _ in found for c in piece}


def ranges(code_points, category):
    left = sorted(code_points)
    while left:
        first = last = left.pop(0)
        while left and left[0] == last + 1:
            last = left.pop(0)
        yield first, last, category


def is_nfc_barrier(c):
    """NFC of Unicode 9 takes it for an unassigned starter, which nothing passes."""
    text = "a" + chr(c) + "\u0323\u0301"
    old = NFC().normalize_str(text) == text
    return old and (unicodedata.combining(chr(c)) != 0 or unicodedata.category(chr(c)) == "Cn")


def write_table(name, rows):
    print("\nconst struct unicode_range %s[] = {" % name)
    for i in range(0, len(rows), 3):
        print("    " + " ".join('{0x%x, 0x%x, "%s"},' % r for r in rows[i:i + 3]))
    print("};")
    print("const size_t %s = sizeof %s / sizeof *%s;" % (name.replace("_", "_n_", 1), name, name))


rows, marks = [], set()
for category in CATEGORIES:
    found = members(category)
    rows += ranges((c for c in found if unicodedata.category(chr(c)) != category), category)
    if category[0] == "M":
        marks |= found
# U+11938, of Unicode 13, is the one composition (of U+11935 and U+11930) that 14 has and 9 has not.
barriers = {c for c in marks if is_nfc_barrier(c)} | {0x11930, 0x11938}
print("/* Made by tests/golden/tokenizers/make_unicode.py. */")
print('#include "tokenizer/tokenizer_unicode.h"')
write_table("unicode_added_ranges", sorted(rows))
write_table("unicode_nfc_barriers", list(ranges(barriers, "")))
