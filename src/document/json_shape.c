#include "document/json_shape.h"

#include <string.h>
#include <strings.h>
#include <xxhash.h>

enum {
    SAMPLE = 100, /* elements of a list, members of an object that are looked at */
    SHAPE_SLOTS = 1024,
};

bool json_key_is(const struct json_tape *t, size_t v, const char *name)
{
    const struct json_value *m = &t->values[v];
    return m->key_len == strlen(name) && strncasecmp(t->data + m->key, name, m->key_len) == 0;
}

static bool same_key(const struct json_tape *t, size_t a, size_t b)
{
    const struct json_value *x = &t->values[a], *y = &t->values[b];
    return x->key_len == y->key_len && memcmp(t->data + x->key, t->data + y->key, x->key_len) == 0;
}

static size_t count_type(const struct json_tape *t, size_t v, uint8_t type)
{
    size_t n = 0;
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next)
        n += t->values[i].type == type;
    return n;
}

bool json_is_record_list(const struct json_tape *t, size_t v)
{
    const struct json_value *x = &t->values[v];
    return x->type == JSON_LIST && x->count && !x->plain &&
           count_type(t, v, JSON_RECORD) * 2 > x->count;
}

bool json_is_matrix(const struct json_tape *t, size_t v)
{
    const struct json_value *x = &t->values[v];
    return x->type == JSON_LIST && x->count && !x->plain &&
           count_type(t, v, JSON_LIST) * 2 > x->count;
}

size_t json_leaves(const struct json_tape *t, size_t v)
{
    size_t n = 0;
    if (!json_is_container(&t->values[v])) return 1;
    if (t->values[v].type == JSON_LIST) return !json_is_record_list(t, v) && t->values[v].count;
    if (t->values[v].plain) return t->values[v].count;
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next) n += json_leaves(t, i);
    return n;
}

static double mean_leaves(const struct json_tape *t, size_t v)
{
    size_t n = 0, leaves = 0;
    for (size_t i = v + 1; i < t->values[v].next && n < SAMPLE; i = t->values[i].next, n++)
        leaves += t->values[i].type == JSON_LIST ? t->values[i].count : json_leaves(t, i);
    return n ? (double)leaves / (double)n : 0;
}

/* ---- values with units, names with values ---- */

static bool is_one_of(const struct json_tape *t, size_t v, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (json_key_is(t, v, names[i])) return true;
    return false;
}

static bool is_value_name(const struct json_tape *t, size_t v)
{
    static const char *const NAMES[] = {"value",  "val",   "amount", "wert",    "valeur",
                                        "valor",  "@value", "betrag", "montant", "importe"};
    return is_one_of(t, v, NAMES, sizeof NAMES / sizeof *NAMES);
}

static bool is_unit_name(const struct json_tape *t, size_t v)
{
    static const char *const NAMES[] = {"unit",     "units",        "uom",           "unitText", "unit_text", "einheit",
                                        "unite",    "unidad",       "currency",      "ccy",      "waehrung",  "devise",
                                        "moneda",   "currencyCode", "currency_code"};
    return is_one_of(t, v, NAMES, sizeof NAMES / sizeof *NAMES);
}

static bool is_pair_name(const struct json_tape *t, size_t v)
{
    static const char *const NAMES[] = {"name",     "attribute", "key",     "label",
                                        "property", "spec",      "field",   "title",
                                        "feature",  "parameter", "merkmal", "attribut"};
    return is_one_of(t, v, NAMES, sizeof NAMES / sizeof *NAMES);
}

bool json_is_quantity(const struct json_tape *t, size_t v, size_t *value, size_t *unit)
{
    const struct json_value *x = &t->values[v];
    if (x->type != JSON_RECORD || !x->plain || x->count != 2) return false;
    size_t a = v + 1, b = v + 2;
    if (is_unit_name(t, a)) {
        size_t swap = a;
        a = b;
        b = swap;
    }
    *value = a;
    *unit = b;
    return is_value_name(t, a) && is_unit_name(t, b) &&
           (t->values[b].type == JSON_TEXT || t->values[b].type == JSON_NULL_VALUE);
}

void json_pair(const struct json_tape *t, size_t element, size_t *name, size_t *value, size_t *unit)
{
    *name = *value = *unit = SIZE_MAX;
    for (size_t i = element + 1; i < t->values[element].next; i = t->values[i].next) {
        if (*name == SIZE_MAX && t->values[i].type == JSON_TEXT && is_pair_name(t, i))
            *name = i;
        else if (*value == SIZE_MAX && is_value_name(t, i))
            *value = i;
        else if (*unit == SIZE_MAX && is_unit_name(t, i))
            *unit = i;
    }
}

bool json_is_pair_list(const struct json_tape *t, size_t v)
{
    const struct json_value *x = &t->values[v];
    if (x->type != JSON_LIST || x->count < 2) return false;
    for (size_t i = v + 1; i < x->next; i = t->values[i].next) {
        const struct json_value *e = &t->values[i];
        size_t name, value, unit;
        if (e->type != JSON_RECORD || !e->plain || e->count < 2 || e->count > 3) return false;
        json_pair(t, i, &name, &value, &unit);
        if (name == SIZE_MAX || value == SIZE_MAX || (e->count == 3) != (unit != SIZE_MAX))
            return false;
    }
    return true;
}

/* ---- objects by key ---- */

/* How alike objects are: their members, and the different names among them. */
struct shape {
    size_t records, members, names;
    uint64_t seen[SHAPE_SLOTS]; /* hashes of names; open addressing, 0: free */
};

static void add_shape(const struct json_tape *t, size_t v, struct shape *s)
{
    s->records++;
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next) {
        uint64_t hash = XXH3_64bits(t->data + t->values[i].key, t->values[i].key_len) | 1;
        size_t slot = hash >> 32 & (SHAPE_SLOTS - 1);
        s->members++;
        while (s->seen[slot] && s->seen[slot] != hash) slot = (slot + 1) & (SHAPE_SLOTS - 1);
        if (s->seen[slot]) continue;
        if (s->names == SHAPE_SLOTS / 2) return;
        s->seen[slot] = hash;
        s->names++;
    }
}

/* Adds the records `levels` below v; false when something else stands there. */
static bool add_level(const struct json_tape *t, size_t v, size_t levels, struct shape *s)
{
    size_t n = 0, other = 0;
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next) {
        size_t value, unit;
        if (s->records >= SAMPLE || n++ >= SAMPLE) return true;
        if (t->values[i].type != JSON_RECORD || json_is_quantity(t, i, &value, &unit)) {
            if (levels > 1 || !json_is_about_file(t, i)) return false;
            other++;
            continue;
        }
        if (t->values[i].count == 0) continue;
        if (levels > 1 ? !add_level(t, i, levels - 1, s) : (add_shape(t, i, s), false))
            return false;
    }
    return other < n;
}

size_t json_key_levels(const struct json_tape *t, size_t v)
{
    const struct json_value *x = &t->values[v];
    size_t n = 0, found = 0;
    if (x->type != JSON_RECORD || x->plain || x->count == 0) return 0;
    for (size_t i = v + 1; i < x->next && n < SAMPLE; i = t->values[i].next, n++)
        if (t->values[i].type != JSON_RECORD && !json_is_about_file(t, i)) return 0;
    struct shape shape, *s = &shape;
    for (size_t levels = 1; levels <= JSON_MAX_KEYS && !found; levels++) {
        memset(s, 0, sizeof *s);
        if (!add_level(t, v, levels, s)) break;
        if (s->records < 2 || s->names == 0) continue;
        /* Of n objects that have nothing in common each holds 1/n of the names. */
        double records = (double)s->records;
        double share = (double)s->members / records / (double)s->names;
        double need = 1 / records + 0.2 > 0.6 ? 0.6 : 1 / records + 0.2;
        if (share >= need) found = levels;
    }
    return found;
}

static bool key_is_number(const struct json_tape *t, size_t v, size_t number)
{
    const struct json_value *m = &t->values[v];
    size_t n = 0;
    if (m->key_len == 0 || m->key_len > 9) return false;
    for (size_t i = 0; i < m->key_len; i++) {
        char c = t->data[m->key + i];
        if (c < '0' || c > '9') return false;
        n = n * 10 + (size_t)(c - '0');
    }
    return n == number;
}

bool json_keys_count_up(const struct json_tape *t, size_t v)
{
    if (t->values[v].type != JSON_RECORD || t->values[v].count == 0) return false;
    size_t number = key_is_number(t, v + 1, 1);
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next)
        if (!key_is_number(t, i, number++)) return false;
    return true;
}

/* ---- tables by column ---- */

bool json_is_column(const struct json_tape *t, size_t member, size_t n)
{
    const struct json_value *m = &t->values[member];
    return json_is_container(m) && m->plain && m->count == n;
}

bool json_is_columnar(const struct json_tape *t, size_t v, size_t *n)
{
    const struct json_value *x = &t->values[v];
    size_t lists = 0, indexed = 0, others = 0, rows = 0;
    if (x->type != JSON_RECORD || x->count < 2) return false;
    for (size_t i = v + 1; i < x->next; i = t->values[i].next) {
        const struct json_value *m = &t->values[i];
        if (!json_is_container(m)) {
            others += !json_is_about_file(t, i);
            continue;
        }
        bool list = m->type == JSON_LIST;
        if (!m->plain || m->count == 0 || (lists + indexed && m->count != rows) ||
            (!list && !json_keys_count_up(t, i)))
            return false;
        rows = m->count;
        if (list)
            lists++;
        else
            indexed++;
    }
    *n = rows;
    if (indexed) return lists == 0 && others == 0 && indexed >= 2;
    /* A record may have two lists of equal length; columns are most of what is there. */
    return lists >= 2 && rows >= 2 && (others == 0 || (rows >= 3 && lists >= 3 * others));
}

bool json_is_split(const struct json_tape *t, size_t v, size_t *names, size_t *rows, size_t *labels)
{
    *names = *rows = *labels = SIZE_MAX;
    if (t->values[v].type != JSON_RECORD) return false;
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next)
        if (json_is_matrix(t, i)) {
            if (*rows != SIZE_MAX) return false;
            *rows = i;
        }
    if (*rows == SIZE_MAX) return false;
    const struct json_value *matrix = &t->values[*rows];
    size_t width = t->values[*rows + 1].count, n = 0, as_wide = 0;
    for (size_t i = *rows + 1; i < matrix->next && n < SAMPLE; i = t->values[i].next, n++)
        as_wide += t->values[i].type == JSON_LIST && t->values[i].count == width;
    if (as_wide * 2 <= n) return false;
    for (size_t i = v + 1; i < t->values[v].next; i = t->values[i].next) {
        const struct json_value *m = &t->values[i];
        if (i == *rows) continue;
        if (m->type != JSON_LIST) {
            if (!json_is_about_file(t, i)) return false;
        } else if (m->plain && *names == SIZE_MAX && !json_key_is(t, i, "index") &&
                   m->count == width && count_type(t, i, JSON_TEXT) == m->count) {
            *names = i;
        } else if (m->plain && *labels == SIZE_MAX && m->count == matrix->count) {
            *labels = i;
        } else {
            return false;
        }
    }
    return *names != SIZE_MAX;
}

/* ---- what is about the file ---- */

bool json_is_about_file(const struct json_tape *t, size_t v)
{
    static const char *const NAMES[] = {
        "source",
        "sources",
        "url",
        "uri",
        "link",
        "links",
        "href",
        "license",
        "licence",
        "copyright",
        "attribution",
        "credits",
        "author",
        "authors",
        "publisher",
        "version",
        "schema",
        "schema_version",
        "generated",
        "generated_at",
        "generatedAt",
        "generator",
        "created",
        "created_at",
        "createdAt",
        "updated",
        "updated_at",
        "updatedAt",
        "last_updated",
        "lastUpdated",
        "modified",
        "retrieved",
        "date",
        "timestamp",
        "count",
        "total",
        "total_count",
        "totalCount",
        "total_results",
        "size",
        "page",
        "pages",
        "per_page",
        "page_size",
        "limit",
        "offset",
        "next",
        "previous",
        "prev",
        "has_more",
        "status",
        "success",
        "ok",
        "error",
        "errors",
        "message",
        "code",
        "title",
        "description",
        "comment",
        "comments",
        "note",
        "notes",
        "readme",
        "language",
        "encoding",
        "format",
        "meta",
        "metadata",
        "info",
        "context",
        "units",
        "quelle",
        "stand",
        "fuente",
        "fecha",
        "\xe6\x9d\xa5\xe6\xba\x90",
    };
    const struct json_value *m = &t->values[v];
    if (m->key_len && strchr("_$@", t->data[m->key])) return true;
    return is_one_of(t, v, NAMES, sizeof NAMES / sizeof *NAMES);
}

bool json_holds_table(const struct json_tape *t, size_t v)
{
    const struct json_value *x = &t->values[v];
    size_t n, names, rows, labels;
    if (x->type == JSON_LIST) return json_is_record_list(t, v) || json_is_matrix(t, v);
    if (x->type != JSON_RECORD || x->plain) return false;
    if (json_is_columnar(t, v, &n) || json_is_split(t, v, &names, &rows, &labels) ||
        json_key_levels(t, v))
        return true;
    for (size_t i = v + 1; i < x->next; i = t->values[i].next)
        if (json_holds_table(t, i)) return true;
    return false;
}

double json_richness(const struct json_tape *t, size_t v)
{
    const struct json_value *x = &t->values[v];
    size_t n, k = 0, names, rows, labels;
    if (!json_is_container(x) || x->plain) return 0;
    bool list = x->type == JSON_LIST;
    if (!list && json_is_columnar(t, v, &n)) return (double)x->count;
    if (!list && json_is_split(t, v, &names, &rows, &labels)) return mean_leaves(t, rows);
    bool table =
        list ? json_is_record_list(t, v) || json_is_matrix(t, v) : json_key_levels(t, v) > 0;
    double best = table ? mean_leaves(t, v) : 0;
    for (size_t i = v + 1; i < x->next && k < (list ? 16 : SAMPLE); i = t->values[i].next, k++) {
        double inner = json_richness(t, i);
        if (inner > best) best = inner;
    }
    return best;
}

/* ---- lists inside records ---- */

size_t json_row_lists(const struct json_tape *t, const uint32_t *records, size_t n,
                      uint32_t lists[JSON_MAX_LISTS])
{
    uint32_t level[SAMPLE], below[SAMPLE];
    size_t n_level = n < SAMPLE ? n : SAMPLE, n_lists = 0;
    memcpy(level, records, n_level * sizeof *level);
    while (n_lists < JSON_MAX_LISTS && n_level) {
        /* The first list of objects in a record is the candidate; it must be the only one. */
        size_t list = SIZE_MAX, have = 0, n_below = 0;
        double own = 0, inner = 0;
        bool several = false;
        for (size_t k = 0; k < n_level && !several; k++) {
            for (size_t i = level[k] + 1; i < t->values[level[k]].next; i = t->values[i].next) {
                if (!json_is_record_list(t, i) || json_is_pair_list(t, i)) continue;
                if (list == SIZE_MAX) list = i;
                several = several || !same_key(t, list, i);
                have++;
                inner += json_richness(t, i); /* of the list, or of a list in its records */
                for (size_t e = i + 1; e < t->values[i].next && n_below < SAMPLE;
                     e = t->values[e].next)
                    if (t->values[e].type == JSON_RECORD) below[n_below++] = (uint32_t)e;
            }
            own += (double)json_leaves(t, level[k]);
        }
        if (list == SIZE_MAX || several || have * 2 < n_level ||
            inner / (double)have <= own / (double)n_level)
            break;
        lists[n_lists++] = (uint32_t)list;
        memcpy(level, below, n_below * sizeof *level);
        n_level = n_below;
    }
    return n_lists;
}
