/* Operations that the program does not know: a question that asks for one is not understood, and no other operation
 * takes its place. */
#include "query/reading.h"

#include <string.h>

void reading_refuse(struct reading *r, size_t first, size_t n)
{
    struct query *q = r->q;
    q->op = QUERY_NONE;
    const char *text = reading_text(r, first, n);
    for (size_t k = 0; k < q->n_unresolved; k++)
        if (strcmp(q->unresolved[k], text) == 0) return;
    if (q->n_unresolved < QUERY_MAX_UNRESOLVED) q->unresolved[q->n_unresolved++] = text;
}

size_t reading_phrase(const struct reading *r, size_t i, const char *phrases)
{
    size_t longest = 0;
    while (*phrases) {
        struct token t[8];
        size_t len = strcspn(phrases, "|"), n = tokens_split(phrases, len, TOKENS_TEXT, t, 8), k = 0;
        while (k < n && i + k < r->l->n_tokens && strcmp(t[k].key, r->l->tokens[i + k].key) == 0) k++;
        if (k == n && n > longest) longest = n;
        phrases += len + (phrases[len] == '|');
    }
    return longest;
}

/* Labels of a word that is none of a longer name. */
static void refuse_words(struct reading *r)
{
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        bool name = l->kind == LABEL_MENTION || l->kind == LABEL_DOCUMENT || l->kind == LABEL_COLUMN;
        if (label_is(l, WORD_REFUSED) && !name) reading_refuse(r, l->first, l->n);
    }
}

static size_t percent_at(const struct reading *r, size_t i)
{
    static const char PERCENT[] = "percent|per cent|percentage|percentages|%|prozent|prozentual|prozentualer|prozentsatz|"
                                  "pourcent|pour cent|pourcentage|por ciento|porciento|porcentaje|porcentual|"
                                  "百分之|百分比|百分之几|百分之多少";
    const struct label *l = &r->l->labels[i];
    if (l->kind == LABEL_NUMBER || l->kind == LABEL_MENTION || l->kind == LABEL_DOCUMENT) return 0;
    return reading_phrase(r, l->first, PERCENT);
}

void read_percent(struct reading *r)
{
    if (r->q->n_subjects != 2) return;
    for (size_t i = 0; i < r->l->n_labels; i++)
        if (percent_at(r, i)) r->percent = r->l->labels[i].used = true;
}

/* "How many percent heavier": of two vehicles it is said; of others it is not understood, unless what is asked is
 * measured in percent. */
static void refuse_percent(struct reading *r)
{
    struct query *q = r->q;
    bool measured = false;
    for (size_t k = 0; k < q->n_attributes; k++) {
        int id = q->attributes[k].attribute;
        measured = measured || id < 0 || REGISTRY[id].dimension == DIMENSION_NONE ||
                   REGISTRY[id].dimension == DIMENSION_RATIO;
    }
    bool compared = q->n_subjects > 1 || r->difference || q->op == QUERY_COMPARE || q->op == QUERY_CHECK ||
                    q->op == QUERY_COUNT || r->relative || r->attribute_comparative;
    if (measured || !compared || q->share) return;
    q->percent = r->percent && q->op == QUERY_COMPARE && q->n_subjects == 2 && q->n_attributes == 1;
    for (size_t i = 0; i < r->l->n_labels && !q->percent; i++) {
        if (r->l->labels[i].kind == LABEL_WORD && r->l->labels[i].used) continue; /* "from 10 to 80 percent" */
        size_t n = percent_at(r, i);
        if (n) reading_refuse(r, r->l->labels[i].first, n);
    }
}

/* "Average", "lowest", "cheapest" that a list or a count of vehicles does not tell: no other operation takes its place. */
static void refuse_lost_degrees(struct reading *r)
{
    const struct query *q = r->q;
    if ((q->op != QUERY_LIST && q->op != QUERY_COUNT) || q->n_where == 0) return;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        bool degree = false, other = false, in = false;
        for (size_t w = 0; l->kind == LABEL_WORD && w < l->n_words; w++) {
            if (!(l->words[w].languages >> r->l->language & 1)) continue;
            in = true;
            bool one = l->words[w].class == WORD_AVERAGE || l->words[w].class == WORD_MOST || l->words[w].class == WORD_LEAST ||
                       l->words[w].class == WORD_BEST || l->words[w].class == WORD_WORST;
            degree = degree || one;
            other = other || !one;
        }
        for (size_t t = 0; l->kind == LABEL_TERM && l->used && t < l->n_terms; t++) degree = in = degree || l->terms[t].superlative;
        if (in && degree && !other) reading_refuse(r, l->first, l->n);
    }
}

/* "A or B: what is the difference": two are compared, or it is not understood. */
static void refuse_lost_difference(struct reading *r)
{
    const struct query *q = r->q;
    if (q->op == QUERY_NONE || q->op == QUERY_OPEN || q->op == QUERY_COMPARE || (q->op == QUERY_CHECK && q->n_subjects > 1) || q->missing) return;
    if (q->op == QUERY_VALUE && q->n_subjects > 1) return;
    for (size_t i = 0; i < r->l->n_labels; i++)
        if (r->l->labels[i].kind == LABEL_WORD && label_is(&r->l->labels[i], WORD_DIFFERENCE)) {
            reading_refuse(r, r->l->labels[i].first, r->l->labels[i].n);
            return;
        }
}

/* "Is the Shuttle sold?": what is asked of it is in no column, and all that is known of it is no answer. */
static void refuse_lost_predicate(struct reading *r)
{
    static const char KNOWN[] = "there|here|please|then|now|today|listed|included|mentioned|contained|covered|present|thanks|existe|"
                                "enthalten|aufgefuhrt|dabei|da|gelistet|listee|incluido|listado";
    const struct query *q = r->q;
    size_t n = r->l->n_labels;
    if (q->op != QUERY_DESCRIBE || q->carried || n < 3 || !label_is(&r->l->labels[0], WORD_AUXILIARY)) return;
    size_t last = n - 1;
    while (last > 0 && r->l->labels[last].kind == LABEL_SIGN) last--;
    const struct label *l = &r->l->labels[last];
    if (l->kind != LABEL_WORD || l->used || r->l->labels[last - 1].kind != LABEL_MENTION || !label_is(l, WORD_FILLER) ||
        label_is(l, WORD_FUNCTION) || label_is(l, WORD_SOURCE) || reading_phrase(r, l->first, KNOWN))
        return;
    reading_refuse(r, l->first, l->n);
}

/* "'08 vitte, what does it get": one vehicle is asked about; a list of all that meet the rest is no answer. */
static void refuse_lost_it(struct reading *r)
{
    const struct query *q = r->q;
    if ((q->op != QUERY_LIST && q->op != QUERY_COUNT) || q->n_subjects || q->carried || r->previous) return;
    for (size_t i = 0; i + 1 < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i + 1];
        const char *key = r->l->tokens[l->first].key;
        if (label_is(&r->l->labels[i], WORD_AUXILIARY) && l->kind == LABEL_WORD && !strcmp(key, "it") && i + 2 < r->l->n_labels)
            reading_refuse(r, l->first, l->n);
    }
}

/* "Does it weigh less than the Volt-e": with what is not known here it is not compared, and its figure alone is no
 * answer. */
static void refuse_lost_comparison(struct reading *r)
{
    const struct query *q = r->q;
    if (q->op != QUERY_VALUE || q->n_subjects != 1 || q->missing || (!r->relative && !r->attribute_comparative && !r->relation)) return;
    for (size_t i = 1; i + 1 < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->kind != LABEL_WORD || l->used || !label_is(l, WORD_THAN) || label_is(&r->l->labels[i + 1], WORD_HOW_MUCH)) continue;
        bool known = !(l->words[0].languages >> r->l->language & 1);
        for (size_t w = 1; w < l->n_words; w++) known = known && !(l->words[w].languages >> r->l->language & 1);
        const struct label *next = &r->l->labels[i + 1], *last = &r->l->labels[r->l->n_labels - 1];
        if (known || next->kind == LABEL_NUMBER) continue;
        if (last->kind == LABEL_SIGN && r->l->n_labels > i + 2) last--;
        if (!label_is(next, WORD_PRONOUN)) reading_refuse(r, l->first, last->first + last->n - l->first);
        return;
    }
}

/* "Which dealer lot SUV has the most torque": what stands before the kind of vehicle says of which they are, and a
 * ranking of all others is no answer. */
static void refuse_lost_modifier(struct reading *r)
{
    const struct query *q = r->q;
    if ((q->op != QUERY_RANK && q->op != QUERY_AGGREGATE) || q->n_attributes < 2) return;
    for (size_t i = 0; i + 1 < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i], *next = &r->l->labels[i + 1];
        bool text = l->kind == LABEL_TERM && l->used && l->n_terms > 0 && l->n_words == 0;
        for (size_t k = 0; k < l->n_terms && text; k++)
            text = l->terms[k].kind == TERM_ATTRIBUTE && !l->terms[k].asking && REGISTRY[l->terms[k].id].type != ATTRIBUTE_NUMBER;
        if (!text) continue;
        if (next->kind == LABEL_WORD && !next->used && i + 2 < r->l->n_labels && !label_is(next, WORD_FUNCTION)) next++;
        bool kind = next->kind == LABEL_WORD && label_is(next, WORD_VEHICLE);
        for (size_t k = 0; next->kind == LABEL_TERM && k < next->n_terms; k++) kind = kind || next->terms[k].kind == TERM_CATEGORY;
        if (kind) reading_refuse(r, l->first, l->n);
    }
}

void read_unknown_operations(struct reading *r)
{
    refuse_lost_modifier(r);
    refuse_lost_comparison(r);
    refuse_lost_it(r);
    refuse_lost_predicate(r);
    refuse_lost_difference(r);
    refuse_words(r);
    refuse_lost_degrees(r);
    refuse_percent(r);
}
