/* What a word of the question may be in a vehicle's name: where one begins, what links its parts, and what is a
 * name that the store does not have. */
#include "query/columns.h"
#include "query/mention_finder.h"

#include <stdio.h>
#include <string.h>

/* Words that carry no name on their own, though some name may hold them. */
bool finder_is_common(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    const struct term *terms;
    size_t n_terms = 0;
    struct word words[WORD_MAX_MEANINGS];
    if (label_words_of(q, i, words)) return true;
    if (!registry_match(t, q->n_tokens - i, &terms, &n_terms)) return false;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].kind != TERM_MAKE && !terms[k].code) return true;
    return false;
}

bool finder_is_category(const struct labelled *q, size_t i)
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

bool finder_is_glued(const struct token *t)
{
    return (t->gap & ~(unsigned)GAP_HYPHEN) == 0;
}

/* The records that have the word of token i in their name; a manufacturer's alias stands for it. *n_tokens:
 * how many tokens that is. */
struct postings finder_word_records(struct finder *f, size_t i, size_t *n_tokens,
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
    /* "Toyota hybrids" are of a kind, and none is called so. */
    if (!w && t->kind == TOKEN_WORD && len > 3 && t->key[len - 1] == 's' && !finder_is_category(f->q, i)) {
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
bool finder_is_figure(const struct finder *f, size_t i)
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
bool finder_is_unit(const struct labelled *q, size_t i)
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
           finder_is_glued(&t[1]) && !(t[1].gap_end == 0 && t[2].kind == TOKEN_WORD) && t[1].number >= 2 &&
           t[1].number <= 16 && strlen(t[1].key) <= 2;
}

/* "V7" where the store has a model of that name, and no engine is spoken of. */
static bool is_model_code(const struct finder *f, size_t i)
{
    static const char *const ENGINES[] = {"engine", "engines", "motor", "motoren", "motores", "moteur", "moteurs",
                                          "cylinder", "cylinders", "powered", "a", "an", "ein", "einen", "einem",
                                          "un", "una", "with", "mit", "avec", "con"};
    const struct token *t = &f->q->tokens[i];
    const struct catalog *c = word_index_catalog(f->v);
    const struct name_word *number = word_index_name(f->v, t[1].key);
    char key[32];
    /* No engine has seven cylinders; of others the model has no other words. */
    bool odd = (int)t[1].number % 2 == 1 && t[1].number > 5;
    if (!number || !(number->parts & NAME_MODEL)) return false;
    for (size_t k = 0; k < sizeof ENGINES / sizeof *ENGINES && !odd; k++)
        if (strcmp(t[2].key, ENGINES[k]) == 0 || (i > 0 && strcmp(t[-1].key, ENGINES[k]) == 0)) return false;
    int len = snprintf(key, sizeof key, "%.8s %.8s", t[0].key, t[1].key);
    for (size_t k = 0; k < number->records.n; k++) {
        const char *model = c->records[number->records.items[k]].model_key;
        if (strncmp(model, key, (size_t)len) == 0 && (model[len] == '\0' || (odd && model[len] == ' '))) return true;
    }
    return false;
}

/* Whether the words at i and i + 1 stand in one name together. */
static bool pair_is_named(struct finder *f, size_t i, struct postings first)
{
    size_t n_tokens;
    unsigned parts;
    int make;
    if (i + 1 >= f->q->n_tokens || (f->q->tokens[i + 1].gap & (GAP_STOP | GAP_COMMA | GAP_COLON))) return false;
    struct postings next = finder_word_records(f, i + 1, &n_tokens, &parts, &make);
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
    if (letters && (dated || !finder_is_figure(f, i))) return true;
    if (!dated) return false;
    if (number) return !finder_is_figure(f, i);
    bool letter = t->kind == TOKEN_WORD && strlen(t->key) == 1;
    return pair && (letter || t->upper);
}

static bool is_han_piece(const char *word)
{
    return (unsigned char)word[0] >= 0xe3; /* U+3000 and above; Latin letters with accents are below */
}

/* Whether the key has the word as one of its own, not as a piece of a longer run of Chinese characters. */
static bool stands_alone(const char *key, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = strstr(key, word); at; at = strstr(at + 1, word)) {
        bool begins = at == key || at[-1] == ' ', ends = at[len] == '\0' || at[len] == ' ';
        if (!begins || !ends) continue;
        const char *before = at;
        if (before > key) before--;
        while (before > key && before[-1] != ' ') before--;
        if ((before == at || !is_han_piece(before)) && (at[len] == '\0' || !is_han_piece(at + len + 1))) return true;
    }
    return false;
}

/* Chinese is written without spaces: "卡" of "轻卡" is no part of the name "多利卡". A character names a vehicle where it
 * is a word of the name by itself, or with the one behind it. */
static bool is_piece_of_han_word(const struct finder *f, size_t i, struct postings p)
{
    const struct labelled *q = f->q;
    const struct catalog *c = word_index_catalog(f->v);
    char pair[2 * TOKEN_KEY_MAX + 2] = "";
    if (i + 1 < q->n_tokens && q->tokens[i + 1].kind == TOKEN_HAN && q->tokens[i + 1].gap == GAP_NONE)
        snprintf(pair, sizeof pair, "%s %s", q->tokens[i].key, q->tokens[i + 1].key);
    for (size_t k = 0; k < p.n; k++) {
        const struct catalog_record *r = &c->records[p.items[k]];
        const char *const keys[] = {r->make_key, r->model_key, r->trim_key};
        for (size_t j = 0; j < sizeof keys / sizeof *keys; j++)
            if (stands_alone(keys[j], q->tokens[i].key) || key_has_run(keys[j], pair)) return false;
    }
    return true;
}

/* "Trailhead AWD or Touring Hybrid": a version's word that means nothing else and that versions of one model alone have. */
static bool is_version_anchor(struct finder *f, size_t i, struct postings p)
{
    const struct labelled *q = f->q;
    const struct token *t = &q->tokens[i];
    const struct catalog *c = word_index_catalog(f->v);
    if (t->kind != TOKEN_WORD || strlen(t->key) < 4 || finder_is_common(q, i)) return false;
    bool name = t->upper && i > 0 && !(t->gap & GAP_STOP) && q->language != 1;
    if (!name && !pair_is_named(f, i, p)) return false;
    const uint32_t *ids;
    size_t n_ids;
    if (word_index_match_columns(f->v, t, 1, &ids, &n_ids) || word_index_match_terms(f->v, t, 1, &ids, &n_ids)) return false;
    const struct catalog_record *first = &c->records[p.items[0]];
    for (size_t k = 0; k < p.n; k++) {
        const struct catalog_record *r = &c->records[p.items[k]];
        if (!r->model_key[0] || strcmp(r->make_key, first->make_key) || strcmp(r->model_key, first->model_key)) return false;
    }
    return true;
}

/* Whether a name may begin at token i: nothing else is called so. */
bool finder_is_anchor(struct finder *f, size_t i)
{
    const struct labelled *q = f->q;
    const struct token *t = &q->tokens[i];
    const struct term *terms = NULL;
    size_t n_terms = 0, n_tokens;
    unsigned parts;
    int make;
    /* "Can I ride it": no vehicle, unless a number follows. */
    bool person = strcmp(t->key, "i") == 0 && q->language == 0 &&
                  !(i + 1 < q->n_tokens && (t[1].kind == TOKEN_NUMBER || t[1].gap == GAP_HYPHEN)) && t->gap != GAP_HYPHEN;
    if (person) return false;
    if (t->kind == TOKEN_SIGN || finder_is_driven_wheels(q, i) ||
        (i > 0 && finder_is_driven_wheels(q, i - 1)))
        return false;
    struct postings p = finder_word_records(f, i, &n_tokens, &parts, &make);
    /* "kW" is a unit, and "KGM" a maker, unless a number stands before it; "m3" may be a name. */
    bool numbered = i > 0 && q->tokens[i - 1].kind == TOKEN_NUMBER;
    bool digits = i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && finder_is_glued(&t[1]);
    /* "Volt-e" */
    bool hyphened = i + 1 < q->n_tokens && t->upper && strlen(t->key) > 2 && t[1].gap == GAP_HYPHEN && (parts & NAME_MODEL) && pair_is_named(f, i, p);
    if (finder_is_unit(q, i) && (numbered || !(digits || hyphened || ((parts & NAME_MAKE) && t->upper)))) return false;
    if (hyphened && finder_is_unit(q, i)) return true;
    size_t run = registry_match(t, q->n_tokens - i, &terms, &n_terms);
    /* A longer phrase of the registry: "seat height" is not SEAT's. */
    bool phrase = false;
    for (size_t k = 0; k < n_terms; k++)
        phrase = phrase || (run > n_tokens && terms[k].kind != TERM_MAKE && !terms[k].code);
    if (phrase) return false;
    if (p.n == 0) return false;
    if (t->kind == TOKEN_HAN && make < 0 && is_piece_of_han_word(f, i, p)) return false;
    if ((parts & NAME_MODEL) && is_coded_anchor(f, i, p)) return true;
    if (t->kind == TOKEN_NUMBER) return false;
    if (parts & NAME_MAKE) {
        if (!finder_is_common(q, i)) return true;
        /* "Smart", "Mini", "Ram": words that mean something else as well need a sign of a name. */
        if (t->upper && i > 0 && !(t->gap & GAP_STOP)) return true;
        if (i + n_tokens < q->n_tokens) {
            size_t n2;
            unsigned parts2;
            int make2;
            struct postings next = finder_word_records(f, i + n_tokens, &n2, &parts2, &make2);
            if ((parts2 & NAME_MODEL) && (t->upper || !finder_is_common(q, i + n_tokens)) &&
                postings_intersect(p.items, p.n, next.items, next.n, f->spare) > 0)
                return true;
        }
        return false;
    }
    if (!(parts & NAME_MODEL)) return is_version_anchor(f, i, p);
    if (t->kind == TOKEN_HAN) return !finder_is_common(q, i);
    /* "m3", "x5", "e46": letters and digits that stand together. */
    if (i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && finder_is_glued(&t[1]) && strlen(t->key) <= 3) {
        if (is_engine_code(t) && !is_model_code(f, i)) return false;
        /* "4x4" is no X4. */
        if (i > 0 && finder_is_glued(t) && q->tokens[i - 1].kind == TOKEN_NUMBER) return false;
        struct token pair[2] = {t[0], t[1]};
        if (registry_match(pair, 2, &terms, &n_terms) == 2) return false;
        const struct name_word *number = word_index_name(f->v, t[1].key);
        return number && (number->parts & NAME_MODEL) &&
               postings_intersect(p.items, p.n, number->records.items, number->records.n,
                                  f->spare) > 0;
    }
    if (strlen(t->key) == 2 && i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && t[1].gap == GAP_SPACE &&
        !finder_is_common(q, i) && !token_year(q, i + 1) && !finder_is_figure(f, i + 1)) {
        /* "kx 400" */
        const struct name_word *number = word_index_name(f->v, t[1].key);
        return number && postings_intersect(p.items, p.n, number->records.items, number->records.n, f->spare) > 0;
    }
    return strlen(t->key) >= 3 && (!finder_is_common(q, i) || label_is_foreign_word(q, i));
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

/* A word that can belong to a name which the store does not have: no word of the lexicon or the
 * registry, no unit, no figure. */
bool finder_is_unknown_name(const struct finder *f, size_t i, bool first)
{
    const struct labelled *q = f->q;
    const struct token *t = &q->tokens[i];
    if (f->taken[i] || t->kind == TOKEN_SIGN || (t->gap & (GAP_STOP | GAP_COMMA | GAP_COLON)))
        return false;
    if ((t->gap & GAP_HYPHEN) && (t->gap & GAP_SPACE)) return false; /* "Heron - 0-100 km/h" */
    if (t->kind == TOKEN_HAN) return false;
    if (t->kind == TOKEN_NUMBER) return !finder_is_figure(f, i) && !token_year(q, i) && (first || finder_is_glued(t));
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = label_words_of(q, i, words), used;
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
