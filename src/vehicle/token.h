/* Text as tokens, the same way for column names, cells, vehicle names and questions, so that they can
 * be compared: "F-150", "F 150" and "f150" give the same two keys; so do "Škoda" and "skoda".
 *
 *   struct token t[64];
 *   size_t n = tokens_split("2022 Toyota RAV4 (AWD)", 22, TOKENS_TEXT, t, 64);
 *   // keys: 2022, toyota, rav, 4, awd
 */
#ifndef VEHICLE_TOKEN_H
#define VEHICLE_TOKEN_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

enum { TOKEN_KEY_MAX = 40 }; /* bytes with the NUL; a longer word is cut there */

enum token_kind {
    TOKEN_WORD,   /* letters; their marks and case are folded away in the key */
    TOKEN_NUMBER, /* digits; inside it '.' and ',' ("75,7" and "75.7": 75.7; "1,927": 1927) */
    TOKEN_HAN,    /* one ideograph or kana: such text has no spaces */
    TOKEN_SIGN,   /* one of € $ £ ¥ % ° < > ≤ ≥ = */
};

/* What stands between the token before and this one; several bits may be set. */
enum token_gap {
    GAP_NONE = 0,   /* nothing: "RAV4" is rav and, with no gap, 4 */
    GAP_SPACE = 1,  /* white space */
    GAP_HYPHEN = 2, /* - and the dashes */
    GAP_SLASH = 4,
    GAP_COMMA = 8, /* , ; and the ideographic ones */
    GAP_OPEN = 16, /* an opening bracket */
    GAP_CLOSE = 32,
    GAP_COLON = 64,
    GAP_STOP = 128, /* . ? ! at the end of a sentence, a line end */
    GAP_OTHER = 256,
};

struct token {
    char key[TOKEN_KEY_MAX];
    size_t begin, end; /* bytes of the text */
    enum token_kind kind;
    unsigned gap;     /* enum token_gap bits before it */
    unsigned gap_end; /* the same behind it */
    bool upper;       /* begins with a capital letter */
    double number;    /* of a TOKEN_NUMBER, read as in the key */
};

enum tokens_mode {
    TOKENS_TEXT,
    TOKENS_IDENTIFIER, /* a column's name: "batteryCapacity_kWh" is battery, capacity, kwh */
};

/* Splits text[0, len), at most `max` tokens; returns their number. A possessive 's is left out. The
 * text may hold any bytes: invalid UTF-8 separates tokens. Linear in len. */
size_t tokens_split(const char *text, size_t len, enum tokens_mode mode, struct token *out,
                    size_t max);

/* Whether the key is one of the words; a NULL ends them. */
bool token_key_in(const char *key, const char *const *words);

/* Appends the keys of text with single spaces between them. */
void tokens_key(const char *text, size_t len, enum tokens_mode mode, struct buffer *out);

/* Appends text[0, len) folded: lower case, without marks. */
void text_fold(const char *text, size_t len, struct buffer *out);

/* Optimal string alignment distance of two keys (insertions, deletions, substitutions, swaps of
 * neighbours), or limit + 1 when it is more than `limit`. */
size_t key_distance(const char *a, const char *b, size_t limit);

#endif
