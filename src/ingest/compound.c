#include "ingest/compound.h"

#include "ingest/dimension_list.h"
#include "ingest/qualifier_list.h"
#include "ingest/subject.h"
#include "vehicle/registry.h"

#include <stdio.h>
#include <string.h>

enum { COMPOUND_PROBE = 24 }; /* cells that are looked at */

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
        size_t used = at < len && depth == 0 ? list_separator(name, len, at) : 0;
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

/* "Consumption (city / highway)", "Towing braked / unbraked (kg)": the rest of the name with each of them, where
 * that is one quantity. */
static bool find_qualified(struct compound *out, const char *name, size_t len, struct arena *arena)
{
    struct qualifier_list list;
    struct column_meaning m, first = {.attribute = -1};
    if (!qualifier_list_read(&list, name, len)) return true;
    for (size_t i = 0; i < list.n; i++) {
        if (!(out->names[i] = qualifier_list_name(&list, i, name, len, arena))) return false;
        registry_read_column(&m, out->names[i], strlen(out->names[i]), DIMENSION_NONE);
        if (i == 0) first = m;
        if (m.attribute != first.attribute || (m.attribute >= 0 && !is_number_attribute(&m))) return true;
    }
    out->n = list.n;
    return true;
}

/* ---- "Suspension travel front/rear (mm)", "Battery (V/Ah)": one thing, by words or units ---- */

struct item {
    size_t begin, end;
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80 || c == '-' || c == '.';
}

/* The list of words with slashes between them around the first slash of name[0, len): inside brackets each
 * item may have several words. 0: there is none. */
static size_t find_items(const char *name, size_t len, struct item *items, size_t *open, size_t *close)
{
    const char *slash = memchr(name, '/', len);
    if (!slash) return 0;
    size_t at = (size_t)(slash - name), begin = at, end = at, n = 0;
    *open = *close = len;
    for (size_t i = 0; i < at; i++) {
        if (name[i] == '(' || name[i] == '[') *open = i;
        if (name[i] == ')' || name[i] == ']') *open = len;
    }
    if (*open < len) {
        while (end < len && name[end] != ')' && name[end] != ']') end++;
        if (end == len) return 0;
        *close = end;
        while (begin > *open + 1 && name[begin - 1] != ',' && name[begin - 1] != ';') begin--;
        for (size_t i = at; i < end; i++)
            if (name[i] == ',' || name[i] == ';') end = i;
    } else {
        while (begin > 0 && is_word_byte(name[begin - 1])) begin--;
        while (end < len && (is_word_byte(name[end]) || name[end] == '/')) end++;
    }
    for (size_t from = begin; from <= end; n++) {
        const char *next = memchr(name + from, '/', end - from);
        size_t to = next ? (size_t)(next - name) : end;
        if (n == COMPOUND_MAX) return 0;
        items[n] = (struct item){from, to};
        while (items[n].begin < to && name[items[n].begin] == ' ') items[n].begin++;
        while (items[n].end > items[n].begin && name[items[n].end - 1] == ' ') items[n].end--;
        if (items[n].begin == items[n].end) return 0;
        for (size_t i = items[n].begin; i < items[n].end; i++)
            if (name[i] >= '0' && name[i] <= '9') return 0;
        from = to + 1;
    }
    return n > 1 ? n : 0;
}

/* "f/r" for front and rear. */
static const char *item_word(const char *name, const struct item *item, size_t n, size_t *len)
{
    static const char *const WORDS[][2] = {{"f", "front"}, {"r", "rear"}};
    *len = item->end - item->begin;
    for (size_t i = 0; *len == 1 && n == 2 && i < 2; i++)
        if ((name[item->begin] | 32) == WORDS[i][0][0]) {
            *len = strlen(WORDS[i][1]);
            return WORDS[i][1];
        }
    return name + item->begin;
}

/* Whether the items are units, each of another quantity: 1; words: 0; units of one, which is a figure in
 * several: -1. */
static int kind_of_items(const char *name, const struct item *items, size_t n)
{
    const struct unit *units[COMPOUND_MAX];
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        units[i] = unit_parse_all(name + items[i].begin, items[i].end - items[i].begin);
        if (units[i] && !(n == 2 && items[i].end - items[i].begin == 1 && strchr("fFrR", name[items[i].begin])))
            found++;
    }
    if (found < n) return 0; /* "min/max" are no minutes */
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++)
            if (units[i]->dimension == DIMENSION_ROTATION || (k < i && units[i]->dimension == units[k]->dimension))
                return -1;
    return 1;
}

/* Names the parts: what stands around the list, and one of its items. */
static bool find_listed(struct compound *out, const char *name, size_t len, const struct column_meaning *whole,
                        struct arena *arena)
{
    struct item items[COMPOUND_MAX];
    size_t open, close, n = find_items(name, len, items, &open, &close);
    if (!n || (open < len && unit_parse_all(name + open, close + 1 - open)) ||
        (open == len && unit_parse_all(name + items[0].begin, items[n - 1].end - items[0].begin)))
        return true;
    for (size_t i = items[n - 1].end; open < len && i < close; i++)
        if (name[i] != ' ') return true; /* "(city/highway, mpg)": the unit would be lost */
    if (whole->attribute >= 0 && !is_number_attribute(whole)) return true;
    int kind = kind_of_items(name, items, n);
    if (kind < 0) return true;
    /* The words before the list, and those behind it; a bracket that is emptied goes. */
    size_t before = open < len ? open : items[0].begin, after = open < len ? close + 1 : items[n - 1].end;
    const char *inner = "", *head = copy_trimmed(arena, name, 0, before), *tail = copy_trimmed(arena, name, after, len);
    if (open < len && items[0].begin > open + 1) { /* "(L, seats up/folded)" */
        size_t end = items[0].begin;
        while (end > open + 1 && strchr(" ,;", name[end - 1])) end--;
        inner = copy_trimmed(arena, name, open + 1, end);
    }
    if (!head || !inner || !tail) return false;
    if (!*head) return true;
    for (size_t i = 0; i < n; i++) {
        size_t word_len;
        const char *word = item_word(name, &items[i], n, &word_len);
        size_t room = strlen(head) + word_len + strlen(inner) + strlen(tail) + 8;
        char *text = arena_alloc(arena, room);
        if (!text) return false;
        if (kind == 1)
            snprintf(text, room, "%s (%.*s)", head, (int)word_len, word);
        else
            snprintf(text, room, "%s %.*s%s%s%s%s%s", head, (int)word_len, word, *inner ? " (" : "", inner,
                     *inner ? ")" : "", *tail ? " " : "", tail);
        out->names[i] = text;
    }
    out->n = n;
    out->listed = true;
    return true;
}

static bool has_letter(const struct cell *c, size_t begin, size_t end)
{
    for (size_t i = begin; i < end && i < c->len; i++)
        if (is_word_byte(c->text[i]) && c->text[i] != '-' && c->text[i] != '.') return true;
    return false;
}

/* Whether the cell is figures and their units alone: "205/55 R16" is one thing. */
static bool is_figures_alone(const struct value *v, const struct cell *c)
{
    size_t at = 0;
    for (size_t i = 0; i < v->n_parts; i++) {
        const struct value_part *p = &v->parts[i];
        if (p->remark_begin < p->remark_end || has_letter(c, at, p->begin)) return false;
        at = p->end;
    }
    return !has_letter(c, at, c->len);
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
    const struct unit *unit;
    if (!dimension_list_read(out->names, &out->n, &unit, name, len, arena)) return false;
    if (out->n) {
        struct column_meaning m;
        registry_read_column(&m, name, len, DIMENSION_LENGTH);
        if (m.unit || unit) out->unit = (m.unit ? m.unit : unit)->symbol;
    } else {
        bool any = false;
        for (size_t at = 1; at + 1 < len && !any; at++) any = list_separator(name, len, at) > 0;
        if (!any) return true;
        struct column_meaning whole; /* "Bore x stroke" */
        registry_read_column(&whole, name, len, DIMENSION_NONE);
        if (whole.attribute >= 0 && REGISTRY[whole.attribute].type == ATTRIBUTE_TEXT) return true;
        if (!find_parts(out, name, len, arena)) return false;
        if (!out->n && !find_listed(out, name, len, &whole, arena)) return false;
        if (!out->n && !find_qualified(out, name, len, arena)) return false;
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
        fit += count_groups(&v) == out->n && (!out->listed || is_figures_alone(&v, cells[i]));
    }
    if (fit * 2 <= seen || (out->listed && fit < seen)) out->n = 0;
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
