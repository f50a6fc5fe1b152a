#include "query/meaning.h"

#include "query/columns.h"
#include "query/lexicon.h"

#include <string.h>

/* Operations by their names in the five languages. */
static const struct {
    enum word_class class;
    const char *names[5];
    bool named; /* also of vehicles that are named */
} OPERATIONS[] = {
    {WORD_AVERAGE, {"average", "Durchschnitt", "moyenne", "promedio", "平均值"}, true},
    {WORD_SUM, {"sum of all", "Summe", "somme", "suma", "总和"}, true},
    {WORD_DIFFERENCE, {"difference", "Unterschied", "différence", "diferencia", "差"}, true},
    {WORD_MOST, {"the most", "am meisten", "le plus", "el mayor", "最大"}, false},
    {WORD_LEAST, {"the least", "am wenigsten", "le moins", "el menor", "最小"}, false},
    {WORD_RANGE, {"from least to most", "von bis", "du minimum au maximum", "del mínimo al máximo", "从最小到最大"}, false},
    {WORD_COUNT, {"how many", "wie viele", "combien", "cuántos", "多少个"}, false},
    {WORD_LIST, {"list of all", "Liste", "liste", "lista", "列出"}, false},
};
enum { N_OPERATIONS = sizeof OPERATIONS / sizeof *OPERATIONS };

static size_t language_of(const struct query *q)
{
    for (size_t i = 0; i < 5; i++)
        if (strcmp(LEXICON_LANGUAGES[i], q->language) == 0) return i;
    return 0;
}

/* What is made: names are given once, the first that has one keeps it. */
struct maker {
    struct meanings *out;
    const struct query *q;
    const struct catalog *c;
    struct arena *arena;
    const char *words;
    size_t language;
    bool own;  /* names that only the store has as well */
    bool full;
};

static bool add(struct maker *m, struct buffer *name, struct query_meaning meaning)
{
    bool ok = !name->failed;
    for (size_t i = 0; i < name->len; i++)
        if ((unsigned char)name->data[i] < ' ' || name->data[i] == '"') name->data[i] = ' ';
    for (size_t i = 0; ok && i < m->out->n; i++)
        if (strcmp(m->out->items[i].name, buffer_text(name)) == 0) goto done;
    if (ok && name->len > 0 && m->out->n == MEANINGS_MAX) m->full = true;
    if (ok && name->len > 0 && !m->full) {
        meaning.words = m->words;
        meaning.first = m->q->unknown.first;
        meaning.n = m->q->unknown.n;
        meaning.name = arena_strdup(m->arena, buffer_text(name));
        ok = meaning.name != NULL;
        if (ok) m->out->items[m->out->n++] = meaning;
    }
done:
    buffer_free(name);
    return ok;
}

/* What is no property of a vehicle: its name, and the parts of tables in long form. */
static bool is_property(int attribute)
{
    if (attribute < 0) return true;
    enum attribute_role role = REGISTRY[attribute].role;
    return role == ROLE_NONE || role == ROLE_MAKE || role == ROLE_YEAR || role == ROLE_YEAR_LAST;
}

static bool add_attribute(struct maker *m, size_t column)
{
    const struct catalog_column *col = &m->c->columns[column];
    struct buffer name = {0};
    struct query_meaning meaning = {.kind = MEANING_ATTRIBUTE, .category = -1, .column = column};
    if (!is_property(col->attribute) || col->n_values == 0 || (col->attribute < 0 && !m->own)) return true;
    if (col->attribute >= 0) {
        for (size_t i = 0; i < QUALIFIER_COUNT; i++)
            if (col->qualifiers >> i & 1) buffer_printf(&name, "%s ", QUALIFIERS[i].names[m->language]);
        buffer_puts(&name, REGISTRY[col->attribute].names[m->language]);
        meaning.attribute = (struct query_attribute){.attribute = col->attribute,
                                                     .name = REGISTRY[col->attribute].names[m->language],
                                                     .key = "",
                                                     .qualifiers = col->qualifiers};
    } else {
        buffer_puts(&name, col->name);
        meaning.attribute = (struct query_attribute){.attribute = -1, .name = col->name, .key = col->key};
    }
    return add(m, &name, meaning);
}

/* The columns of the sources that hold the subjects; of all where none is named. */
static bool add_attributes(struct maker *m)
{
    const struct query *q = m->q;
    bool *in = arena_array(m->arena, m->c->n_sources + 1, sizeof *in);
    if (!in) return false;
    for (size_t s = 0; s < m->c->n_sources; s++) in[s] = q->n_subjects == 0;
    for (size_t k = 0; k < q->n_subjects; k++)
        for (size_t i = 0; i < q->subjects[k].n_records; i++) in[m->c->records[q->subjects[k].records[i]].source] = true;
    for (size_t i = 0; i < m->c->n_columns && !m->full; i++)
        if (in[m->c->columns[i].source] && !add_attribute(m, i)) return false;
    return true;
}

static bool add_categories(struct maker *m)
{
    bool *seen = arena_array(m->arena, CATEGORY_COUNT + 1, sizeof *seen);
    if (!seen) return false;
    for (size_t i = 0; i < m->c->n_terms && !m->full; i++) {
        int id = m->c->terms[i].category;
        struct buffer name = {0};
        if (id < 0 || seen[id]) continue;
        seen[id] = true;
        buffer_printf(&name, "%s: %s", REGISTRY[CATEGORIES[id].attribute].names[m->language],
                      CATEGORIES[id].names[m->language]);
        if (!add(m, &name, (struct query_meaning){.kind = MEANING_CATEGORY, .category = id, .attribute.attribute = -1}))
            return false;
    }
    return true;
}

static bool add_operations(struct maker *m)
{
    for (size_t i = 0; i < N_OPERATIONS; i++) {
        struct buffer name = {0};
        if (m->q->n_subjects > 0 && !OPERATIONS[i].named) continue;
        buffer_puts(&name, OPERATIONS[i].names[m->language]);
        if (!add(m, &name, (struct query_meaning){.kind = MEANING_OPERATION, .category = -1, .attribute.attribute = -1,
                                                  .operation = (int)OPERATIONS[i].class}))
            return false;
    }
    return true;
}

bool meanings_list(struct meanings *out, const struct query *q, const struct catalog *c, struct arena *arena,
                   struct error *err)
{
    *out = (struct meanings){0};
    if (!q->unknown.text) return true;
    out->items = arena_array(arena, MEANINGS_MAX, sizeof *out->items);
    const char *words = arena_strdup(arena, q->unknown.text);
    bool ok = out->items && words;
    /* Where a store of many documents has more names than a list should have, those that all documents share. */
    for (int own = 1; ok && own >= 0; own--) {
        struct maker m = {.out = out, .q = q, .c = c, .arena = arena, .words = words,
                          .language = language_of(q), .own = own};
        out->n = 0;
        if (q->unknown.operation) ok = ok && add_operations(&m);
        if (q->unknown.category) ok = ok && add_categories(&m);
        if (q->unknown.attribute) ok = ok && add_attributes(&m);
        if (!m.full) break;
        out->n = 0; /* one without what is right would be a trap */
    }
    return ok || error_memory(err, "a question");
}

static bool same_attribute(const struct query_attribute *a, const struct query_attribute *b)
{
    if (a->attribute != b->attribute) return false;
    return a->attribute >= 0 ? (a->qualifiers & b->qualifiers) == b->qualifiers : strcmp(a->key, b->key) == 0;
}

static bool takes_operation(const struct query *q, enum word_class class)
{
    switch (class) {
    case WORD_AVERAGE: return q->op == QUERY_AGGREGATE && q->aggregate == AGGREGATE_AVERAGE;
    case WORD_SUM: return q->op == QUERY_AGGREGATE && q->aggregate == AGGREGATE_SUM;
    case WORD_RANGE: return q->op == QUERY_AGGREGATE && q->aggregate == AGGREGATE_RANGE;
    case WORD_DIFFERENCE: return q->op == QUERY_COMPARE && q->by_how_much;
    case WORD_MOST: return (q->op == QUERY_RANK && q->order > 0) || (q->op == QUERY_AGGREGATE && q->aggregate == AGGREGATE_MOST);
    case WORD_LEAST: return (q->op == QUERY_RANK && q->order < 0) || (q->op == QUERY_AGGREGATE && q->aggregate == AGGREGATE_LEAST);
    case WORD_COUNT: return q->op == QUERY_COUNT;
    case WORD_LIST: return q->op == QUERY_LIST;
    default: return false;
    }
}

bool query_takes_meaning(const struct query *q, const struct query_meaning *m)
{
    if (m->kind == MEANING_OPERATION) return takes_operation(q, (enum word_class)m->operation);
    for (size_t i = 0; i < q->n_where; i++)
        if (m->kind == MEANING_CATEGORY ? q->where[i].category == m->category
                                        : same_attribute(&q->where[i].attribute, &m->attribute))
            return true;
    if (m->kind == MEANING_CATEGORY) return false;
    for (size_t i = 0; i < q->n_attributes; i++)
        if (same_attribute(&q->attributes[i], &m->attribute)) return true;
    return q->grouped && same_attribute(&q->group, &m->attribute);
}
