/* What the files of the tokenizer share: the vocabulary with its hash tables, the merges, and the
 * added tokens. Nobody outside src/model/tokenizer*.c includes this. */
#ifndef TOKENIZER_TOKENIZER_PARTS_H
#define TOKENIZER_TOKENIZER_PARTS_H

#include "base/arena.h"
#include "tokenizer/pretokenizer.h"
#include "tokenizer/tokenizer.h"

#include <jansson.h>

enum { TOKENIZE_MODES = 2 };

/* ---- the vocabulary (tokenizer_vocab.c) ---- */

enum {
    TOKEN_MODEL = 1,   /* an entry of the model's vocabulary that can come from text */
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
    struct token_table by_bytes;    /* the model's, by the bytes a token stands for */
    struct token_table by_spelling; /* added tokens, and BPE entries outside the byte alphabet */
    bool spelled; /* a token stands for its spelling (WordPiece), not in the byte alphabet */
};

/* Room for n tokens. */
bool token_table_init(struct token_table *t, size_t n, const char *what, struct error *err);
int32_t token_table_find(const struct token_table *t, const struct token *tokens, const char *bytes,
                         size_t len);
void token_table_add(struct token_table *t, const struct token *tokens, int32_t id);

/* The byte-level alphabet: every byte is written as one printable code point. Turns a spelling into
 * the bytes it stands for (out has room for len bytes); false when a character is not in it. */
bool byte_alphabet_decode(const char *spelling, size_t len, char *out, size_t *out_len);

/* Fills v, whose `spelled` is set, from model.vocab and added_tokens. */
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

/* ---- WordPiece (tokenizer_wordpiece.c) ---- */

struct wordpiece {
    int32_t unknown;    /* for words that cannot be made of the vocabulary's pieces, */
    size_t max_chars;   /* and for those of more characters */
    const char *prefix; /* of pieces that do not begin a word: "##" */
    size_t prefix_len;
    size_t longest; /* bytes of the vocabulary's longest entry */
};

bool wordpiece_load(struct wordpiece *w, struct arena *arena, const struct vocab *v,
                    const json_t *model, const char *file, struct error *err);
bool wordpiece_encode(const struct wordpiece *w, const struct vocab *v, enum tokenize_mode mode,
                      const char *word, size_t len, struct tokens *out, struct error *err);

/* The tokenizer.json that the text of a BERT vocab.txt stands for, with the switches of
 * config_file (tokenizer_config.json; NULL or not there: BERT's own). The caller json_decref()s. */
json_t *wordpiece_vocab_txt(const char *text, size_t len, const char *file, const char *config_file,
                            struct error *err);
json_t *wordpiece_read_vocab_txt(const char *file, const char *config_file, struct error *err);

/* ---- what BERT does to text before (bert_normalize.c) ---- */

struct bert_normalizer {
    bool clean_text, cjk_spaces, strip_accents, lowercase;
};

bool bert_normalizer_load(struct bert_normalizer *n, const json_t *object, const char *file,
                          struct error *err);
/* Appends the normal form of valid UTF-8. */
bool bert_normalize(const struct bert_normalizer *n, const char *text, size_t len,
                    struct buffer *out, struct error *err);
/* BertPreTokenizer: words between white space, each punctuation character one of its own. */
bool bert_words(const char *text, size_t len, pretokenizer_sink *sink, void *context,
                struct error *err);

/* ---- normal forms (tokenizer_normalize.c) ---- */

struct normalizer {
    bool nfc;
    bool is_bert;
    struct bert_normalizer bert;
};

/* Appends the normal form of valid UTF-8. */
bool normalizer_run(const struct normalizer *n, const char *text, size_t len, struct buffer *out,
                    struct error *err);

/* True when the text is surely in its normal form already. */
bool normalizer_keeps(const struct normalizer *n, const char *text, size_t len);

/* Appends the canonical decomposition of valid UTF-8. */
bool normalize_nfd(const char *text, size_t len, struct buffer *out, struct error *err);

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
                const struct vocab *v, const json_t *added, const struct normalizer *normalizer,
                const char *file, struct error *err);

/* The next token at or behind *at; moves *at. `from` is where the last one ended: a token with
 * lstrip takes the spaces since then. */
struct added_match added_next(const struct added_set *set, const char *text, size_t len, size_t *at,
                              size_t from);

/* White_Space of Unicode. */
bool text_is_space(uint32_t cp);

/* ---- all of it ---- */

struct tokenizer {
    struct arena arena; /* the tokens' texts */
    struct vocab vocab;
    bool is_wordpiece; /* then BERT's words and pieces, else the pre-tokenizer's words and BPE */
    struct bpe bpe;
    struct wordpiece wordpiece;
    struct added_set added[TOKENIZE_MODES][2];
    struct normalizer normalizer;
    struct pretokenizer *pretokenizer; /* of BPE */
};

#endif
