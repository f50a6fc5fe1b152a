/* Versions of a named vehicle: those that stand apart from its name, told by the word "version" or "trim", and
 * those of other driven wheels. */
#include "query/mention_finder.h"

#include <stdio.h>
#include <string.h>

static bool is_version_word(const struct labelled *q, size_t i)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n = finder_words_of(q, i, words);
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

static bool is_glued(const struct token *t)
{
    return (t->gap & ~(unsigned)GAP_HYPHEN) == 0;
}

/* "4x4", "6x2": one word of three tokens. */
bool finder_is_driven_wheels(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    return i + 2 < q->n_tokens && t[0].kind == TOKEN_NUMBER && strcmp(t[1].key, "x") == 0 &&
           is_glued(&t[1]) && t[2].kind == TOKEN_NUMBER && is_glued(&t[2]);
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
