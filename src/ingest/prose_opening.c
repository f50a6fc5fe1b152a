/* The vehicle of a text whose headings do not show it by a known make: the title that was given with it, and
 * its first sentence, where a model year stands beside a name. */
#include "ingest/prose_subject.h"
#include "ingest/sentence.h"

#include "base/buffer.h"

#include <string.h>

enum { OPENING_TOKENS = 60, NAME_MAX = 9, TOPIC_SENTENCES = 3, TOPIC_BLOCKS = 200, BLOCK_TOKENS = 400, TOPIC_NAME = 4 };

/* Whether some word of it can be a name's: no month or country, no part of a document. */
static bool has_name(const struct prose_names *names, const struct token *t, size_t n)
{
    bool name = false;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = prose_word(names->lex, &t[i]);
        name = name || (t[i].kind != TOKEN_SIGN && prose_is_name(&t[i]) && !is_document_word(t[i].key) &&
                        !is_small_word(t[i].key) &&
                        !(word & (WORD_TOPIC | WORD_DOCUMENT | WORD_ARTICLE | WORD_PREPOSITION | WORD_GENERATION | WORD_NO_NAME)));
    }
    return name;
}

bool prose_title_read(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len,
                      bool *found)
{
    struct token t[NAME_MAX + 1];
    struct subject s;
    *found = false;
    if (!subject_read(&s, names->arena, text, len, SUBJECT_HEADING)) return false;
    if (!s.year_first || !*s.model) return true;
    size_t model = strlen(s.model), n = tokens_split(s.model, model, TOKENS_TEXT, t, NAME_MAX + 1);
    if (n == 0 || n > NAME_MAX || is_section_heading(s.model, model) || !has_name(names, t, n)) return true;
    *out = (struct prose_subject){.s = s, .known = true, .heading = text, .line = 1};
    prose_subject_tokens(out);
    *found = true;
    return true;
}

static bool is_year(const struct token *t)
{
    return t->kind == TOKEN_NUMBER && strlen(t->key) == 4 && t->end - t->begin == 4 &&
           t->number >= YEAR_FIRST_EVER && t->number <= YEAR_LAST_EVER;
}

/* Whether a name goes on at t[i]: capitals, digits, "&" and what a hyphen or nothing joins to them. */
static bool is_of_name(const struct token *t, size_t n, size_t i)
{
    if (t[i].kind == TOKEN_SIGN) return t[i].key[0] == '&';
    if (prose_is_name(&t[i])) return true;
    return (t[i].gap == GAP_NONE || t[i].gap == GAP_HYPHEN) && i > 0 && i < n && prose_is_name(&t[i - 1]);
}

static bool parts_names(unsigned gap)
{
    return (gap & (GAP_COMMA | GAP_COLON | GAP_STOP | GAP_OPEN | GAP_CLOSE)) != 0;
}

bool prose_opening_read(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len,
                        size_t line, bool *found)
{
    struct sentence_span span;
    struct token t[OPENING_TOKENS];
    *found = false;
    if (!sentence_next(text, len, 0, &span)) return true;
    text += span.begin;
    size_t n = tokens_split(text, span.end - span.begin, TOKENS_TEXT, t, OPENING_TOKENS), year = 0;
    while (year < n && !is_year(&t[year])) year++;
    if (year == n) return true;
    size_t first = year, end = year + 1;
    while (first > 0 && !parts_names(t[first].gap) && is_of_name(t, n, first - 1)) first--;
    while (end < n && !parts_names(t[end].gap) && is_of_name(t, n, end)) end++;
    /* "The", "Here" and "This" have their capitals from where they stand. */
    while (first < year && (prose_word(names->lex, &t[first]) & (WORD_ARTICLE | WORD_PREPOSITION | WORD_PRONOUN)))
        first++;
    bool led = first == 0 || (prose_word(names->lex, &t[first - 1]) & WORD_ARTICLE) ||
               is_small_word(t[first - 1].key);
    if (!led || end - first < 2 || end - first > NAME_MAX + 1 ||
        !(has_name(names, t + first, year - first) || has_name(names, t + year + 1, end - year - 1)))
        return true;
    struct buffer name = {0};
    if (year > first)
        buffer_append(&name, text + t[first].begin, t[year - 1].end - t[first].begin);
    if (end > year + 1) {
        if (name.len) buffer_putc(&name, ' ');
        buffer_append(&name, text + t[year + 1].begin, t[end - 1].end - t[year + 1].begin);
    }
    char *model = name.failed ? NULL : arena_strndup(names->arena, buffer_text(&name), name.len);
    buffer_free(&name);
    struct subject s;
    if (!model || !subject_read(&s, names->arena, model, strlen(model), SUBJECT_CELL)) return false;
    s.year_first = s.year_last = (int)t[year].number;
    if (!*s.model) return true;
    *out = (struct prose_subject){.s = s, .known = true, .heading = "", .line = line};
    prose_subject_tokens(out);
    *found = true;
    return true;
}

/* How often the text has t[0, n), and how often other makes than `make`. False: a paragraph begins with another. */
static bool count_names(const struct prose_names *names, const struct token *t, size_t n, int make, size_t *own,
                        size_t *others)
{
    const struct document *d = names->document;
    struct token text[BLOCK_TOKENS];
    *own = *others = 0;
    for (size_t b = 0, seen = 0; b < d->n_blocks && seen < TOPIC_BLOCKS; b++) {
        const struct block *k = &d->blocks[b];
        if (k->kind != BLOCK_PARAGRAPH && k->kind != BLOCK_LIST_ITEM) continue;
        seen++;
        size_t m = tokens_split(k->text, k->len, TOKENS_TEXT, text, BLOCK_TOKENS);
        for (size_t i = 0; i < m; i++) {
            int other = -1;
            if (prose_same_tokens(text + i, m - i, t, n) == n && prose_is_name(&text[i])) ++*own;
            if (!prose_make(text + i, m - i, &other) || other == make) continue;
            ++*others;
            if (i < 2) return false;
        }
    }
    return true;
}

bool prose_topic_read(struct prose_subject *out, const struct prose_names *names, const char *text, size_t len, size_t line,
                      bool *found)
{
    struct sentence_span span;
    struct subject s = {.make = "", .model = "", .trim = "", .make_number = -1};
    size_t at = 0, best_n = 0;
    *found = false;
    for (size_t k = 0; k < TOPIC_SENTENCES && sentence_next(text, len, at, &span); k++, at = span.end) {
        struct token t[OPENING_TOKENS];
        const char *sentence = text + span.begin;
        size_t n = tokens_split(sentence, span.end - span.begin, TOKENS_TEXT, t, OPENING_TOKENS);
        for (size_t i = 0; i < n; i++) {
            int make = -1;
            size_t used = prose_make(t + i, n - i, &make), run = 0;
            if (!used) continue;
            while (i + used + run < n && run < TOPIC_NAME && is_of_name(t, n, i + used + run) &&
                   !parts_names(t[i + used + run].gap) &&
                   !(prose_word(names->lex, &t[i + used + run]) & (WORD_NO_NAME | WORD_DOCUMENT)))
                run++;
            if (best_n && make != s.make_number) return true; /* of several */
            /* As much of the name as the text says again. */
            for (size_t own, others; !best_n && run > 0; run--) {
                const struct token *name = t + i + used;
                if (run == 1 && strlen(name->key) < 2) break;
                if (!count_names(names, name, run, make, &own, &others)) return true;
                if (own < 2 || own <= others || !has_name(names, name, run)) continue;
                s.make_number = make;
                s.make = arena_strndup(names->arena, sentence + t[i].begin, t[i + used - 1].end - t[i].begin);
                s.model = arena_strndup(names->arena, sentence + name[0].begin, name[run - 1].end - name[0].begin);
                if (!s.make || !s.model) return false;
                best_n = run;
            }
            i += used - 1;
        }
    }
    if (!best_n) return true;
    *out = (struct prose_subject){.s = s, .known = true, .heading = "", .line = line};
    prose_subject_tokens(out);
    *found = true;
    return true;
}
