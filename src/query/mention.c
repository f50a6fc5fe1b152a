/* Vehicles in questions: runs of words that stand together in names of the store. A run starts at a
 * word that can only be a name (a manufacturer, a distinctive model) and grows to both sides as long
 * as some record has all of its words. */
#include "query/mention_finder.h"

#include <stdio.h>
#include <string.h>

/* What the lexicon says of one word, in the question's language: "m" and "se" are words in French and
 * Spanish alone. */
size_t finder_words_of(const struct labelled *q, size_t i, struct word *out)
{
    size_t n = 0, kept = 0;
    if (!lexicon_match(&q->tokens[i], 1, out, &n)) return 0;
    for (size_t k = 0; k < n; k++)
        if (out[k].languages >> q->language & 1) out[kept++] = out[k];
    return kept;
}

/* Words that carry no name on their own, though some name may hold them. */
static bool is_common(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    const struct term *terms;
    size_t n_terms = 0;
    struct word words[WORD_MAX_MEANINGS];
    if (finder_words_of(q, i, words)) return true;
    if (!registry_match(t, q->n_tokens - i, &terms, &n_terms)) return false;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].kind != TERM_MAKE && !terms[k].code) return true;
    return false;
}

/* A capital word that means something in other languages only: "the Transporter" of an English question.
 * German has capitals for all nouns. */
static bool is_foreign_word(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    const struct term *terms;
    size_t n_terms = 0;
    struct word words[WORD_MAX_MEANINGS];
    const char *language = LEXICON_LANGUAGES[q->language];
    if (!t->upper || i == 0 || (t->gap & GAP_STOP) || !strcmp(language, "de") || finder_words_of(q, i, words))
        return false;
    if (!registry_match(t, q->n_tokens - i, &terms, &n_terms)) return false;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].languages & (1u << q->language)) return false;
    return n_terms > 0;
}

int token_year(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    if (t->kind != TOKEN_NUMBER || strchr(t->key, '.')) return 0;
    size_t len = strlen(t->key);
    if (len > 4) return 0; /* and no figure too large for an int */
    int n = (int)t->number;
    if (len == 4 && n >= 1885 && n <= 2049 && t->end - t->begin == 4) return n;
    if (len == 2 && t->begin > 0) {
        /* "'22", "MY24" */
        char quote = q->text[t->begin - 1];
        bool curly = t->begin >= 3 && memcmp(q->text + t->begin - 3, "\xe2\x80\x99", 3) == 0;
        bool my = i > 0 && strcmp(q->tokens[i - 1].key, "my") == 0 && !t->gap;
        if (quote == '\'' || curly || my) return n <= 35 ? 2000 + n : 1900 + n;
    }
    return 0;
}

static bool is_category(const struct labelled *q, size_t i)
{
    const struct term *terms = NULL;
    size_t n = 0;
    if (!registry_match(&q->tokens[i], q->n_tokens - i, &terms, &n)) return false;
    for (size_t k = 0; k < n; k++)
        if (terms[k].kind == TERM_CATEGORY) return true;
    return false;
}

/* Both lists as one, rising. */
static struct postings postings_join(struct postings a, struct postings b, uint32_t *out)
{
    size_t n = 0, i = 0, j = 0;
    while (i < a.n || j < b.n) {
        if (j == b.n || (i < a.n && a.items[i] < b.items[j])) {
            out[n++] = a.items[i++];
        } else {
            if (i < a.n && a.items[i] == b.items[j]) i++;
            out[n++] = b.items[j++];
        }
    }
    return (struct postings){out, n};
}

static bool glued(const struct token *t)
{
    return (t->gap & ~(unsigned)GAP_HYPHEN) == 0;
}

/* The records that have the word of token i in their name; a manufacturer's alias stands for it. *n_tokens:
 * how many tokens that is. */
static struct postings word_records(struct finder *f, size_t i, size_t *n_tokens,
                                    unsigned *parts, int *make)
{
    const struct token *t = &f->q->tokens[i];
    const struct term *terms = NULL;
    size_t n_terms = 0, n_make = 1;
    struct postings makers = {NULL, 0};
    *n_tokens = 1;
    *parts = 0;
    *make = -1;
    size_t n = registry_match(t, f->q->n_tokens - i, &terms, &n_terms);
    for (size_t k = 0; n && k < n_terms; k++)
        if (terms[k].kind == TERM_MAKE) {
            makers = word_index_make(f->v, terms[k].id);
            *make = terms[k].id;
            n_make = n;
        }
    const struct name_word *w = word_index_name(f->v, t->key);
    if (makers.n) {
        *parts = NAME_MAKE;
        *n_tokens = n_make;
        if (n_make == 2) {
            /* "BMW Alpina": of that maker, or with both words in the name. */
            const struct name_word *second = word_index_name(f->v, t[1].key);
            if (!w || !second) return makers;
            uint32_t *both = f->joined[2];
            size_t n_both = postings_intersect(w->records.items, w->records.n, second->records.items,
                                               second->records.n, both);
            uint32_t *out = f->joined[f->flip];
            f->flip = !f->flip;
            *parts |= NAME_MODEL;
            return postings_join(makers, (struct postings){both, n_both}, out);
        }
        if (!w || n_make > 1) return makers;
        /* "MG", "Alpina": a maker, and a word of other makers' names. */
        *parts |= w->parts;
        uint32_t *out = f->joined[f->flip];
        f->flip = !f->flip;
        return postings_join(makers, w->records, out);
    }
    size_t len = strlen(t->key);
    if (!w && t->kind == TOKEN_WORD && len > 3 && t->key[len - 1] == 's') {
        char key[TOKEN_KEY_MAX];
        memcpy(key, t->key, len - 1);
        key[len - 1] = '\0';
        w = word_index_name(f->v, key);
    }
    /* "Hi Lux" of a name that is written in one. */
    if (!w && i + 1 < f->q->n_tokens && t->kind == TOKEN_WORD &&
        f->q->tokens[i + 1].kind == TOKEN_WORD && len + strlen(t[1].key) < TOKEN_KEY_MAX) {
        char key[2 * TOKEN_KEY_MAX];
        memcpy(key, t->key, len);
        strcpy(key + len, t[1].key);
        w = word_index_name(f->v, key);
        if (w) *n_tokens = 2;
    }
    if (!w) return (struct postings){NULL, 0};
    *parts = w->parts;
    return w->records;
}

/* Whether a number at i has a unit behind it, so that it is a figure and no name ("300 hp"). */
static bool is_figure(const struct finder *f, size_t i)
{
    const struct token *t = &f->q->tokens[i];
    if (t->kind != TOKEN_NUMBER) return false;
    const char *behind = f->q->text + t->end;
    size_t skip = strspn(behind, " \xc2\xa0"), used;
    if (!unit_parse(behind + skip, strlen(behind + skip), &used)) return false;
    /* "2.0 in g/km": a preposition. */
    return !(skip && i + 1 < f->q->n_tokens && lexicon_has(t[1].key) && used == t[1].end - t[1].begin);
}

/* Whether the token is a unit as a whole ("kW"), so that it is no maker's initials. */
static bool is_unit(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    size_t used;
    return t->kind == TOKEN_WORD && unit_parse(q->text + t->begin, strlen(q->text + t->begin), &used) &&
           used >= t->end - t->begin;
}

bool is_engine_code(const struct token *t)
{
    static const char LETTERS[] = "viwlrhb";
    return t[0].key[0] && !t[0].key[1] && strchr(LETTERS, t[0].key[0]) && t[1].kind == TOKEN_NUMBER &&
           glued(&t[1]) && !(t[1].gap_end == 0 && t[2].kind == TOKEN_WORD) && t[1].number >= 2 &&
           t[1].number <= 16 && strlen(t[1].key) <= 2;
}

/* Whether the words at i and i + 1 stand in one name together. */
static bool pair_is_named(struct finder *f, size_t i, struct postings first)
{
    size_t n_tokens;
    unsigned parts;
    int make;
    if (i + 1 >= f->q->n_tokens || (f->q->tokens[i + 1].gap & (GAP_STOP | GAP_COMMA | GAP_COLON))) return false;
    struct postings next = word_records(f, i + 1, &n_tokens, &parts, &make);
    return next.n && postings_intersect(first.items, first.n, next.items, next.n, f->spare) > 0;
}

/* "the 2024 2509", "2025 R 1", "the 2015 Type U", "a 60e": numbers, letters and common words that begin a model's
 * name, told by the year before them or the letters glued to them. */
static bool is_coded_anchor(struct finder *f, size_t i, struct postings p)
{
    const struct labelled *q = f->q;
    const struct token *t = &q->tokens[i];
    bool number = t->kind == TOKEN_NUMBER && !strchr(t->key, '.');
    bool dated = i > 0 && token_year(q, i - 1) && t->gap == GAP_SPACE && !token_year(q, i);
    bool pair = pair_is_named(f, i, p);
    bool letters = number && pair && t[1].kind == TOKEN_WORD && t[1].gap == GAP_NONE && strlen(t[1].key) <= 3;
    if (letters && (dated || !is_figure(f, i))) return true;
    if (!dated) return false;
    if (number) return !is_figure(f, i);
    bool letter = t->kind == TOKEN_WORD && strlen(t->key) == 1;
    return pair && (letter || t->upper);
}

/* Whether a name may begin at token i: nothing else is called so. */
static bool is_anchor(struct finder *f, size_t i)
{
    const struct labelled *q = f->q;
    const struct token *t = &q->tokens[i];
    const struct term *terms = NULL;
    size_t n_terms = 0, n_tokens;
    unsigned parts;
    int make;
    if (t->kind == TOKEN_SIGN || finder_is_driven_wheels(q, i) ||
        (i > 0 && finder_is_driven_wheels(q, i - 1)))
        return false;
    struct postings p = word_records(f, i, &n_tokens, &parts, &make);
    /* "kW" is a unit, and "KGM" a maker, unless a number stands before it; "m3" may be a name. */
    bool numbered = i > 0 && q->tokens[i - 1].kind == TOKEN_NUMBER;
    bool digits = i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && glued(&t[1]);
    if (is_unit(q, i) && (numbered || !(digits || ((parts & NAME_MAKE) && t->upper)))) return false;
    size_t run = registry_match(t, q->n_tokens - i, &terms, &n_terms);
    /* A longer phrase of the registry: "seat height" is not SEAT's. */
    bool phrase = false;
    for (size_t k = 0; k < n_terms; k++)
        phrase = phrase || (run > n_tokens && terms[k].kind != TERM_MAKE && !terms[k].code);
    if (phrase) return false;
    if (p.n == 0) return false;
    if ((parts & NAME_MODEL) && is_coded_anchor(f, i, p)) return true;
    if (t->kind == TOKEN_NUMBER) return false;
    if (parts & NAME_MAKE) {
        if (!is_common(q, i)) return true;
        /* "Smart", "Mini", "Ram": words that mean something else as well need a sign of a name. */
        if (t->upper && i > 0 && !(t->gap & GAP_STOP)) return true;
        if (i + n_tokens < q->n_tokens) {
            size_t n2;
            unsigned parts2;
            int make2;
            struct postings next = word_records(f, i + n_tokens, &n2, &parts2, &make2);
            if ((parts2 & NAME_MODEL) && (t->upper || !is_common(q, i + n_tokens)) &&
                postings_intersect(p.items, p.n, next.items, next.n, f->spare) > 0)
                return true;
        }
        return false;
    }
    if (!(parts & NAME_MODEL)) return false;
    if (t->kind == TOKEN_HAN) return !is_common(q, i);
    /* "m3", "x5", "e46": letters and digits that stand together. */
    if (i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && glued(&t[1]) && strlen(t->key) <= 3) {
        if (is_engine_code(t)) return false;
        /* "4x4" is no X4. */
        if (i > 0 && glued(t) && q->tokens[i - 1].kind == TOKEN_NUMBER) return false;
        struct token pair[2] = {t[0], t[1]};
        if (registry_match(pair, 2, &terms, &n_terms) == 2) return false;
        const struct name_word *number = word_index_name(f->v, t[1].key);
        return number && (number->parts & NAME_MODEL) &&
               postings_intersect(p.items, p.n, number->records.items, number->records.n,
                                  f->spare) > 0;
    }
    if (strlen(t->key) == 2 && i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && t[1].gap == GAP_SPACE &&
        !is_common(q, i) && !token_year(q, i + 1) && !is_figure(f, i + 1)) {
        /* "kx 400" */
        const struct name_word *number = word_index_name(f->v, t[1].key);
        return number && postings_intersect(p.items, p.n, number->records.items, number->records.n, f->spare) > 0;
    }
    return strlen(t->key) >= 3 && (!is_common(q, i) || is_foreign_word(q, i));
}

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
    struct postings p = word_records(f, i, n_tokens, parts, make);
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

/* A word that may stand inside a name, for growing: not one that ends it. */
static bool may_grow(struct finder *f, size_t i, bool right)
{
    const struct labelled *q = f->q;
    if (i >= q->n_tokens || f->taken[i]) return false;
    const struct token *t = &q->tokens[i];
    unsigned gap = right ? t->gap : t->gap_end;
    if (gap & (GAP_STOP | GAP_COMMA | GAP_COLON)) return false;
    if (t->kind == TOKEN_SIGN) return false;
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = finder_words_of(q, i, words);
    bool function = false;
    for (size_t k = 0; k < n_words; k++) function = function || words[k].class == WORD_FUNCTION;
    /* "a" and "an" may be letters of a name: "Citroen e", but not between words. */
    if (function && !(gap == GAP_HYPHEN || gap == 0)) {
        /* "EV with 50kWh": only where the name goes on behind it. */
        size_t n_tokens;
        unsigned parts;
        int make;
        if (!right || t->kind != TOKEN_WORD) return t->kind == TOKEN_HAN;
        struct postings here = word_records(f, i, &n_tokens, &parts, &make);
        if (here.n == 0 || i + 1 >= q->n_tokens) return false;
        size_t n = postings_intersect(f->set, f->n_set, here.items, here.n, f->spare);
        if (n == 0) return false;
        struct postings next = word_records(f, i + 1, &n_tokens, &parts, &make);
        return next.n && !(q->tokens[i + 1].gap & (GAP_STOP | GAP_COMMA));
    }
    return true;
}

/* Words that link a name's parts in speech: "with the", "in the". */
bool finder_is_link(const struct labelled *q, size_t i)
{
    static const char *const LINKS[] = {"with", "the", "a",   "mit",  "dem",  "der", "avec",
                                        "le",   "la",  "con", "el",   "und",  "its"};
    for (size_t k = 0; k < sizeof LINKS / sizeof *LINKS; k++)
        if (strcmp(q->tokens[i].key, LINKS[k]) == 0) return true;
    return false;
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

/* A word that can belong to a name which the store does not have: no word of the lexicon or the
 * registry, no unit, no figure. */
static bool is_unknown_name(const struct finder *f, size_t i, bool first)
{
    const struct labelled *q = f->q;
    const struct token *t = &q->tokens[i];
    if (f->taken[i] || t->kind == TOKEN_SIGN || (t->gap & (GAP_STOP | GAP_COMMA | GAP_COLON)))
        return false;
    if ((t->gap & GAP_HYPHEN) && (t->gap & GAP_SPACE)) return false; /* "Heron - 0-100 km/h" */
    if (t->kind == TOKEN_HAN) return false;
    if (t->kind == TOKEN_NUMBER) return !is_figure(f, i) && !token_year(q, i) && (first || glued(t));
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = finder_words_of(q, i, words), used;
    const struct term *terms;
    size_t n_terms = 0;
    bool upper = t->upper && !(t->gap & GAP_STOP);
    if (n_words) {
        bool strong = false;
        for (size_t k = 0; k < n_words; k++)
            strong = strong || words[k].class != WORD_FILLER;
        /* "Honda Fit": a capital letter in the middle of a sentence. */
        if (strong || !upper) return false;
    }
    size_t run = registry_match(t, q->n_tokens - i, &terms, &n_terms);
    /* "Towing Capacity": what is asked, with capitals; and German writes nouns so: "Aura One Preis". */
    for (size_t k = 0; run && k < n_terms; k++)
        if (terms[k].kind == TERM_ATTRIBUTE && !terms[k].code && (run > 1 || (terms[k].languages & 3) == 2))
            return false;
    if (run && !(upper && first)) {
        for (size_t k = 0; k < n_terms; k++)
            if (!terms[k].code) return false;
    }
    const uint32_t *ids;
    size_t n_ids;
    if (word_index_match_terms(f->v, t, q->n_tokens - i, &ids, &n_ids) ||
        word_index_match_columns(f->v, t, q->n_tokens - i, &ids, &n_ids))
        return false;
    if (word_index_documents(f->v, t->key).n) return false;
    if (unit_parse(q->text + t->begin, strlen(q->text + t->begin), &used) &&
        used == t->end - t->begin)
        return false;
    return true;
}

static bool grow(struct finder *f, struct mention *m, size_t number, struct arena *arena)
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
        f->year = is_category(q, at) ? m->year : 0;
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
                (q->tokens[next].gap & (GAP_STOP | GAP_COMMA | GAP_COLON)) || is_common(q, next) ||
                is_figure(f, next) || is_anchor(f, next) || q->tokens[next].kind == TOKEN_HAN)
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
        if (is_figure(f, at)) {
            /* "75,7 kWh" may be part of the name: only when name words go on with its unit. */
            size_t n2;
            struct postings p = word_records(f, at, &n2, &parts, &make);
            struct postings u = at + 1 < q->n_tokens
                                    ? word_records(f, at + 1, &n2, &parts, &make)
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
        if (++skipped > 1 || !is_common(q, at) || is_anchor(f, at) || finder_words_of(q, at, words) ||
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
        if (word && is_common(q, left)) break;
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
    for (size_t i = end; i < q->n_tokens && is_unknown_name(f, i, i == end); i++) {
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

static void start(struct finder *f, struct postings p)
{
    f->year = 0;
    memcpy(f->set, p.items, p.n * sizeof *f->set);
    f->n_set = p.n;
}

/* Names of which only the part that tells vehicles apart is said, after a turn about others of the
 * same maker or model: "and the 130ch one?", "the Cup 430". */
static bool find_in_context(struct finder *f, struct arena *arena)
{
    struct labelled *q = f->q;
    const struct catalog *c = word_index_catalog(f->v);
    if (!f->n_context || q->n_mentions) return true;
    const struct catalog_record *about = &c->records[f->context[0]];
    /* All records of the same model, else of the same maker, in the same source. */
    for (int level = 0; level < 2 && !q->n_mentions; level++) {
        size_t n = 0;
        uint32_t *all = arena_array(arena, c->n_records + 1, sizeof *all);
        if (!all) return false;
        for (size_t i = 0; i < c->n_records; i++) {
            const struct catalog_record *r = &c->records[i];
            if (r->source == about->source && strcmp(r->make_key, about->make_key) == 0 &&
                (level == 1 || strcmp(r->model_key, about->model_key) == 0))
                all[n++] = (uint32_t)i;
        }
        for (size_t i = 0; i < q->n_tokens && !q->n_mentions; i++) {
            size_t n_tokens;
            unsigned parts;
            int make;
            if (f->taken[i] || q->tokens[i].kind == TOKEN_SIGN || token_year(q, i)) continue;
            if (q->tokens[i].kind != TOKEN_HAN && is_common(q, i)) {
                /* "4WD": the whole of the phrase. */
                const struct term *terms;
                size_t n_terms, run = registry_match(&q->tokens[i], q->n_tokens - i, &terms, &n_terms);
                i += run ? run - 1 : 0;
                continue;
            }
            start(f, (struct postings){all, n});
            if (!finder_narrow(f, i, &n_tokens, &parts, &make) || f->n_set == n) continue;
            struct mention *m = &q->mentions[q->n_mentions++];
            *m = (struct mention){.first = i, .n = n_tokens, .make = -1};
            for (size_t k = 0; k < n_tokens; k++) f->taken[i + k] = (unsigned char)q->n_mentions;
            if (!grow(f, m, q->n_mentions, arena)) return false;
        }
    }
    return true;
}

/* "Which Sedra is faster, the Trail 2.0 AWD or the Core 1.2T": versions of a model that was named before.
 * The model alone is no vehicle of its own then. */
static bool find_versions(struct finder *f, struct arena *arena)
{
    struct labelled *q = f->q;
    struct mention model = q->mentions[0];
    if (model.n_records < 2 || model.unknown_n || model.alone_make) return true;
    size_t found = 0;
    for (size_t i = model.first + model.n; i < q->n_tokens && q->n_mentions < QUESTION_MAX_MENTIONS; i++) {
        size_t n_tokens;
        unsigned parts;
        int make;
        if (f->taken[i] || q->tokens[i].kind == TOKEN_SIGN || token_year(q, i) || is_figure(f, i) ||
            q->tokens[i].kind == TOKEN_NUMBER || is_common(q, i) || is_unit(q, i))
            continue;
        start(f, (struct postings){model.records, model.n_records});
        if (!finder_narrow(f, i, &n_tokens, &parts, &make) || f->n_set == model.n_records) continue;
        struct mention *m = &q->mentions[q->n_mentions++];
        *m = (struct mention){.first = i, .n = n_tokens, .make = -1, .year = model.year};
        for (size_t k = 0; k < n_tokens; k++) f->taken[i + k] = (unsigned char)q->n_mentions;
        if (!grow(f, m, q->n_mentions, arena)) return false;
        found++;
    }
    if (found >= 2) q->mentions[0].only_context = true;
    else if (found == 1) {
        /* One version: the model's name goes on there. */
        struct mention *m = &q->mentions[1];
        if (m->unknown_n == 0) {
            q->mentions[0].records = m->records;
            q->mentions[0].n_records = m->n_records;
            q->mentions[0].make_only = false;
        }
        q->mentions[1].only_context = true;
    }
    return true;
}

/* "Is the Sorento X-Pro heavier than the LX?": behind a word that sets side by side, a version alone of the model
 * that was named with another one. */
static bool find_sibling(struct finder *f, struct arena *arena)
{
    static const char BESIDE[] = " than or and vs versus against als oder und gegen que ou et o y contra ";
    static const char ARTICLES[] = " the a der die das dem den ein eine le la l un une el los ";
    struct labelled *q = f->q;
    const struct catalog *c = word_index_catalog(f->v);
    const struct mention named = q->mentions[0];
    if (named.n_records == 0 || named.unknown_n || named.alone_make || named.make_only) return true;
    const struct catalog_record *about = &c->records[named.records[0]];
    for (size_t i = 1; i < named.n_records; i++)
        if (strcmp(c->records[named.records[i]].model_key, about->model_key) != 0) return true;
    uint32_t *all = arena_array(arena, c->n_records + 1, sizeof *all);
    if (!all) return false;
    size_t n = 0;
    for (size_t i = 0; i < c->n_records; i++) {
        const struct catalog_record *r = &c->records[i];
        if (r->source == about->source && strcmp(r->make_key, about->make_key) == 0 &&
            strcmp(r->model_key, about->model_key) == 0 && (!named.year || r->year_first == named.year))
            all[n++] = (uint32_t)i;
    }
    for (size_t i = named.first + named.n + 1; i < q->n_tokens; i++) {
        size_t k = i, n_tokens;
        unsigned parts;
        int make;
        char spaced[TOKEN_KEY_MAX + 3];
        const char *lists[] = {ARTICLES, BESIDE};
        bool beside = false;
        for (int step = 0; step < 2 && k > 0 && !beside; step++) {
            for (int which = 0; which < 2; which++) {
                int len = snprintf(spaced, sizeof spaced, " %s ", q->tokens[k - 1].key);
                if (len < 0 || (size_t)len >= sizeof spaced || !strstr(lists[which], spaced)) continue;
                beside = which == 1;
                if (which == 0 && step == 0) k--;
                break;
            }
        }
        if (!beside || f->taken[i] || q->tokens[i].kind != TOKEN_WORD || is_common(q, i)) continue;
        start(f, (struct postings){all, n});
        if (!finder_narrow(f, i, &n_tokens, &parts, &make) || f->n_set == n || !(parts & (NAME_TRIM | NAME_MODEL))) continue;
        bool other = true;
        for (size_t a = 0; a < f->n_set; a++)
            for (size_t b = 0; b < named.n_records; b++) other = other && f->set[a] != named.records[b];
        if (!other) continue;
        struct mention *m = &q->mentions[q->n_mentions++];
        *m = (struct mention){.first = i, .n = n_tokens, .make = -1, .year = named.year};
        for (size_t t = 0; t < n_tokens; t++) f->taken[i + t] = (unsigned char)q->n_mentions;
        return grow(f, m, q->n_mentions, arena);
    }
    return true;
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
        if (taken[i] || !is_anchor(&f, i)) continue;
        size_t n_tokens;
        unsigned parts;
        int make;
        struct postings p = word_records(&f, i, &n_tokens, &parts, &make);
        struct mention *m = &q->mentions[q->n_mentions++];
        *m = (struct mention){.first = i, .n = n_tokens, .make = make};
        m->make_only = (parts & NAME_MAKE) != 0;
        for (size_t k = 0; k < n_tokens; k++) taken[i + k] = (unsigned char)q->n_mentions;
        start(&f, p);
        if (!grow(&f, m, q->n_mentions, arena)) return error_memory(err, "a question");
    }
    /* Manufacturers that the store does not have. */
    for (size_t i = 0; i < q->n_tokens && q->n_mentions < QUESTION_MAX_MENTIONS; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0, run;
        if (taken[i] || is_unit(q, i)) continue;
        run = registry_match(&q->tokens[i], q->n_tokens - i, &terms, &n_terms);
        for (size_t k = 0; run && k < n_terms; k++) {
            if (terms[k].kind != TERM_MAKE || word_index_make(v, terms[k].id).n) continue;
            if (is_common(q, i) && !(q->tokens[i].upper && i > 0)) continue;
            struct mention *m = &q->mentions[q->n_mentions++];
            *m = (struct mention){.first = i, .n = run, .make = terms[k].id, .alone_make = true};
            for (size_t j = 0; j < run; j++) taken[i + j] = (unsigned char)q->n_mentions;
            f.n_set = 0;
            if (!grow(&f, m, q->n_mentions, arena)) return error_memory(err, "a question");
            break;
        }
    }
    finder_join_versions(&f);
    if (q->n_mentions == 1 && !find_versions(&f, arena)) return error_memory(err, "a question");
    if (q->n_mentions == 1 && !find_sibling(&f, arena)) return error_memory(err, "a question");
    if (!find_in_context(&f, arena)) return error_memory(err, "a question");
    return true;
}
