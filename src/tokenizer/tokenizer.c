#include "tokenizer/tokenizer_parts.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* ---- lists of tokens ---- */

bool tokens_push(struct tokens *t, int32_t id, struct error *err)
{
    if (t->len == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        int32_t *ids = cap < SIZE_MAX / sizeof *ids ? realloc(t->ids, cap * sizeof *ids) : NULL;
        if (!ids) return error_memory(err, "a list of tokens");
        t->ids = ids;
        t->cap = cap;
    }
    t->ids[t->len++] = id;
    return true;
}

void tokens_free(struct tokens *t)
{
    free(t->ids);
    *t = (struct tokens){0};
}

/* ---- broken UTF-8 ---- */

/* Length of the maximal part of a sequence at text: what one U+FFFD stands for. Nothing in it is
 * complete: each prefix of it is all it takes to be a true prefix of something valid. */
static size_t broken_length(const char *text, size_t len)
{
    size_t n = 1;
    while (n < len && n < 4 && utf8_complete_prefix(text, n + 1) == 0) n++;
    return n;
}

static void append_repaired(struct buffer *out, const char *text, size_t len)
{
    while (len) {
        size_t n = utf8_valid_prefix(text, len);
        buffer_append(out, text, n);
        text += n;
        len -= n;
        if (len == 0) break;
        n = broken_length(text, len);
        buffer_puts(out, replacement);
        text += n;
        len -= n;
    }
}

/* ---- encoding ---- */

struct encoding {
    const struct tokenizer *t;
    enum tokenize_mode mode;
    struct tokens *out;
    struct buffer normalized;
    struct error *err;
};

static bool take_word(void *context, const char *word, size_t len, struct error *err)
{
    struct encoding *e = context;
    if (e->t->is_wordpiece)
        return wordpiece_encode(&e->t->wordpiece, &e->t->vocab, e->mode, word, len, e->out, err);
    return bpe_encode(&e->t->bpe, &e->t->vocab, e->mode, word, len, e->out, err);
}

static bool encode_plain(struct encoding *e, const char *text, size_t len)
{
    if (e->t->is_wordpiece) return bert_words(text, len, take_word, e, e->err);
    return pretokenizer_run(e->t->pretokenizer, text, len, take_word, e, e->err);
}

/* Text between the tokens of one set, which goes on to the next step. */
static bool encode_set(struct encoding *e, const struct added_set *set, const char *text,
                       size_t len, bool (*next)(struct encoding *, const char *, size_t))
{
    size_t at = 0, done = 0;
    for (;;) {
        struct added_match m = added_next(set, text, len, &at, done);
        if (m.start > done && !next(e, text + done, m.start - done)) return false;
        if (m.id < 0) return true;
        if (!tokens_push(e->out, m.id, e->err)) return false;
        done = m.end;
    }
}

static bool encode_normalized(struct encoding *e, const char *text, size_t len)
{
    const struct added_set *set = &e->t->added[e->mode][1];
    if (!normalizer_keeps(&e->t->normalizer, text, len)) {
        buffer_clear(&e->normalized);
        if (!normalizer_run(&e->t->normalizer, text, len, &e->normalized, e->err)) return false;
        text = buffer_text(&e->normalized);
        len = e->normalized.len;
    }
    return encode_set(e, set, text, len, encode_plain);
}

bool tokenizer_encode(const struct tokenizer *t, const char *text, size_t len,
                      enum tokenize_mode mode, struct tokens *out, struct error *err)
{
    struct encoding e = {.t = t, .mode = mode, .out = out, .err = err};
    struct buffer repaired = {0};
    size_t before = out->len;
    bool ok = false;
    if (!utf8_is_valid(text, len)) {
        append_repaired(&repaired, text, len);
        if (repaired.failed) {
            error_memory(err, "a text");
            goto done;
        }
        text = buffer_text(&repaired);
        len = repaired.len;
    }
    ok = encode_set(&e, &t->added[mode][0], text, len, encode_normalized);
    if (!ok) out->len = before;
done:
    buffer_free(&repaired);
    buffer_free(&e.normalized);
    return ok;
}

/* ---- looking at tokens ---- */

int32_t tokenizer_find(const struct tokenizer *t, const char *text)
{
    size_t len = strlen(text);
    int32_t id = token_table_find(&t->vocab.by_spelling, t->vocab.tokens, text, len);
    return id >= 0 ? id : token_table_find(&t->vocab.by_bytes, t->vocab.tokens, text, len);
}

size_t tokenizer_vocab(const struct tokenizer *t)
{
    return t->vocab.n_ids;
}

bool tokenizer_is_control(const struct tokenizer *t, int32_t id)
{
    return id >= 0 && (size_t)id < t->vocab.n_ids && t->vocab.tokens[id].flags & TOKEN_CONTROL;
}

const char *tokenizer_token_bytes(const struct tokenizer *t, int32_t id, size_t *len)
{
    *len = 0;
    if (id < 0 || (size_t)id >= t->vocab.n_ids || !t->vocab.tokens[id].bytes) return "";
    *len = t->vocab.tokens[id].len;
    return t->vocab.tokens[id].bytes;
}

/* ---- decoding ---- */

/* Appends what is complete of text and returns how many bytes at its end are not. */
static size_t append_complete(struct buffer *out, const char *text, size_t len)
{
    size_t complete = utf8_complete_prefix(text, len);
    append_repaired(out, text, complete);
    return len - complete;
}

/* WordPiece does not keep the blanks: one stands before each word but the first and . ? ! , */
static void push_wordpiece(struct detokenizer *d, const char *text, size_t len, struct buffer *out)
{
    const struct wordpiece *w = &d->tokenizer->wordpiece;
    bool first = !d->started;
    d->started = true;
    if (!first && w->prefix_len && len > w->prefix_len &&
        memcmp(text, w->prefix, w->prefix_len) == 0) {
        text += w->prefix_len;
        len -= w->prefix_len;
    } else if (!first && !(len == 1 && strchr(".?!,", text[0]))) {
        buffer_putc(out, ' ');
    }
    append_repaired(out, text, len);
}

void detokenizer_push(struct detokenizer *d, int32_t id, struct buffer *out)
{
    size_t len;
    const char *bytes = tokenizer_token_bytes(d->tokenizer, id, &len);
    if (len == 0 || tokenizer_is_control(d->tokenizer, id)) return;
    if (d->tokenizer->is_wordpiece) {
        push_wordpiece(d, bytes, len, out);
        return;
    }
    while (d->n_pending && len) { /* byte by byte until nothing is pending: at most a few times */
        d->pending[d->n_pending++] = *bytes++;
        len--;
        size_t rest = append_complete(out, d->pending, d->n_pending);
        memmove(d->pending, d->pending + d->n_pending - rest, rest);
        d->n_pending = rest;
    }
    if (len == 0) return;
    d->n_pending = append_complete(out, bytes, len);
    memcpy(d->pending, bytes + len - d->n_pending, d->n_pending);
}

void detokenizer_finish(struct detokenizer *d, struct buffer *out)
{
    append_repaired(out, d->pending, d->n_pending);
    d->n_pending = 0;
}
