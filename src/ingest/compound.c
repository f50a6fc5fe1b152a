#include "ingest/compound.h"

#include "ingest/subject.h"
#include "vehicle/registry.h"

#include <string.h>

enum { COMPOUND_PROBE = 24 }; /* cells that are looked at */

/* Letters and ideographs of length, width and height. */
static const char *dimension_name_of(const char *key, size_t position)
{
    static const struct {
        const char *key, *name;
    } NAMES[] = {{"w", "width"},  {"h", "height"}, {"b", "width"},   {"d", "depth"},
                 {"长", "长"},    {"宽", "宽"},    {"高", "高"}};
    if (strcmp(key, "l") == 0) return position == 0 ? "length" : "width"; /* French: L x l x h */
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i].key, key) == 0) return NAMES[i].name;
    return NULL;
}

/* "L x W x H", "LxBxH", "长/宽/高" anywhere in the name. */
static size_t find_dimensions(const char *name, size_t len, const char **out)
{
    struct token t[24];
    size_t n = tokens_split(name, len, TOKENS_TEXT, t, 24), best = 0;
    for (size_t i = 0; i < n; i++) {
        size_t found = 0, k = i;
        if (strcmp(t[i].key, "lxwxh") == 0 || strcmp(t[i].key, "lwh") == 0 ||
            strcmp(t[i].key, "lxbxh") == 0 || strcmp(t[i].key, "lbh") == 0 ||
            strcmp(t[i].key, "lxlxh") == 0) {
            out[0] = "length";
            out[1] = "width";
            out[2] = "height";
            return 3;
        }
        while (k < n && found < 3) {
            const char *part = dimension_name_of(t[k].key, found);
            if (!part) break;
            out[found++] = part;
            k++;
            if (k < n && strcmp(t[k].key, "x") == 0)
                k++;
            else if (k < n && !(t[k].gap & (GAP_SLASH | GAP_OTHER | GAP_HYPHEN)))
                break;
        }
        if (found >= 2) {
            best = found;
            break;
        }
    }
    return best;
}

/* The separator at text[at]; its length. */
static size_t separator_at(const char *text, size_t len, size_t at)
{
    static const char *const SIGNS[] = {"/", "\u00d7", "|", "&", "+", " x ", " and ", " und ",
                                        " et ", " y ", "\u3001", "\uff0f"};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t n = strlen(SIGNS[i]);
        if (len - at >= n && memcmp(text + at, SIGNS[i], n) == 0) return n;
    }
    return 0;
}

static bool is_number_attribute(const struct column_meaning *m)
{
    return m->attribute >= 0 && REGISTRY[m->attribute].type == ATTRIBUTE_NUMBER &&
           REGISTRY[m->attribute].role == ROLE_NONE;
}

static const char *copy_trimmed(struct arena *arena, const char *text, size_t begin, size_t end)
{
    while (begin < end && text[begin] == ' ') begin++;
    while (end > begin && text[end - 1] == ' ') end--;
    return arena_strndup(arena, text + begin, end - begin);
}

/* "Power (kW) / Torque (Nm)": parts that are number attributes, each another. */
static bool find_parts(struct compound *out, const char *name, size_t len, struct arena *arena)
{
    size_t begin = 0, n = 0;
    int depth = 0;
    const char *parts[COMPOUND_MAX];
    for (size_t at = 0; at <= len;) {
        if (at < len && (name[at] == '(' || name[at] == '[')) depth++;
        if (at < len && (name[at] == ')' || name[at] == ']') && depth > 0) depth--;
        size_t used = at < len && depth == 0 ? separator_at(name, len, at) : 0;
        if (at == len || used) {
            if (n == COMPOUND_MAX || at == begin) return true;
            parts[n] = copy_trimmed(arena, name, begin, at);
            if (!parts[n++]) return false;
            begin = at + used;
        }
        at += used ? used : 1;
    }
    if (n < 2) return true;
    struct column_meaning m[COMPOUND_MAX], last;
    registry_read_column(&last, parts[n - 1], strlen(parts[n - 1]), DIMENSION_NONE);
    enum dimension hint = last.unit ? last.unit->dimension : DIMENSION_NONE;
    for (size_t i = 0; i < n; i++) {
        registry_read_column(&m[i], parts[i], strlen(parts[i]), hint);
        if (!is_number_attribute(&m[i])) return true;
        for (size_t k = 0; k < i; k++)
            if (m[k].attribute == m[i].attribute && m[k].qualifiers == m[i].qualifiers) return true;
    }
    /* A unit behind the last one holds for those of its dimension that state none. */
    for (size_t i = 0; i + 1 < n; i++)
        if (m[i].unit && last.unit && m[i].unit != last.unit &&
            m[i].unit->dimension == last.unit->dimension)
            return true;
    out->n = n;
    for (size_t i = 0; i < n; i++) out->names[i] = parts[i];
    if (last.unit && !m[0].unit && REGISTRY[m[0].attribute].dimension == last.unit->dimension)
        out->unit = last.unit->symbol;
    return true;
}

static size_t count_groups(const struct value *v)
{
    return v->kind == VALUE_NUMBER && v->n_parts ? (size_t)v->parts[v->n_parts - 1].group + 1 : 0;
}

bool compound_read(struct compound *out, const char *name, const struct cell *const *cells,
                   size_t n_cells, struct arena *arena)
{
    *out = (struct compound){.unit = ""};
    size_t len = strlen(name);
    if (len < 3 || len > 120) return true;
    out->n = find_dimensions(name, len, out->names);
    if (out->n) {
        struct column_meaning m;
        registry_read_column(&m, name, len, DIMENSION_LENGTH);
        if (m.unit) out->unit = m.unit->symbol;
    } else {
        bool any = false;
        for (size_t at = 1; at + 1 < len && !any; at++) any = separator_at(name, len, at) > 0;
        if (!any) return true;
        if (!find_parts(out, name, len, arena)) return false;
    }
    if (!out->n) return true;
    /* The cells decide: "Power/Torque" over one figure a cell is something else. */
    size_t seen = 0, fit = 0, step = n_cells > COMPOUND_PROBE ? n_cells / COMPOUND_PROBE : 1;
    for (size_t i = 0; i < n_cells && seen < COMPOUND_PROBE; i += step) {
        struct value v;
        if (!cells[i]->len) continue;
        value_parse(&v, cells[i]->text, cells[i]->len, NUMBER_POINT, NULL, DIMENSION_NONE);
        if (v.kind == VALUE_NONE) continue;
        seen++;
        fit += count_groups(&v) == out->n;
    }
    if (fit * 2 <= seen) out->n = 0;
    return true;
}

void compound_take(const struct interpreted_column *c, struct value *v)
{
    size_t groups = count_groups(v), n = 0;
    bool mine = false;
    for (size_t i = 0; i < v->n_parts; i++)
        mine |= v->parts[i].unit && v->parts[i].unit->dimension == c->dimension;
    for (size_t i = 0; i < v->n_parts; i++) {
        const struct value_part *p = &v->parts[i];
        bool in_place = groups == c->n_parts && p->group == c->part &&
                        !(p->unit && c->dimension && p->unit->dimension != c->dimension);
        bool by_unit = groups != c->n_parts && mine && p->unit &&
                       p->unit->dimension == c->dimension && c->distinct_dimension;
        if (!in_place && !by_unit) continue;
        v->parts[n] = *p;
        v->parts[n].group = 0;
        if (!p->unit) v->parts[n].unit = c->fact.unit;
        n++;
    }
    v->n_parts = n;
}
