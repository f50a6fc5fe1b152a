/* Conditions of a question, in the order in which they are read: numbers, categories and values, features that
 * are there or not, years. */
#include "query/execution.h"
#include "query/reading.h"

#include <string.h>

struct query_condition *condition_new(struct reading *r)
{
    struct query *q = r->q;
    if (q->n_where == QUERY_MAX_CONDITIONS) return NULL;
    struct query_condition *c = &q->where[q->n_where++];
    r->condition_at[q->n_where - 1] = SIZE_MAX;
    *c = (struct query_condition){.attribute = {.attribute = -1, .name = "", .key = ""},
                                  .category = -1,
                                  .key = "",
                                  .text = ""};
    return c;
}

bool reading_is_attribute(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (l->kind == LABEL_COLUMN) return true;
    if (l->kind != LABEL_TERM) return false;
    for (size_t k = 0; k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_ATTRIBUTE && !l->terms[k].code) return true;
    return false;
}

/* A column of ticks: yes and no are no terms, and it has nothing else. */
static bool is_yes_no(const struct reading *r, const struct query_attribute *a)
{
    if (a->attribute >= 0) return REGISTRY[a->attribute].type == ATTRIBUTE_YES_NO;
    size_t found[COLUMNS_MAX];
    for (size_t s = 0; s < r->c->n_sources; s++) {
        size_t n = columns_find(r->c, s, a, NULL, found);
        for (size_t k = 0; k < n; k++) {
            if (column_is_yes_no(r->c, found[k])) return true;
        }
    }
    return false;
}

/* A count of which there may be none: "accidents: 0". */
static bool is_zero_count(const struct reading *r, const struct query_attribute *a)
{
    if (a->attribute >= 0)
        return REGISTRY[a->attribute].dimension == DIMENSION_COUNT && REGISTRY[a->attribute].zero_is_value;
    size_t found[COLUMNS_MAX];
    bool any = false;
    for (size_t s = 0; s < r->c->n_sources; s++) {
        size_t n = columns_find(r->c, s, a, NULL, found);
        for (size_t k = 0; k < n; k++) {
            const struct catalog_column *c = &r->c->columns[found[k]];
            if (!c->has_numbers || c->has_texts || c->unit || c->likely_unit) return false;
            any = true;
        }
    }
    return any;
}

/* "an accident", "any accidents", "no accidents", "sin accidentes": whether there is one, not how many. */
static bool is_indefinite(const struct reading *r, size_t i)
{
    static const char WORDS[] = " a an any some no without zero have has had with mit avec con hat hatte hatten ein eine einen keine keinen kein ohne irgendwelche "
                                "un une des aucun aucune sans d de una algun alguna ningun ninguna sin 有 没 无 没有 过 ";
    for (size_t k = r->l->labels[i].first, steps = 0; k-- > 0 && steps < 3; steps++) {
        char spaced[TOKEN_KEY_MAX + 3];
        size_t len = strlen(r->l->tokens[k].key);
        if (len + 3 > sizeof spaced || r->l->tokens[k].kind == TOKEN_NUMBER) return false;
        /* "has the highest resale index" */
        struct word words[WORD_MAX_MEANINGS];
        size_t n = 0;
        if (lexicon_match(&r->l->tokens[k], 1, words, &n))
            for (size_t w = 0; w < n; w++)
                if (words[w].class == WORD_MOST || words[w].class == WORD_LEAST || words[w].class == WORD_BEST ||
                    words[w].class == WORD_WORST || words[w].class == WORD_MORE || words[w].class == WORD_LESS)
                    return false;
        spaced[0] = ' ';
        memcpy(spaced + 1, r->l->tokens[k].key, len);
        memcpy(spaced + 1 + len, " ", 2);
        if (strstr(WORDS, spaced)) return true;
    }
    return false;
}

/* Whether cells of the attribute in scope are marks: "S" or a filled circle and "O" or an empty one. */
static bool has_marks(const struct reading *r, const struct query_attribute *a)
{
    bool standard = false, optional = false;
    for (size_t i = 0; i < r->c->n_terms; i++) {
        const struct catalog_column *col = &r->c->columns[r->c->terms[i].column];
        if (a->attribute >= 0 ? col->attribute != a->attribute : col->attribute >= 0 || strcmp(col->key, a->key)) continue;
        char mark = equipment_mark(r->c->terms[i].text);
        if (!mark) return false;
        standard = standard || mark == 's';
        optional = optional || mark == 'o';
    }
    return standard || optional;
}

/* "as standard", "optional": which mark is asked for; 0: none. */
static char mark_said(struct reading *r)
{
    static const char STANDARD[] = "standard|as standard|serienmassig|serie|de serie|en serie";
    static const char OPTIONAL[] = "optional|option|an option|as an option|aufpreis|gegen aufpreis|en option|opcional|opcion";
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l->kind == LABEL_MENTION) continue;
        bool standard = reading_phrase(r, l->first, STANDARD) > 0, optional = reading_phrase(r, l->first, OPTIONAL) > 0;
        if (!standard && !optional) continue;
        l->used = true;
        return standard ? 's' : 'o';
    }
    return 0;
}

/* "which trucks have a retarder", "without a tow hitch": an attribute that is there or not. */
static void read_feature(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    struct query_attribute a;
    const struct term *term;
    if (l->used || !reading_is_attribute(r, i) || !attribute_of_label(r, i, &a, &term)) return;
    if (!is_yes_no(r, &a) && !(is_zero_count(r, &a) && is_indefinite(r, i))) return;
    /* Of one vehicle, without a verb of having, it is what is asked. */
    bool set = r->set_scope || r->how_many_things || r->count;
    if (!set && !r->auxiliary) return;
    struct query_condition *c = condition_new(r);
    if (!c) return;
    c->attribute = a;
    size_t first = l->first;
    c->truth = reading_negated_before(r, i, &first) ? -1 : 1;
    c->text = reading_text(r, first, l->first + l->n - first);
    c->said = true;
    c->marks = has_marks(r, &a);
    if (c->marks) c->mark = mark_said(r);
    if (c->truth > 0 && reading_denied_as_before(r, i)) c->truth = -1;
    l->used = true;
    r->condition_at[r->q->n_where - 1] = i;
    r->last_category = i + 1;
}

void read_conditions(struct reading *r)
{
    struct labelled *l = r->l;
    for (size_t i = 0; i < l->n_labels && !r->failed; i++)
        if (l->labels[i].kind == LABEL_NUMBER && !l->labels[i].used) read_number_condition(r, i);
    /* Two categories of one attribute with "or" between them ask for it: "regular or premium". */
    for (size_t i = 0; i < l->n_labels && !r->failed; i++) {
        int first = -1;
        for (size_t k = 0; l->labels[i].kind == LABEL_TERM && k < l->labels[i].n_terms; k++)
            if (l->labels[i].terms[k].kind == TERM_CATEGORY) first = l->labels[i].terms[k].id;
        if (first < 0 || l->labels[i].used || !r->auxiliary) continue;
        bool or_between = false;
        for (size_t j = i + 1; j < l->n_labels; j++) {
            or_between = or_between || label_is(&l->labels[j], WORD_OR);
            for (size_t k = 0; l->labels[j].kind == LABEL_TERM && k < l->labels[j].n_terms; k++) {
                const struct term *t = &l->labels[j].terms[k];
                if (t->kind != TERM_CATEGORY || !or_between || l->labels[j].used ||
                    CATEGORIES[t->id].attribute != CATEGORIES[first].attribute ||
                    r->q->n_attributes == QUERY_MAX_ATTRIBUTES)
                    continue;
                int id = CATEGORIES[first].attribute;
                r->q->attributes[r->q->n_attributes++] = (struct query_attribute){
                    .attribute = id, .name = REGISTRY[id].names[0], .key = ""};
                l->labels[i].used = l->labels[j].used = true;
                break;
            }
            if (l->labels[i].used) break;
        }
    }
    for (size_t i = 0; i < l->n_labels && !r->failed; i++)
        if ((l->labels[i].kind == LABEL_TERM || l->labels[i].kind == LABEL_VALUE) && !l->labels[i].used)
            read_category_condition(r, i);
    r->last_category = 0;
    for (size_t i = 0; i < l->n_labels && !r->failed; i++) read_feature(r, i);
    for (size_t i = 0; i < l->n_labels && !r->failed; i++)
        if (l->labels[i].kind == LABEL_YEAR && !l->labels[i].used) read_year_condition(r, i);
    refuse_lost_alternatives(r);
}
