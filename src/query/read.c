/* From labels to a query: the steps in their order, and what nothing has explained. */
#include "query/meaning.h"
#include "query/reading.h"

#include <stdlib.h>
#include <string.h>

bool reading_is_filler(const struct label *l)
{
    if (l->kind == LABEL_UNIT || l->kind == LABEL_NUMBER || l->kind == LABEL_MENTION ||
        l->kind == LABEL_YEAR || l->kind == LABEL_COLUMN || l->kind == LABEL_VALUE ||
        l->kind == LABEL_TERM || l->kind == LABEL_UNKNOWN)
        return false;
    return label_is(l, WORD_FILLER) || label_is(l, WORD_FUNCTION);
}

size_t reading_next(const struct reading *r, size_t i)
{
    for (size_t k = i + 1; k < r->l->n_labels; k++)
        if (!reading_is_filler(&r->l->labels[k])) return k;
    return SIZE_MAX;
}

size_t reading_before(const struct reading *r, size_t i)
{
    for (size_t k = i; k-- > 0;)
        if (!reading_is_filler(&r->l->labels[k])) return k;
    return SIZE_MAX;
}

const char *reading_text(struct reading *r, size_t first, size_t n)
{
    if (n == 0 || first + n > r->l->n_tokens) return "";
    size_t begin = r->l->tokens[first].begin, end = r->l->tokens[first + n - 1].end;
    const char *text = arena_strndup(&r->q->arena, r->l->text + begin, end - begin);
    if (text) return text;
    r->failed = true;
    error_memory(r->err, "a question");
    return "";
}

/* "any car except the Sedra": vehicles that are left out are not understood. */
static void find_exclusions(struct reading *r)
{
    struct query *q = r->q;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        if (r->l->labels[i].kind != LABEL_MENTION) continue;
        for (size_t k = i; k-- > 0;) {
            struct label *l = &r->l->labels[k];
            if (label_is(l, WORD_NOT) && reading_opens(r, k)) break;
            if (label_is(l, WORD_NOT) && !l->used && q->n_unresolved < QUERY_MAX_UNRESOLVED) {
                q->unresolved[q->n_unresolved++] = reading_text(r, l->first, l->n);
                break;
            }
            if (!label_is(l, WORD_FUNCTION) || label_is(l, WORD_AUXILIARY)) break;
        }
    }
}

/* Words that nothing has explained. */
static void find_unresolved(struct reading *r)
{
    struct query *q = r->q;
    for (size_t i = 0; i < r->l->n_labels && q->n_unresolved < QUERY_MAX_UNRESOLVED; i++) {
        const struct label *l = &r->l->labels[i];
        if (!reading_is_unresolved(r, i)) continue;
        const char *text = reading_text(r, l->first, l->n);
        bool known = false;
        for (size_t k = 0; k < q->n_unresolved; k++) known = known || !strcmp(q->unresolved[k], text);
        if (!known) q->unresolved[q->n_unresolved++] = text;
    }
}

enum { MAX_TERMS = 24 };

/* Words to search prose for: all that mean something. */
static void find_terms(struct reading *r)
{
    struct query *q = r->q;
    q->terms = arena_array(&q->arena, MAX_TERMS, sizeof *q->terms);
    for (size_t i = 0; q->terms && i < r->l->n_tokens && q->n_terms < MAX_TERMS; i++) {
        const struct token *t = &r->l->tokens[i];
        struct word words[WORD_MAX_MEANINGS];
        size_t n_words = 0;
        if (t->kind == TOKEN_SIGN) continue;
        bool plain = false;
        if (lexicon_match(t, 1, words, &n_words))
            for (size_t k = 0; k < n_words; k++)
                plain = plain || words[k].class == WORD_FUNCTION || words[k].class == WORD_FILLER;
        if (plain) continue;
        char *copy = arena_strdup(&q->arena, t->key);
        if (copy) q->terms[q->n_terms++] = copy;
    }
    if (!q->terms) {
        r->failed = true;
        error_memory(r->err, "a question");
    }
}

bool query_read(struct query *out, const struct word_index *v, const char *question,
                const struct query *previous, struct error *err)
{
    return query_read_meaning(out, v, question, previous, NULL, 0, err);
}

bool query_read_meaning(struct query *out, const struct word_index *v, const char *question,
                        const struct query *previous, const struct query_meaning *meanings, size_t n,
                        struct error *err)
{
    *out = (struct query){.text = "", .language = "en", .understood = ""};
    struct labelled *l = malloc(sizeof *l);
    if (!l) return error_memory(err, "a question");
    const char *text = arena_strdup(&out->arena, question);
    struct reading r = {.q = out,
                        .l = l,
                        .v = v,
                        .c = word_index_catalog(v),
                        .previous = previous,
                        .to_speed = -1,
                        .err = err};
    if (!text) {
        error_memory(err, "a question");
        goto fail;
    }
    out->text = text;
    const size_t *context = NULL;
    size_t n_context = 0;
    if (previous && previous->n_subjects && !previous->subjects[previous->n_subjects - 1].only) {
        context = previous->subjects[previous->n_subjects - 1].records;
        n_context = previous->subjects[previous->n_subjects - 1].n_records;
    }
    if (!label_question(l, v, text, context, n_context, &out->arena, err)) goto fail;
    out->language = LEXICON_LANGUAGES[l->language];
    read_meanings(&r, meanings, n);
    read_asking_words(&r);
    read_operation_words(&r);
    read_ordinal(&r);
    read_mention_years(&r);
    read_exclusions(&r);
    join_versions(&r);
    read_set_scope(&r);
    read_subjects(&r);
    r.n_named = out->n_subjects ? out->subjects[0].n_records : 0;
    read_generation(&r);
    read_version_words(&r);
    read_identifiers(&r);
    read_stock(&r);
    read_documents(&r);
    read_group(&r);
    read_conditions(&r);
    read_documents(&r); /* nations that are no values */
    read_percent(&r);
    read_attributes(&r);
    widen_subject(&r);
    read_harmless_words(&r);
    if (previous) read_follow_up(&r);
    read_operation(&r);
    read_cars(&r);
    if (r.explain && !out->n_attributes) out->op = QUERY_OPEN;
    assume_only_vehicle(&r);
    apply_ordinal(&r);
    check_version_words(&r);
    apply_stock(&r);
    read_unknown_operations(&r);
    find_exclusions(&r);
    refuse_lost_denials(&r);
    find_unresolved(&r);
    check_harmless_words(&r);
    find_unknown_phrase(&r);
    find_terms(&r);
    find_cell_words(&r);
    out->understood = query_describe(out, r.c);
    if (r.failed || !out->understood) {
        error_memory(err, "a question");
        goto fail;
    }
    free(l);
    return true;
fail:
    free(l);
    query_free(out);
    return false;
}

void query_free(struct query *q)
{
    arena_free(&q->arena);
    *q = (struct query){0};
}
