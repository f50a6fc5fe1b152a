#include "query/columns.h"

#include <limits.h>
#include <string.h>

/* Families of which a column may lack the member that is asked for: how it was tested, that a figure is a
 * maximum, and whose price it is, often goes without saying. */
static bool may_lack(int family)
{
    static const char *const IDS[] = {"wltp", "maximum", "net", "unladen", "electric_mode", "list_price"};
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        int q = qualifier_find(IDS[i]);
        if (q >= 0 && QUALIFIERS[q].family == family) return true;
    }
    return false;
}

/* Members that are meant where nothing is said. */
static bool is_default(int qualifier)
{
    static const char *const IDS[] = {"combined", "wltp", "epa", "maximum", "minimum", "braked"};
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++)
        if (qualifier_find(IDS[i]) == qualifier) return true;
    return false;
}

/* "rear" and "second row" are one where a car has two rows. */
static uint64_t same_row(uint64_t asked, uint64_t has)
{
    int rear = qualifier_find("rear"), second = qualifier_find("second_row");
    if (rear < 0 || second < 0) return asked;
    uint64_t a = 1ull << rear, b = 1ull << second;
    if ((asked & a) && (has & b) && !(has & a)) return (asked & ~a) | b;
    if ((asked & b) && (has & a) && !(has & b)) return (asked & ~b) | a;
    return asked;
}

/* How badly a column's qualifiers fit those asked for; -1: not at all. */
static int misfit(uint64_t asked, uint64_t has)
{
    int cost = 0, combined = qualifier_find("combined");
    uint64_t said = asked;
    asked = same_row(asked, has);
    if (asked != said) cost = 3;
    for (size_t i = 0; i < QUALIFIER_COUNT; i++) {
        uint64_t bit = 1ull << i;
        int family = QUALIFIERS[i].family;
        if ((asked & bit) && !(has & bit)) {
            for (size_t k = 0; k < QUALIFIER_COUNT; k++)
                if (k != i && QUALIFIERS[k].family == family && (has >> k & 1)) return -1;
            if (!may_lack(family) && (int)i != combined) return -1;
            cost += 4;
        }
        if ((has & bit) && !(asked & bit)) {
            bool asked_family = false;
            for (size_t k = 0; k < QUALIFIER_COUNT; k++)
                asked_family = asked_family || (QUALIFIERS[k].family == family && (asked >> k & 1));
            if (asked_family) return -1;
            cost += is_default((int)i) ? 1 : 2;
        }
    }
    return cost;
}

static bool key_has_words(const char *key, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        bool found = false;
        for (const char *k = key; *k && !found;) {
            size_t n = strcspn(k, " ");
            found = n == len && memcmp(k, words, len) == 0;
            k += n + (k[n] == ' ');
        }
        if (!found) return false;
        words += len + (words[len] == ' ');
    }
    return true;
}

bool key_has_run(const char *key, const char *run)
{
    size_t len = strlen(run);
    if (len == 0) return false;
    for (const char *at = strstr(key, run); at; at = strstr(at + 1, run))
        if ((at == key || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' ')) return true;
    return false;
}

int cell_category(int attribute, const char *text)
{
    size_t len = strlen(text), head = strcspn(text, ",;(");
    int category = registry_read_category(attribute, text, len);
    if (category >= 0 || head == len || head < 3) return category;
    category = registry_read_category(attribute, text, head);
    if (category < 0) return -1;
    struct token t[64];
    size_t n = tokens_split(text + head, len - head, TOKENS_TEXT, t, 64);
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (!registry_match(&t[i], n - i, &terms, &n_terms)) continue;
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_CATEGORY && !terms[k].code &&
                CATEGORIES[terms[k].id].attribute == CATEGORIES[category].attribute &&
                !registry_category_is(terms[k].id, category))
                return -1;
    }
    return category;
}

/* Letters that stand for yes and no in a column of nothing else. */
static bool is_tick(const char *key)
{
    static const char *const TICKS[] = {"y", "n", "x", "s", "o", "j", "yes", "no", "ja", "nein", "si", "oui", "non"};
    for (size_t i = 0; i < sizeof TICKS / sizeof *TICKS; i++)
        if (strcmp(key, TICKS[i]) == 0) return true;
    return false;
}

bool column_is_yes_no(const struct catalog *c, size_t column)
{
    const struct catalog_column *col = &c->columns[column];
    if (!col->has_texts || col->has_numbers) return false;
    for (size_t t = 0; t < c->n_terms; t++)
        if (c->terms[t].column == column && !is_tick(c->terms[t].key)) return false;
    return true;
}

bool source_is_electric(const struct catalog *c, size_t source)
{
    static const char *const ELECTRIC[] = {"battery_capacity", "electric_range"};
    static const char *const OTHER[] = {"fuel_type", "fuel_consumption", "displacement", "cylinders", "fuel_range",
                                        "fuel_capacity", "fuel_tank", "powertrain", "engine_type"};
    const struct catalog_source *s = &c->sources[source];
    bool electric = false;
    if (s->prose) return false;
    for (size_t i = s->first_column; i < s->first_column + s->n_columns; i++) {
        if (c->columns[i].attribute < 0) continue;
        const char *id = REGISTRY[c->columns[i].attribute].id;
        for (size_t k = 0; k < sizeof ELECTRIC / sizeof *ELECTRIC; k++)
            electric = electric || strcmp(id, ELECTRIC[k]) == 0;
        for (size_t k = 0; k < sizeof OTHER / sizeof *OTHER; k++)
            if (strcmp(id, OTHER[k]) == 0) return false;
    }
    return electric;
}

static bool unit_fits(const struct unit *column, const struct unit *wanted)
{
    double unused;
    return !column || !wanted || unit_convert(1, column, wanted, &unused);
}

size_t columns_find(const struct catalog *c, size_t source, const struct query_attribute *a,
                    const struct unit *wanted, size_t *out)
{
    const struct catalog_source *s = &c->sources[source];
    int best = INT_MAX;
    size_t n = 0;
    for (size_t i = s->first_column; i < s->first_column + s->n_columns; i++) {
        const struct catalog_column *col = &c->columns[i];
        int cost;
        if (a->attribute >= 0) {
            if (col->attribute != a->attribute) continue;
            cost = misfit(a->qualifiers, col->qualifiers);
        } else {
            if (!a->key[0] || !key_has_words(col->key, a->key)) continue;
            cost = strlen(col->key) == strlen(a->key) ? 0 : 1;
        }
        if (cost < 0 || !unit_fits(col->unit, wanted)) continue;
        if (cost < best) {
            best = cost;
            n = 0;
        }
        if (cost == best && n < COLUMNS_MAX) out[n++] = i;
    }
    /* One meaning in several units: the wanted one, else the first. */
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct catalog_column *x = &c->columns[out[i]];
        bool drop = false;
        for (size_t k = 0; k < kept && !drop; k++) {
            const struct catalog_column *y = &c->columns[out[k]];
            if (x->qualifiers != y->qualifiers || x->unit == y->unit || !x->unit || !y->unit ||
                strcmp(x->section, y->section) != 0)
                continue;
            if (x->unit == wanted) out[k] = out[i];
            drop = true;
        }
        if (!drop) out[kept++] = out[i];
    }
    return kept;
}

bool columns_have(const struct catalog *c, const size_t *records, size_t n_records,
                  const struct query_attribute *a)
{
    size_t found[COLUMNS_MAX], last = SIZE_MAX;
    if (n_records == 0) {
        for (size_t s = 0; s < c->n_sources; s++)
            if (columns_find(c, s, a, NULL, found)) return true;
        return false;
    }
    for (size_t i = 0; i < n_records; i++) {
        size_t s = c->records[records[i]].source;
        if (s == last) continue;
        last = s;
        if (columns_find(c, s, a, NULL, found)) return true;
    }
    return false;
}

int category_find(const char *id)
{
    for (size_t i = 0; i < CATEGORY_COUNT; i++)
        if (strcmp(CATEGORIES[i].id, id) == 0) return (int)i;
    return -1;
}
