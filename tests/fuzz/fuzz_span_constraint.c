/* Any bytes as sources, and a way through them with the tokens of models/nano: it does not get
 * stuck, and what is said is a span of a source with its suffix, cut in no letter, word or number.
 */
#include "base/utf8.h"
#include "engine/engine_internal.h"
#include "grammar/span_constraint.h"
#include "quant/packed_model.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SOURCES = 4, MOST_SAID = 1024, SEPARATOR = 0xfe };

static struct packed_model shape;
static struct engine nano = {.name = (char *)"nano", .model = &shape, .format = CHAT_R1};

static void check(bool ok)
{
    if (!ok) abort();
}

static const struct vocabulary *read_vocabulary(void)
{
    struct error err = {0};
    struct vocabulary *v = NULL;
    nano.tokenizer = tokenizer_read("models/nano", &err);
    if (nano.tokenizer) v = vocabulary_create(&nano, &err);
    if (!v) {
        fprintf(stderr, "%s (run from the repository root)\n", err.text);
        exit(1);
    }
    return v;
}

/* The suffixes and the fixed text may be anything that a C string holds: here, ones that are likely
 * to be confused with each other and with what was copied. */
static size_t split(const char *text, size_t size, struct span_source *sources)
{
    static const char *const SUFFIXES[MOST_SOURCES] = {" [1]", " [12]", "", " a"};
    size_t n = 0;
    while (n < MOST_SOURCES) {
        const char *end = size ? memchr(text, SEPARATOR, size) : NULL;
        size_t len = end ? (size_t)(end - text) : size;
        sources[n] = (struct span_source){text, len, SUFFIXES[n]};
        n++;
        if (!end) break;
        text += len + 1;
        size -= len + 1;
    }
    return n;
}

static bool is_cut(const struct span_source *s, size_t at)
{
    if (at == 0 || at == s->len) return false;
    unsigned char a = (unsigned char)s->text[at - 1], b = (unsigned char)s->text[at];
    bool number = at + 1 < s->len && isdigit(a) && (b == ',' || b == '.') &&
                  isdigit((unsigned char)s->text[at + 1]);
    return number || (isalnum(a) && (isalnum(b) || b == '_')) || (isdigit(a) && b == '%');
}

static void check_said(const struct span_constraint *c, const struct span_source *sources,
                       const char *said, size_t n_said, size_t max_bytes)
{
    size_t source, begin, len;
    if (n_said && *said == ' ') {
        said++;
        n_said--;
    }
    if (!span_constraint_span(c, &source, &begin, &len)) {
        check(n_said == 4 && memcmp(said, "none", 4) == 0);
        return;
    }
    const struct span_source *s = &sources[source];
    check(len > 0 && len <= max_bytes && begin <= s->len && len <= s->len - begin);
    check(n_said == len + strlen(s->suffix));
    check(memcmp(said, s->text + begin, len) == 0);
    check(memcmp(said + len, s->suffix, n_said - len) == 0);
    check(utf8_is_valid(said, len) && !memchr(said, '\n', len) && !memchr(said, '\0', len));
    check(said[0] != ' ' && said[len - 1] != ' ');
    check(!is_cut(s, begin) && !is_cut(s, begin + len));
    check(span_constraint_places(c) > 0);
}

static uint32_t random_number(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void walk(struct span_constraint *c, const struct vocabulary *v, uint32_t seed,
                 const struct span_source *sources, size_t max_bytes)
{
    static float logits[1 << 13];
    const struct token_constraint *t = span_constraint_token(c);
    char said[MOST_SAID];
    size_t n_said = 0, len;
    check(v->n <= sizeof logits / sizeof *logits);
    for (;;) {
        memset(logits, 0, v->n * sizeof *logits);
        if (!t->mask(t->context, logits, v->n)) break;
        size_t id = random_number(&seed) % v->n;
        for (size_t i = 0; i < v->n && isinf(logits[id]); i++) id = (id + 1) % v->n;
        check(!isinf(logits[id]));
        t->accept(t->context, (int32_t)id);
        if (engine_is_end(&nano, (int32_t)id)) break;
        const char *bytes = tokenizer_token_bytes(nano.tokenizer, (int32_t)id, &len);
        check(len <= sizeof said - n_said);
        memcpy(said + n_said, bytes, len);
        n_said += len;
    }
    check(!span_constraint_failed(c) && span_constraint_complete(c));
    check_said(c, sources, said, n_said, max_bytes);
}

/* The first byte: how long spans may be, and whether there is a fixed text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vocabulary *v;
    struct span_source sources[MOST_SOURCES];
    struct error err = {0};
    uint32_t seed = 7;
    if (!v) v = read_vocabulary();
    if (size == 0 || size > 1 << 14) return 0;
    for (size_t i = 0; i < size; i++) seed = seed * 31 + data[i];
    size_t max_bytes = data[0] / 2 * 4;
    size_t n = split((const char *)data + 1, size - 1, sources);
    struct span_constraint *c =
        span_constraint_create(v, sources, n, data[0] % 2 ? "none" : NULL, max_bytes, &err);
    if (!c) {
        check(err.code == ERROR_USAGE && data[0] % 2 == 0);
        return 0;
    }
    walk(c, v, seed, sources, max_bytes);
    /* Whatever else is said, it is refused or goes on. */
    const struct token_constraint *t = span_constraint_token(c);
    for (size_t i = 0; i < size && i < 16; i++) t->accept(t->context, data[i] * 16 + 3);
    span_constraint_free(c);
    return 0;
}
