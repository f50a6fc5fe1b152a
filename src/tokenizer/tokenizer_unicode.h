/* Where the Unicode of the tokenizers library differs from that of our libraries: its regular
 * expressions are of Unicode 16, its NFC of Unicode 9; PCRE2 10.42 and utf8proc 2.8 are of 14. */
#ifndef TOKENIZER_TOKENIZER_UNICODE_H
#define TOKENIZER_TOKENIZER_UNICODE_H

#include <stddef.h>
#include <stdint.h>

struct unicode_range {
    uint32_t first, last;
    char category[3]; /* "" where it does not matter */
};

/* Code points that have this general category in Unicode 16 and not in 14; sorted. */
extern const struct unicode_range unicode_added_ranges[];
extern const size_t unicode_n_added_ranges;

/* Code points that NFC of Unicode 9 leaves where they are and NFC of 14 orders or composes; sorted.
 */
extern const struct unicode_range unicode_nfc_barriers[];
extern const size_t unicode_n_nfc_barriers;

#endif
