"""Writes src/model/pretokenizer_unicode.c: what Oniguruma (Unicode 16, as the tokenizers library
has it) knows and Unicode 14 (PCRE2 10.42, Debian 12) does not.

    python3.11 tests/golden/tokenizers/make_unicode.py > src/model/pretokenizer_unicode.c

Needs Python 3.11 (its unicodedata is 14.0) and tokenizers 0.22.2.
"""
import unicodedata
from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

assert unicodedata.unidata_version == "14.0.0"
CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So "
              "Zs Zl Zp Cf").split()
everything = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)


def members(category):
    found = Split(Regex(r"\p{%s}+" % category), "removed", True).pre_tokenize_str(everything)
    return {ord(c) for piece, _ in found for c in piece}


rows = []
for category in CATEGORIES:
    new = sorted(c for c in members(category) if unicodedata.category(chr(c)) != category)
    while new:
        first = last = new.pop(0)
        while new and new[0] == last + 1:
            last = new.pop(0)
        rows.append((first, last, category))
rows.sort()
print("/* Made by tests/golden/tokenizers/make_unicode.py: code points whose general category in\n"
      " * Unicode 16 is not the one they have in Unicode 14. */")
print('#include "model/pretokenizer_regex.h"\n')
print("const struct unicode_range unicode_added_ranges[] = {")
for i in range(0, len(rows), 3):
    print("    " + " ".join('{0x%x, 0x%x, "%s"},' % r for r in rows[i:i + 3]))
print("};")
print("const size_t unicode_n_added_ranges =\n"
      "    sizeof unicode_added_ranges / sizeof *unicode_added_ranges;")
