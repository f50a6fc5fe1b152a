/* What the files of the tokenizer share: the vocabulary with its hash tables, the merges, and the
 * added tokens. Nobody outside src/model/tokenizer*.c includes this. */
#ifndef MODEL_TOKENIZER_PARTS_H
#define MODEL_TOKENIZER_PARTS_H

#include "base/arena.h"
#include "model/pretokenizer.h"
#include "model/tokenizer.h"

#include <jansson.h>

enum { TOKENIZE_MODES = 2 };

/* ---- the vocabulary (tokenizer_vocab.c) ---- */

enum {
    TOKEN_MODEL = 1,   /* an entry of the BPE vocabulary that can come from bytes */
    TOKEN_ADDED = 2,   /* an entry of added_tokens */
    TOKEN_CONTROL = 4, /* see tokenizer.h */
};

struct token {
    const char *bytes; /* NULL: no token has this id */
    uint32_t len;
    uint8_t flags;
};

/* Open addressing over tokens by their bytes. */
struct token_table {
    struct token_slot {
        uint32_t hash;
        int32_t id; /* -1: empty */
    } * slots;
    size_t mask; /* slots - 1 */
};

struct vocab {
    struct token *tokens;           /* by id */
    size_t n_ids;                   /* highest id + 1 */
    struct token_table by_bytes;    /* BPE vocabulary, by the bytes a token stands for */
    struct token_table by_spelling; /* added tokens, and BPE entries outside the byte alphabet */
};

/* Room for n tokens. */
bool token_table_init(struct token_table *t, size_t n, const char *what, struct error *err);
int32_t token_table_find(const struct token_table *t, const struct token *tokens, const char *bytes,
                         size_t len);
void token_table_add(struct token_table *t, const struct token *tokens, int32_t id);

/* The byte-level alphabet: every byte is written as one printable code point. Turns a spelling into
 * the bytes it stands for (out has room for len bytes); false when a character is not in it. */
bool byte_alphabet_decode(const char *spelling, size_t len, char *out, size_t *out_len);

/* Fills v from model.vocab and added_tokens. */
bool vocab_load(struct vocab *v, struct arena *arena, const json_t *vocab, const json_t *added,
                const char *file, struct error *err);
void vocab_free(struct vocab *v);

/* ---- merging (tokenizer_bpe.c) ---- */

struct merge {
    uint64_t key; /* (left + 1) << 32 | right; 0: empty */
    uint32_t rank;
    int32_t result;
};

struct bpe {
    struct merge *merges; /* open addressing by the pair */
    size_t mask;
    bool makes_control; /* some merge results in a control token: text mode has to look out */
    bool ignore_merges; /* a whole word that is in the vocabulary is one token */
    int32_t byte_ids[TOKENIZE_MODES][256]; /* -1: this byte has no token and is dropped */
    /* By mode and id: does merging the token's own bytes give just the token? Found out when the
     * word is first met, so that a frequent word costs one look-up from then on. */
    _Atomic(uint8_t) *whole[TOKENIZE_MODES];
};

bool bpe_load(struct bpe *b, const struct vocab *v, const json_t *model, const char *file,
              struct error *err);
bool bpe_encode(const struct bpe *b, const struct vocab *v, enum tokenize_mode mode,
                const char *word, size_t len, struct tokens *out, struct error *err);
void bpe_free(struct bpe *b);

/* ---- added tokens in text (tokenizer_added.c) ---- */

struct added_token {
    const char *text; /* as it is looked for: normalized where the file says so */
    size_t len;
    int32_t id;
    size_t order; /* among tokens of the same text, the lowest is found */
    bool single_word, lstrip, rstrip;
};

/* Tokens that are looked for together, sorted by their bytes. */
struct added_set {
    struct added_token *list;
    size_t n;
    bool first[256]; /* bytes that a token starts with */
};

/* A found token: text[start..end) is id. */
struct added_match {
    size_t start, end;
    int32_t id; /* -1: no more; start is then len */
};

/* The sets of each mode: [0] looked for in the text as it is, [1] in normalized text. */
bool added_load(struct added_set sets[TOKENIZE_MODES][2], struct arena *arena,
                const struct vocab *v, const json_t *added, bool nfc, const char *file,
                struct error *err);

/* The next token at or behind *at; moves *at. `from` is where the last one ended: a token with
 * lstrip takes the spaces since then. */
struct added_match added_next(const struct added_set *set, const char *text, size_t len, size_t *at,
                              size_t from);

/* ---- NFC (tokenizer_normalize.c) ---- */

/* Appends the NFC form of valid UTF-8. */
bool normalize_nfc(const char *text, size_t len, struct buffer *out, struct error *err);

/* True when the text is surely in NFC already: nothing at or above U+0300. */
bool normalize_is_plain(const char *text, size_t len);

/* ---- all of it ---- */

struct tokenizer {
    struct arena arena; /* the tokens' texts */
    struct vocab vocab;
    struct bpe bpe;
    struct added_set added[TOKENIZE_MODES][2];
    bool nfc;
    struct pretokenizer *pretokenizer;
};

#endif
