/* What the BertNormalizer and BertPreTokenizer of the tokenizers library take for what. Its
 * categories are of an old Unicode and its lower case of a new one; so the sets were taken from the
 * library itself. */
#ifndef TOKENIZER_BERT_UNICODE_H
#define TOKENIZER_BERT_UNICODE_H

#include <stddef.h>
#include <stdint.h>

struct bert_range {
    uint32_t first, last;
};

/* Where lower case is not what utf8proc says: one or two code points, 0 where there is no second.
 */
struct bert_lower {
    uint32_t from, to[2];
};

/* All sorted. */
extern const struct bert_range bert_removed[];     /* "clean text" drops them */
extern const struct bert_range bert_marks[];       /* "strip accents" drops them after NFD */
extern const struct bert_range bert_cjk[];         /* get a space on both sides */
extern const struct bert_range bert_punctuation[]; /* a word each */
extern const struct bert_lower bert_lowers[];
extern const size_t bert_n_removed, bert_n_marks, bert_n_cjk, bert_n_punctuation, bert_n_lowers;

#endif
