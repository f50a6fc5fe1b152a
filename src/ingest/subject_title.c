/* The title under which answers name a record. */
#include "ingest/subject.h"

#include "base/buffer.h"
#include "vehicle/registry.h"

#include <string.h>

enum { SUBJECT_MAX_TOKENS = 48 };

static size_t count_leading(const struct token *t, size_t n, const struct token *in, size_t m)
{
    size_t i = 0;
    while (i < n && i < m && strcmp(t[i].key, in[i].key) == 0) i++;
    return i;
}

static bool has_key(const struct token *t, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(t[i].key, key) == 0) return true;
    return false;
}

/* Whether a name is written in capitals or small letters alone. */
static bool is_one_case(const char *text)
{
    bool upper = false, lower = false;
    for (; *text; text++) {
        upper |= *text >= 'A' && *text <= 'Z';
        lower |= *text >= 'a' && *text <= 'z';
    }
    return !(upper && lower);
}

/* The make as answers write it: the registry's spelling for "ACURA" and "chevrolet"; a source that minds
 * capitals, or uses another name, is followed. */
static const char *make_spelling(const struct subject *s, struct buffer *scratch)
{
    if (s->make_number < 0 || !is_one_case(s->make)) return s->make;
    const char *known = MAKES[s->make_number].name;
    buffer_clear(scratch);
    tokens_key(known, strlen(known), TOKENS_TEXT, scratch);
    size_t middle = scratch->len;
    tokens_key(s->make, strlen(s->make), TOKENS_TEXT, scratch);
    bool same = !scratch->failed && scratch->len == 2 * middle && middle &&
                memcmp(scratch->data, scratch->data + middle, middle) == 0;
    return same ? known : s->make;
}

/* Appends `text` without the leading words that stand in `name` already. */
static void append_new(struct buffer *out, const char *text, const struct token *name, size_t n_name)
{
    struct token t[SUBJECT_MAX_TOKENS];
    size_t len = strlen(text), n = tokens_split(text, len, TOKENS_TEXT, t, SUBJECT_MAX_TOKENS);
    size_t i = 0;
    while (i < n) { /* words that are written as one go as one: "500e" is not 500 */
        size_t end = i + 1;
        while (end < n && (t[end].gap & ~(unsigned)GAP_HYPHEN) == 0) end++;
        bool all = true;
        for (size_t k = i; k < end; k++) all &= has_key(name, n_name, t[k].key);
        if (!all) break;
        i = end;
    }
    if (i == n) return;
    if (out->len) buffer_putc(out, ' ');
    size_t from = i ? subject_begin_with_bracket(text, t, i) : 0;
    buffer_append(out, text + from, len - from);
}

const char *subject_title(const struct subject *s, struct arena *arena, struct buffer *scratch)
{
    struct token make[8], model[SUBJECT_MAX_TOKENS], trim[SUBJECT_MAX_TOKENS];
    struct token name[8 + SUBJECT_MAX_TOKENS];
    const char *make_text = make_spelling(s, scratch), *model_text = s->model;
    size_t n_make = tokens_split(make_text, strlen(make_text), TOKENS_TEXT, make, 8);
    size_t n_model = tokens_split(model_text, strlen(model_text), TOKENS_TEXT, model,
                                  SUBJECT_MAX_TOKENS);
    size_t n_trim = tokens_split(s->trim, strlen(s->trim), TOKENS_TEXT, trim, SUBJECT_MAX_TOKENS);
    buffer_clear(scratch);
    if (s->year_first && s->year_first == s->year_last && !s->year_in_name)
        buffer_printf(scratch, "%d", s->year_first);

    /* "DS 7 CROSSBACK" of DS, "KANGOO (130ch)" of KANGOO: the longer one says it all. */
    size_t skip = count_leading(trim, n_trim, make, n_make) == n_make ? n_make : 0;
    if (n_model && n_trim >= skip + n_model &&
        count_leading(trim + skip, n_trim - skip, model, n_model) == n_model) {
        model_text = "";
        n_model = 0;
    }
    size_t model_make = count_leading(model, n_model, make, n_make);
    if (n_make) {
        if (scratch->len) buffer_putc(scratch, ' ');
        buffer_puts(scratch, make_text);
    }
    memcpy(name, make, n_make * sizeof *make);
    if (n_model) {
        if (n_make && model_make == n_make && n_model > n_make)
            append_new(scratch, model_text, make, n_make);
        else if (!(n_make && model_make == n_make)) {
            if (scratch->len) buffer_putc(scratch, ' ');
            buffer_puts(scratch, model_text);
        }
        memcpy(name + n_make, model, n_model * sizeof *model);
    }
    if (n_trim) append_new(scratch, s->trim, name, n_make + n_model);
    if (s->year_first != s->year_last) {
        bool any = scratch->len > 0;
        buffer_puts(scratch, any ? " (" : "");
        if (!s->year_first)
            buffer_printf(scratch, "until %d", s->year_last);
        else if (s->year_last == YEAR_OPEN || !s->year_last)
            buffer_printf(scratch, "from %d", s->year_first);
        else
            buffer_printf(scratch, "%d-%d", s->year_first, s->year_last);
        if (any) buffer_putc(scratch, ')');
    }
    return scratch->failed ? NULL : arena_strndup(arena, buffer_text(scratch), scratch->len);
}
