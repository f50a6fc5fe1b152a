/* Vehicles in questions: runs of words that stand together in names of the store. A run starts at a
 * word that can only be a name (a manufacturer, a distinctive model) and grows to both sides as long
 * as some record has all of its words. */
#include "query/columns.h"
#include "query/mention_finder.h"

#include <stdio.h>
#include <string.h>

static bool any_of_year(const struct finder *f, const uint32_t *records, size_t n)
{
    const struct catalog *c = word_index_catalog(f->v);
    for (size_t i = 0; i < n; i++) {
        const struct catalog_record *r = &c->records[records[i]];
        if (r->year_first && f->year >= r->year_first && (!r->year_last || f->year <= r->year_last)) return true;
    }
    return false;
}

/* Narrows the set by the word at i; false (set as it was) when no record is left, or none of the year
 * that was said: "the 2018 CX-9 with 2WD" is not the 2007 CX-9 2WD. */
bool finder_narrow(struct finder *f, size_t i, size_t *n_tokens, unsigned *parts, int *make)
{
    struct postings p = finder_word_records(f, i, n_tokens, parts, make);
    if (p.n == 0) return false;
    size_t n = postings_intersect(f->set, f->n_set, p.items, p.n, f->spare);
    if (n == 0) return false;
    if (f->year && any_of_year(f, f->set, f->n_set) && !any_of_year(f, f->spare, n)) return false;
    uint32_t *t = f->set;
    f->set = f->spare;
    f->spare = t;
    f->n_set = n;
    return true;
}

/* "ID. Buzz": a full stop that stands inside a name of the set, between words of it. */
static bool is_stop_of_name(const struct finder *f, size_t i)
{
    char pair[2 * TOKEN_KEY_MAX + 2];
    const struct catalog *c = word_index_catalog(f->v);
    if (i == 0 || f->q->tokens[i].kind != TOKEN_WORD || f->q->tokens[i - 1].kind != TOKEN_WORD) return false;
    const struct token *before = &f->q->tokens[i - 1], *here = &f->q->tokens[i];
    snprintf(pair, sizeof pair, "%s %s", before->key, here->key);
    for (size_t k = 0; k < f->n_set; k++) {
        const struct catalog_record *r = &c->records[f->set[k]];
        if (!strchr(r->title, '.')) continue;
        if (key_has_run(r->model_key, pair) || key_has_run(r->trim_key, pair) || key_has_run(r->make_key, pair)) return true;
        /* "Cad. Deville": between the maker, written short, and the model. */
        size_t len = strlen(before->key), at = strlen(r->make_key);
        bool make = at >= len && !strcmp(r->make_key + at - len, before->key) && (at == len || r->make_key[at - len - 1] == ' ');
        len = strlen(here->key);
        if (make && !strncmp(r->model_key, here->key, len) && (r->model_key[len] == ' ' || !r->model_key[len])) return true;
    }
    return false;
}

/* A word that may stand inside a name, for growing: not one that ends it. */
static bool may_grow(struct finder *f, size_t i, bool right)
{
    const struct labelled *q = f->q;
    if (i >= q->n_tokens || f->taken[i]) return false;
    const struct token *t = &q->tokens[i];
    unsigned gap = right ? t->gap : t->gap_end;
    if ((gap & GAP_STOP) && !(gap & (GAP_COMMA | GAP_COLON)) && is_stop_of_name(f, right ? i : i + 1)) return true;
    if (gap & (GAP_STOP | GAP_COMMA | GAP_COLON)) return false;
    if (t->kind == TOKEN_SIGN) return false;
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = label_words_of(q, i, words);
    bool function = false;
    for (size_t k = 0; k < n_words; k++) function = function || words[k].class == WORD_FUNCTION;
    /* "a" and "an" may be letters of a name: "Citroen e", but not between words. */
    if (function && !(gap == GAP_HYPHEN || gap == 0)) {
        /* "EV with 50kWh": only where the name goes on behind it. */
        size_t n_tokens;
        unsigned parts;
        int make;
        if (!right || t->kind != TOKEN_WORD) return t->kind == TOKEN_HAN;
        struct postings here = finder_word_records(f, i, &n_tokens, &parts, &make);
        if (here.n == 0 || i + 1 >= q->n_tokens) return false;
        size_t n = postings_intersect(f->set, f->n_set, here.items, here.n, f->spare);
        if (n == 0) return false;
        struct postings next = finder_word_records(f, i + 1, &n_tokens, &parts, &make);
        return next.n && !(q->tokens[i + 1].gap & (GAP_STOP | GAP_COMMA));
    }
    return true;
}

static void take_year(struct finder *f, struct mention *m, size_t i, size_t number)
{
    int year = token_year(f->q, i);
    if (!year || m->year || f->taken[i]) return;
    m->year = year;
    f->taken[i] = (unsigned char)number;
    /* "MY24": the letters before it too. */
    if (i > 0 && strcmp(f->q->tokens[i - 1].key, "my") == 0 && !f->taken[i - 1])
        f->taken[i - 1] = (unsigned char)number;
}

bool finder_grow(struct finder *f, struct mention *m, size_t number, struct arena *arena)
{
    struct labelled *q = f->q;
    size_t at = m->first + m->n, n_tokens;
    unsigned parts;
    int make;
    bool model = false;
    size_t skipped = 0;
    if (m->first > 0 && !(q->tokens[m->first].gap & (GAP_STOP | GAP_COMMA))) {
        take_year(f, m, m->first - 1, number);
        /* "22 vantrell osprey": typed without an apostrophe, right before a maker. */
        const struct token *y = &q->tokens[m->first - 1];
        if (!m->year && m->make_only && y->kind == TOKEN_NUMBER && strlen(y->key) == 2 &&
            !f->taken[m->first - 1] && !strchr(y->key, '.') && q->tokens[m->first].gap == GAP_SPACE &&
            (y->number <= 35 || y->number >= 60)) {
            m->year = (int)y->number + (y->number <= 35 ? 2000 : 1900);
            f->taken[m->first - 1] = (unsigned char)number;
        }
    }
    while (at < q->n_tokens) {
        /* Words that are categories as well do not lead to another year's name; plain names do, so that
         * the year can be said to be missing. */
        f->year = finder_is_category(q, at) ? m->year : 0;
        if (token_year(q, at) && !f->taken[at] && !m->year) {
            /* "Peugeot 2008": a year that is a name too is one right behind its maker. */
            bool name = !model && may_grow(f, at, true) && finder_narrow(f, at, &n_tokens, &parts, &make) &&
                        (parts & NAME_MODEL);
            if (name) {
                f->taken[at] = (unsigned char)number;
                m->make_only = false;
                model = true;
                at++;
                continue;
            }
            if (q->tokens[at].gap & (GAP_STOP | GAP_COMMA)) break;
            take_year(f, m, at, number);
            at++;
            continue;
        }
        if (!may_grow(f, at, true)) {
            /* "the F-150 with the 3.5 EcoBoost": the name goes on behind words of no meaning. */
            size_t next = at;
            while (next < q->n_tokens && next < at + 2 && !f->taken[next] &&
                   !(q->tokens[next].gap & (GAP_STOP | GAP_COMMA | GAP_COLON)) && finder_is_link(q, next))
                next++;
            if (next == at || next >= q->n_tokens || f->taken[next] || token_year(q, next) ||
                (q->tokens[next].gap & (GAP_STOP | GAP_COMMA | GAP_COLON)) || finder_is_common(q, next) ||
                finder_is_figure(f, next) || finder_is_anchor(f, next) || q->tokens[next].kind == TOKEN_HAN)
                break;
            f->year = m->year;
            if (!finder_narrow(f, next, &n_tokens, &parts, &make)) break;
            for (size_t k = at; k < next + n_tokens; k++) f->taken[k] = (unsigned char)number;
            if (parts & ~(unsigned)NAME_MAKE) {
                m->make_only = false;
                model = true;
            }
            at = next + n_tokens;
            m->n = at - m->first;
            continue;
        }
        if (finder_is_figure(f, at)) {
            /* "75,7 kWh" may be part of the name: only when name words go on with its unit. */
            size_t n2;
            struct postings p = finder_word_records(f, at, &n2, &parts, &make);
            struct postings u = at + 1 < q->n_tokens
                                    ? finder_word_records(f, at + 1, &n2, &parts, &make)
                                    : (struct postings){NULL, 0};
            if (!p.n || !u.n) break;
            size_t both = postings_intersect(p.items, p.n, u.items, u.n, f->spare);
            if (!both) break;
        }
        bool wheels = finder_is_driven_wheels(q, at);
        if (wheels) {
            n_tokens = 3;
            parts = NAME_MODEL;
        }
        if (wheels ? finder_narrow_by_wheels(f, at) : finder_narrow(f, at, &n_tokens, &parts, &make)) {
            for (size_t k = 0; k < n_tokens; k++) f->taken[at + k] = (unsigned char)number;
            if (parts & ~(unsigned)NAME_MAKE) {
                m->make_only = false;
                model = true;
            }
            at += n_tokens;
            m->n = at - m->first;
            skipped = 0;
            continue;
        }
        if (wheels) break;
        /* One word that the names do not have may stand inside: a body style. */
        struct word words[WORD_MAX_MEANINGS];
        if (++skipped > 1 || !finder_is_common(q, at) || finder_is_anchor(f, at) || label_words_of(q, at, words) ||
            (at + 1 < q->n_tokens && token_year(q, at + 1)))
            break;
        at++;
    }
    f->year = 0;
    /* To the left: "E46 M3", "the 3008 Peugeot". */
    for (size_t left = m->first; left-- > 0;) {
        if (f->taken[left] == number && token_year(q, left)) continue;
        if (f->taken[left]) break;
        if (token_year(q, left)) {
            take_year(f, m, left, number);
            if (m->year) continue;
            break;
        }
        if (!may_grow(f, left, false)) break;
        bool word = q->tokens[left].kind == TOKEN_WORD;
        if (word && finder_is_common(q, left)) break;
        if (!finder_narrow(f, left, &n_tokens, &parts, &make) || n_tokens > 1) break;
        f->taken[left] = (unsigned char)number;
        m->first = left;
        m->n++;
        m->make_only = false;
    }
    finder_take_version_before(f, m, number);
    finder_take_version_behind(f, m, number);
    size_t end = m->first + m->n;
    while (end < q->n_tokens && f->taken[end] == number) end++;
    /* "(2021)", "von 2022" right behind. */
    for (size_t k = 0; k < 2 && !m->year && end + k < q->n_tokens; k++) {
        size_t i = end + k;
        struct word words[WORD_MAX_MEANINGS];
        size_t n_words;
        if (token_year(q, i) && !(q->tokens[i].gap & (GAP_STOP | GAP_COMMA))) {
            take_year(f, m, i, number);
            break;
        }
        if (q->tokens[i].kind == TOKEN_HAN) continue;
        if (!lexicon_match(&q->tokens[i], 1, words, &n_words) ||
            (strcmp(q->tokens[i].key, "von") && strcmp(q->tokens[i].key, "from") &&
             strcmp(q->tokens[i].key, "of") && strcmp(q->tokens[i].key, "de")))
            break;
    }
    /* "where is the Mazda MX-5 built": behind a name with capitals a word without one is none of it. */
    bool capitals = false;
    for (size_t i = m->first; i < m->first + m->n; i++) capitals = capitals || q->tokens[i].upper;
    for (size_t i = end; i < q->n_tokens && finder_is_unknown_name(f, i, i == end); i++) {
        if (capitals && q->tokens[i].kind == TOKEN_WORD && !q->tokens[i].upper && q->tokens[i].gap == GAP_SPACE &&
            !(i + 1 < q->n_tokens && q->tokens[i + 1].kind == TOKEN_NUMBER && q->tokens[i + 1].gap == GAP_NONE))
            break;
        if (m->unknown_n == 0) m->unknown_first = i;
        m->unknown_n++;
        f->taken[i] = (unsigned char)number;
    }
    /* "12月款", "款" between a year and its name are fillers; "Volvos" is a plural. */
    const struct token *last = &q->tokens[m->first + m->n - 1];
    size_t len = strlen(last->key);
    m->plural = last->kind == TOKEN_WORD && len > 3 && last->key[len - 1] == 's' &&
                !word_index_name(f->v, last->key);
    m->records = arena_array(arena, f->n_set + 1, sizeof *m->records);
    if (!m->records) return false;
    memcpy(m->records, f->set, f->n_set * sizeof *m->records);
    m->n_records = f->n_set;
    return true;
}

void finder_start(struct finder *f, struct postings p)
{
    f->year = 0;
    memcpy(f->set, p.items, p.n * sizeof *f->set);
    f->n_set = p.n;
}

/* "力" of "最大马力": inside the name of an attribute. */
static bool is_in_han_phrase(const struct labelled *q, size_t i)
{
    enum { BACK = 5 };
    for (size_t k = i; q->tokens[i].kind == TOKEN_HAN && k-- > 0 && i - k < BACK && q->tokens[k].kind == TOKEN_HAN;) {
        const struct term *terms = NULL;
        size_t n = 0, run = registry_match(&q->tokens[k], q->n_tokens - k, &terms, &n);
        bool all = k + run > i;
        for (size_t t = 0; t < n && all; t++) all = terms[t].kind == TERM_ATTRIBUTE && !terms[t].code;
        if (all && n) return true;
    }
    return false;
}

/* "grand" of "35 grand", though a Pontiac is called so too. */
static bool is_of_number(const struct labelled *q, size_t i)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n = 0;
    bool number = i > 0 && (q->tokens[i - 1].kind == TOKEN_NUMBER || label_is_number_word(q->tokens[i - 1].key));
    if (i > 0 && !number && lexicon_match(&q->tokens[i - 1], 1, words, &n) == 1)
        for (size_t k = 0; k < n; k++) number = number || words[k].class == WORD_NUMBER;
    return number && q->tokens[i].gap == GAP_SPACE && !q->tokens[i].upper &&
           label_is_number_word(q->tokens[i].key) && (i + 1 >= q->n_tokens || !q->tokens[i + 1].upper);
}

/* "Daily" of "daily rate": a word of a column's name whose other words stand in the question behind it. */
static bool is_in_column_name(const struct finder *f, size_t i)
{
    const struct labelled *q = f->q;
    const struct catalog *c = word_index_catalog(f->v);
    if (i + 1 >= q->n_tokens || q->tokens[i].kind != TOKEN_WORD || (q->tokens[i].upper && i > 0 && !(q->tokens[i].gap & GAP_STOP))) return false;
    struct word words[WORD_MAX_MEANINGS];
    const struct term *terms;
    size_t n_words = 0, n_terms = 0;
    /* Behind it goes on what is measured, no version's name. */
    if (!registry_match(&q->tokens[i + 1], q->n_tokens - i - 1, &terms, &n_terms) && !lexicon_match(&q->tokens[i + 1], 1, words, &n_words))
        return false;
    for (size_t k = 0; k < c->n_columns; k++) {
        struct buffer name = {0};
        if (c->columns[k].attribute >= 0 || !key_has_run(c->columns[k].key, q->tokens[i].key)) continue;
        tokens_key(c->columns[k].name, strlen(c->columns[k].name), TOKENS_IDENTIFIER, &name);
        size_t in = 0, all = 0;
        for (const char *w = buffer_text(&name); !name.failed && *w;) {
            size_t len = strcspn(w, " ");
            bool found = false;
            for (size_t t = i; t < q->n_tokens && t < i + 4 && !found; t++)
                found = strlen(q->tokens[t].key) == len && memcmp(q->tokens[t].key, w, len) == 0;
            in += found;
            all++;
            w += len + (w[len] == ' ');
        }
        buffer_free(&name);
        if (all > 1 && in == all) return true;
    }
    return false;
}

bool mentions_find(struct labelled *q, const struct word_index *v, const size_t *context,
                   size_t n_context, unsigned char *taken, struct arena *arena, struct error *err)
{
    size_t n = word_index_catalog(v)->n_records;
    struct finder f = {.q = q, .v = v, .taken = taken, .context = context, .n_context = n_context};
    f.set = arena_array(arena, n + 1, sizeof *f.set);
    f.spare = arena_array(arena, n + 1, sizeof *f.spare);
    for (int k = 0; k < 3; k++) f.joined[k] = arena_array(arena, n + 1, sizeof *f.joined[k]);
    if (!f.set || !f.spare || !f.joined[0] || !f.joined[1] || !f.joined[2]) return error_memory(err, "a question");
    for (size_t i = 0; i < q->n_tokens && q->n_mentions < QUESTION_MAX_MENTIONS; i++) {
        if (taken[i] || !finder_is_anchor(&f, i) || is_in_han_phrase(q, i) || is_of_number(q, i) || is_in_column_name(&f, i)) continue;
        size_t n_tokens;
        unsigned parts;
        int make;
        struct postings p = finder_word_records(&f, i, &n_tokens, &parts, &make);
        struct mention *m = &q->mentions[q->n_mentions++];
        *m = (struct mention){.first = i, .n = n_tokens, .make = make};
        m->make_only = (parts & NAME_MAKE) != 0;
        for (size_t k = 0; k < n_tokens; k++) taken[i + k] = (unsigned char)q->n_mentions;
        finder_start(&f, p);
        if (!finder_grow(&f, m, q->n_mentions, arena)) return error_memory(err, "a question");
    }
    /* Manufacturers that the store does not have. */
    for (size_t i = 0; i < q->n_tokens && q->n_mentions < QUESTION_MAX_MENTIONS; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0, run;
        if (taken[i] || finder_is_unit(q, i)) continue;
        run = registry_match(&q->tokens[i], q->n_tokens - i, &terms, &n_terms);
        for (size_t k = 0; run && k < n_terms; k++) {
            if (terms[k].kind != TERM_MAKE || word_index_make(v, terms[k].id).n) continue;
            if (finder_is_common(q, i) && !(q->tokens[i].upper && i > 0)) continue;
            struct mention *m = &q->mentions[q->n_mentions++];
            *m = (struct mention){.first = i, .n = run, .make = terms[k].id, .alone_make = true};
            for (size_t j = 0; j < run; j++) taken[i + j] = (unsigned char)q->n_mentions;
            f.n_set = 0;
            if (!finder_grow(&f, m, q->n_mentions, arena)) return error_memory(err, "a question");
            break;
        }
    }
    finder_join_versions(&f);
    if (q->n_mentions == 1 && !finder_find_versions(&f, arena)) return error_memory(err, "a question");
    if (q->n_mentions == 1 && !finder_find_sibling(&f, arena)) return error_memory(err, "a question");
    if (!finder_find_in_context(&f, arena)) return error_memory(err, "a question");
    return true;
}
