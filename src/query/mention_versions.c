/* Versions of a named vehicle: those that stand apart from its name, told by the word "version" or "trim", those of
 * other driven wheels, and those that are named without their model. */
#include "query/mention_finder.h"

#include <stdio.h>
#include <string.h>

static bool is_version_word(const struct labelled *q, size_t i)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n = label_words_of(q, i, words);
    for (size_t k = 0; k < n; k++)
        if (words[k].class == WORD_VERSION) return true;
    return strcmp(q->tokens[i].key, "trim") == 0 || strcmp(q->tokens[i].key, "spec") == 0 ||
           strcmp(q->tokens[i].key, "guise") == 0;
}

/* Narrows the set by all words of [first, end), or leaves it as it was. */
static bool narrow_all(struct finder *f, size_t first, size_t end)
{
    size_t n_tokens, n = f->n_set;
    unsigned parts;
    int make;
    if (first >= end) return false;
    uint32_t *before = f->joined[2];
    memcpy(before, f->set, n * sizeof *before);
    for (size_t i = first; i < end; i += n_tokens)
        if (f->taken[i] || !finder_narrow(f, i, &n_tokens, &parts, &make)) {
            memcpy(f->set, before, n * sizeof *before);
            f->n_set = n;
            return false;
        }
    return true;
}

/* "the Jogger | in 4.9 T trim": the version's words are told by the one behind them. */
void finder_take_version_behind(struct finder *f, struct mention *m, size_t number)
{
    enum { VERSION_WORDS = 5 };
    const struct labelled *q = f->q;
    size_t at = m->first + m->n;
    while (at < q->n_tokens && f->taken[at] == number) at++;
    if (at >= q->n_tokens || (q->tokens[at].gap & (GAP_STOP | GAP_COLON))) return;
    if (strcmp(q->tokens[at].key, "in") != 0 && strcmp(q->tokens[at].key, "as") != 0 &&
        strcmp(q->tokens[at].key, "with") != 0)
        return;
    size_t first = at + 1, end = first;
    while (first < q->n_tokens && finder_is_link(q, first)) first++;
    for (end = first; end < q->n_tokens && end < first + VERSION_WORDS && !is_version_word(q, end); end++) {
    }
    if (end >= q->n_tokens || end == first || !is_version_word(q, end) || !narrow_all(f, first, end)) return;
    for (size_t k = at; k <= end; k++) f->taken[k] = (unsigned char)number;
    m->n = end - m->first;
    m->make_only = false;
}

/* "the 1.6 T version of | the 2009 Cais": the version's words stand before. */
void finder_take_version_before(struct finder *f, struct mention *m, size_t number)
{
    enum { VERSION_WORDS = 5 };
    const struct labelled *q = f->q;
    size_t at = m->first, end;
    while (at > 0 && (f->taken[at - 1] == number || finder_is_link(q, at - 1))) at--;
    if (at < 2 || (strcmp(q->tokens[at - 1].key, "of") != 0 && strcmp(q->tokens[at - 1].key, "von") != 0) ||
        !is_version_word(q, at - 2))
        return;
    end = at - 2;
    /* As many words as the names have. */
    for (size_t n = VERSION_WORDS; n > 0; n--) {
        if (n > end || finder_is_link(q, end - n) || !narrow_all(f, end - n, end)) continue;
        m->n += m->first - (end - n);
        m->first = end - n;
        m->make_only = false;
        for (size_t k = m->first; k < at; k++) f->taken[k] = (unsigned char)number;
        for (size_t k = at; k < m->first + m->n; k++)
            if (!f->taken[k]) f->taken[k] = (unsigned char)number;
        return;
    }
}

/* "4x4", "6x2": one word of three tokens. */
bool finder_is_driven_wheels(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    return i + 2 < q->n_tokens && t[0].kind == TOKEN_NUMBER && strcmp(t[1].key, "x") == 0 &&
           finder_is_glued(&t[1]) && t[2].kind == TOKEN_NUMBER && finder_is_glued(&t[2]);
}

/* Narrows the set to names that have these wheels as written: "SuperCab 4x2" has all tokens of "4x4".
 * False, the set as it was: none does. */
bool finder_narrow_by_wheels(struct finder *f, size_t i)
{
    const struct token *t = &f->q->tokens[i];
    const struct catalog *c = word_index_catalog(f->v);
    char key[2 * TOKEN_KEY_MAX + 8];
    int len = snprintf(key, sizeof key, "%s x %s", t[0].key, t[2].key);
    size_t n = 0;
    for (size_t k = 0; k < f->n_set; k++) {
        const struct catalog_record *r = &c->records[f->set[k]];
        const char *keys[] = {r->model_key, r->trim_key};
        bool has = false;
        for (size_t j = 0; j < 2 && !has; j++)
            for (const char *at = keys[j]; !has && (at = strstr(at, key)); at++)
                has = (at == keys[j] || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0');
        if (has) f->spare[n++] = f->set[k];
    }
    if (n == 0) return false;
    uint32_t *set = f->set;
    f->set = f->spare;
    f->spare = set;
    f->n_set = n;
    return true;
}

void finder_join_versions(struct finder *f)
{
    struct labelled *q = f->q;
    for (size_t k = 0; k + 1 < q->n_mentions; k++) {
        struct mention *version = &q->mentions[k], *m = &q->mentions[k + 1];
        size_t at = version->first + version->n;
        if (version->make_only || version->unknown_n || m->make_only || at + 1 >= m->first) continue;
        if (!is_version_word(q, at) || strcmp(q->tokens[at + 1].key, "of") != 0) continue;
        bool links = true;
        for (size_t i = at + 2; i < m->first && links; i++) links = finder_is_link(q, i) || token_year(q, i);
        size_t n = links ? postings_intersect(version->records, version->n_records, m->records, m->n_records, f->spare) : 0;
        if (n == 0) continue;
        memcpy(m->records, f->spare, n * sizeof *m->records);
        m->n_records = n;
        m->n += m->first - version->first;
        m->first = version->first;
        version->only_context = true;
    }
}

/* Names of which only the part that tells vehicles apart is said, after a turn about others of the
 * same maker or model: "and the 130ch one?", "the Cup 430". */
bool finder_find_in_context(struct finder *f, struct arena *arena)
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
            if (q->tokens[i].kind != TOKEN_HAN && finder_is_common(q, i)) {
                /* "4WD": the whole of the phrase. */
                const struct term *terms;
                size_t n_terms, run = registry_match(&q->tokens[i], q->n_tokens - i, &terms, &n_terms);
                i += run ? run - 1 : 0;
                continue;
            }
            finder_start(f, (struct postings){all, n});
            if (!finder_narrow(f, i, &n_tokens, &parts, &make) || f->n_set == n) continue;
            struct mention *m = &q->mentions[q->n_mentions++];
            *m = (struct mention){.first = i, .n = n_tokens, .make = -1};
            for (size_t k = 0; k < n_tokens; k++) f->taken[i + k] = (unsigned char)q->n_mentions;
            if (!finder_grow(f, m, q->n_mentions, arena)) return false;
        }
    }
    return true;
}

/* "Which Sedra is faster, the Trail 2.0 AWD or the Core 1.2T": versions of a model that was named before.
 * The model alone is no vehicle of its own then. */
bool finder_find_versions(struct finder *f, struct arena *arena)
{
    struct labelled *q = f->q;
    struct mention model = q->mentions[0];
    if (model.n_records < 2 || model.unknown_n || model.alone_make) return true;
    size_t found = 0;
    /* "Rally Pro vs GT Pro: which Tiger is lighter?" names the versions first. */
    struct word words[WORD_MAX_MEANINGS];
    bool which = false;
    size_t n_words = model.first ? label_words_of(q, model.first - 1, words) : 0;
    for (size_t k = 0; k < n_words; k++) which = which || words[k].class == WORD_WHICH;
    for (size_t i = which ? 0 : model.first + model.n; i < q->n_tokens && q->n_mentions < QUESTION_MAX_MENTIONS; i++) {
        size_t n_tokens;
        unsigned parts;
        int make;
        if (f->taken[i] || q->tokens[i].kind == TOKEN_SIGN || token_year(q, i) || finder_is_figure(f, i) ||
            q->tokens[i].kind == TOKEN_NUMBER || finder_is_common(q, i) || finder_is_unit(q, i))
            continue;
        finder_start(f, (struct postings){model.records, model.n_records});
        if (!finder_narrow(f, i, &n_tokens, &parts, &make) || f->n_set == model.n_records) continue;
        struct mention *m = &q->mentions[q->n_mentions++];
        *m = (struct mention){.first = i, .n = n_tokens, .make = -1, .year = model.year};
        for (size_t k = 0; k < n_tokens; k++) f->taken[i + k] = (unsigned char)q->n_mentions;
        if (!finder_grow(f, m, q->n_mentions, arena)) return false;
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

/* Whether the words from i on end a name of one of the records: "Touring Hybrid", words of which each means something
 * else. */
static bool is_end_of_name(const struct finder *f, const uint32_t *records, size_t n, size_t i)
{
    enum { WORDS = 4 };
    const struct catalog *c = word_index_catalog(f->v);
    char key[WORDS * (TOKEN_KEY_MAX + 1)] = "";
    size_t used = 0;
    for (size_t w = 0; w < WORDS && i + w < f->q->n_tokens && !f->taken[i + w]; w++) {
        const struct token *t = &f->q->tokens[i + w];
        if (t->kind == TOKEN_SIGN || (w && (t->gap & ~(unsigned)(GAP_SPACE | GAP_HYPHEN)))) break;
        int len = snprintf(key + used, sizeof key - used, "%s%s", w ? " " : "", t->key);
        if (len < 0 || used + (size_t)len >= sizeof key) break;
        used += (size_t)len;
        for (size_t k = 0; k < n && (w > 0 || f->q->tokens[i].upper); k++) {
            const struct catalog_record *r = &c->records[records[k]];
            const char *of = r->trim_key[0] ? r->trim_key : r->model_key;
            size_t all = strlen(of);
            if (all >= used && strcmp(of + all - used, key) == 0 && (all == used || of[all - used - 1] == ' ')) return true;
        }
    }
    return false;
}

/* "Is the Sorento X-Pro heavier than the LX?": behind a word that sets side by side, a version alone of the model
 * that was named with another one. */
bool finder_find_sibling(struct finder *f, struct arena *arena)
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
        if (!beside || f->taken[i] || q->tokens[i].kind != TOKEN_WORD ||
            (finder_is_common(q, i) && !is_end_of_name(f, all, n, i)))
            continue;
        finder_start(f, (struct postings){all, n});
        if (!finder_narrow(f, i, &n_tokens, &parts, &make) || f->n_set == n || !(parts & (NAME_TRIM | NAME_MODEL))) continue;
        bool other = true;
        for (size_t a = 0; a < f->n_set; a++)
            for (size_t b = 0; b < named.n_records; b++) other = other && f->set[a] != named.records[b];
        if (!other) continue;
        struct mention *m = &q->mentions[q->n_mentions++];
        *m = (struct mention){.first = i, .n = n_tokens, .make = -1, .year = named.year};
        for (size_t t = 0; t < n_tokens; t++) f->taken[i + t] = (unsigned char)q->n_mentions;
        return finder_grow(f, m, q->n_mentions, arena);
    }
    return true;
}
