#include "answer/result_json.h"
#include "answer/wording.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

json_t *json_text(const char *text)
{
    if (!text) text = "";
    size_t len = strlen(text);
    if (utf8_is_valid(text, len)) return json_stringn(text, len);
    struct buffer b = {0};
    for (size_t i = 0; i < len;) {
        size_t n = utf8_decode(text + i, len - i, NULL);
        if (n)
            buffer_append(&b, text + i, n);
        else
            buffer_puts(&b, "\xef\xbf\xbd");
        i += n ? n : 1;
    }
    json_t *out = b.failed ? NULL : json_stringn(buffer_text(&b), b.len);
    buffer_free(&b);
    return out;
}

/* What the functions below share: an allocation that fails is seen once, at the end. */
struct maker {
    const struct rendered *a;
    const struct query *q;
    const struct result *r;
    const struct catalog *c;
    bool failed;
};

static void set(struct maker *m, json_t *object, const char *key, json_t *value)
{
    /* jansson frees the value where it cannot set it. */
    if (json_object_set_new(object, key, value) != 0) m->failed = true;
}

static void append(struct maker *m, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0) m->failed = true;
}

static json_t *text_or_null(const char *s)
{
    return s && s[0] ? json_text(s) : json_null();
}

static json_t *number_or_null(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *unit_or_null(const struct unit *u)
{
    return u ? json_text(u->symbol) : json_null();
}

/* ---- the query ---- */

static json_t *qualifier_ids(struct maker *m, uint64_t qualifiers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < QUALIFIER_COUNT && i < 64; i++)
        if (qualifiers >> i & 1) append(m, list, json_text(QUALIFIERS[i].id));
    return list;
}

static json_t *attribute_name_text(struct maker *m, const struct attribute_name *name,
                                   enum language l)
{
    struct buffer b = {0};
    attribute_name_write(&b, name, l);
    json_t *text = b.failed ? NULL : json_text(buffer_text(&b));
    buffer_free(&b);
    if (!text) m->failed = true;
    return text;
}

static json_t *attribute_id(int attribute)
{
    return attribute >= 0 && (size_t)attribute < REGISTRY_COUNT ? json_text(REGISTRY[attribute].id)
                                                                : json_null();
}

static json_t *attribute(struct maker *m, const struct query_attribute *a)
{
    json_t *o = json_object();
    struct attribute_name name = query_attribute_name(a);
    set(m, o, "id", attribute_id(a->attribute));
    set(m, o, "name", attribute_name_text(m, &name, language_find(m->q->language)));
    set(m, o, "qualifiers", qualifier_ids(m, a->qualifiers));
    return o;
}

static json_t *vehicle(struct maker *m, const struct query_subject *s)
{
    json_t *o = json_object();
    set(m, o, "asked", json_text(s->name));
    set(m, o, "name", json_text(s->label && s->label[0] ? s->label : s->name));
    set(m, o, "year", s->year ? json_integer(s->year) : json_null());
    set(m, o, "entries", count(s->n_records));
    return o;
}

static json_t *condition(struct maker *m, const struct query_condition *w)
{
    static const char *const COMPARATORS[] = {"=", "!=", "<", "<=", ">", ">=", "between", "about"};
    json_t *o = json_object();
    bool named = w->attribute.attribute >= 0 || (w->attribute.key && w->attribute.key[0]);
    set(m, o, "text", json_text(w->text));
    set(m, o, "attribute", named ? attribute(m, &w->attribute) : json_null());
    set(m, o, "comparator",
        w->comparator <= COMPARE_ABOUT ? json_text(COMPARATORS[w->comparator]) : json_null());
    set(m, o, "value", w->number ? number_or_null(w->low) : text_or_null(w->key));
    set(m, o, "value_high",
        w->number && w->comparator == COMPARE_BETWEEN ? number_or_null(w->high) : json_null());
    set(m, o, "unit", unit_or_null(w->unit));
    set(m, o, "category",
        w->category >= 0 && (size_t)w->category < CATEGORY_COUNT
            ? json_text(CATEGORIES[w->category].id)
            : json_null());
    set(m, o, "year", json_boolean(w->year));
    set(m, o, "negated", json_boolean(w->negated));
    return o;
}

/* {"words": "towball rating", "kind": "attribute", "meaning": "towing capacity", "by": "model"} */
static json_t *assumed(struct maker *m, const struct query_meaning *a)
{
    static const char *const KINDS[] = {"attribute", "category", "operation"};
    json_t *o = json_object();
    set(m, o, "words", json_text(a->words));
    set(m, o, "kind", json_text(KINDS[a->kind]));
    set(m, o, "meaning", json_text(a->name));
    set(m, o, "by", json_text("model"));
    return o;
}

static json_t *query(struct maker *m)
{
    static const char *const OPERATIONS[] = {"none",  "value",     "compare", "rank",     "list",
                                             "count", "aggregate", "check",   "describe", "open"};
    static const char *const AGGREGATES[] = {"", "average", "sum", "range", "least", "most", "median"};
    const struct query *q = m->q;
    json_t *o = json_object(), *vehicles = json_array(), *attributes = json_array(),
           *where = json_array(), *documents = json_array(), *unresolved = json_array(), *taken = json_array();
    for (size_t i = 0; i < q->n_subjects; i++) append(m, vehicles, vehicle(m, &q->subjects[i]));
    for (size_t i = 0; i < q->n_attributes; i++)
        append(m, attributes, attribute(m, &q->attributes[i]));
    for (size_t i = 0; i < q->n_where; i++) append(m, where, condition(m, &q->where[i]));
    for (size_t i = 0; i < q->n_documents; i++)
        if (q->documents[i] < m->c->n_documents)
            append(m, documents, json_text(m->c->documents[q->documents[i]].path));
    for (size_t i = 0; i < q->n_unresolved; i++) append(m, unresolved, json_text(q->unresolved[i]));
    for (size_t i = 0; i < q->n_assumed; i++) append(m, taken, assumed(m, &q->assumed[i]));
    set(m, o, "operation", json_text(q->op <= QUERY_OPEN ? OPERATIONS[q->op] : "none"));
    set(m, o, "vehicles", vehicles);
    set(m, o, "attributes", attributes);
    set(m, o, "conditions", where);
    set(m, o, "unit", unit_or_null(q->unit));
    set(m, o, "aggregate",
        text_or_null(q->op == QUERY_AGGREGATE && q->aggregate <= AGGREGATE_MEDIAN
                         ? AGGREGATES[q->aggregate]
                         : ""));
    set(m, o, "order",
        text_or_null(q->order > 0   ? "most_first"
                     : q->order < 0 ? "least_first"
                                    : ""));
    set(m, o, "limit", q->limit ? count(q->limit) : json_null());
    set(m, o, "group", q->grouped ? attribute(m, &q->group) : json_null());
    set(m, o, "documents", documents);
    set(m, o, "language", json_text(language_code(language_find(q->language))));
    set(m, o, "carried", json_boolean(q->carried));
    set(m, o, "unresolved", unresolved);
    set(m, o, "assumed", taken);
    json_t *unused = json_array();
    for (size_t i = 0; i < q->n_unused; i++) append(m, unused, json_text(q->unused[i]));
    set(m, o, "unused", unused);
    return o;
}

/* ---- rows ---- */

static json_t *years(const struct catalog_record *rec)
{
    return rec->year_first ? json_integer(rec->year_first) : json_null();
}

bool seen_to_json(json_t *source, int64_t document, const struct store_seen *seen)
{
    json_t *boxes = json_array();
    bool ok = boxes != NULL;
    for (size_t i = 0; i < seen->n_boxes; i++) {
        const struct page_box *b = &seen->boxes[i];
        ok = json_array_append_new(boxes, json_pack("[f, f, f, f]", (double)b->x0, (double)b->y0,
                                                    (double)b->x1, (double)b->y1)) == 0 &&
             ok;
    }
    ok = json_object_set_new(source, "document_id", json_integer((json_int_t)document)) == 0 && ok;
    ok = json_object_set_new(source, "page",
                             seen->page ? json_integer((json_int_t)seen->page) : json_null()) == 0 &&
         ok;
    return json_object_set_new(source, "boxes", boxes) == 0 && ok;
}

static void set_source(struct maker *m, json_t *o, const struct result_row *row)
{
    const struct catalog_source *source = &m->c->sources[m->c->columns[row->column].source];
    set(m, o, "document", json_text(m->c->documents[source->document].path));
    set(m, o, "location", json_text(row->fact.place));
    set(m, o, "line", row->fact.line ? count(row->fact.line) : json_null());
    set(m, o, "column", json_text(m->c->columns[row->column].name));
    set(m, o, "begin", json_integer((json_int_t)row->fact.begin));
    set(m, o, "end", json_integer((json_int_t)row->fact.end));
    if (!seen_to_json(o, m->c->documents[source->document].id, &row->fact.seen)) m->failed = true;
}

static json_t *row_value(const struct result_row *row)
{
    switch (row->fact.kind) {
    case VALUE_NUMBER:
        return isfinite(row->low) ? json_real(row->low) : json_text(row->fact.text);
    case VALUE_YES:
        return json_true();
    case VALUE_NO:
        return json_false();
    case VALUE_TEXT:
        return json_text(row->fact.text);
    case VALUE_NONE:
        break;
    }
    return json_null();
}

static size_t citation_of(const struct maker *m, const struct result_row *row)
{
    for (size_t i = 0; m->a && i < m->a->n_citations; i++)
        if (m->a->citations[i].record == row->record && m->a->citations[i].column == row->column)
            return m->a->citations[i].n;
    return 0;
}

static json_t *row_json(struct maker *m, const struct result_row *row, enum language l)
{
    const struct catalog_record *rec = &m->c->records[row->record];
    const struct catalog_column *column = &m->c->columns[row->column];
    struct attribute_name name = column_attribute_name(m->c, row->column);
    name.economy = name.attribute >= 0 && unit_is_economy(row->unit);
    bool number = row->fact.kind == VALUE_NUMBER;
    bool range = number && (row->high > row->low || row->high < row->low);
    size_t cited = citation_of(m, row);
    json_t *o = json_object();
    set(m, o, "vehicle", json_text(rec->title));
    set(m, o, "make", text_or_null(rec->make));
    set(m, o, "model", text_or_null(rec->model));
    set(m, o, "trim", text_or_null(rec->trim));
    set(m, o, "year", years(rec));
    set(m, o, "year_last", rec->year_last ? json_integer(rec->year_last) : json_null());
    set(m, o, "version", text_or_null(row->variant));
    set(m, o, "attribute", attribute_name_text(m, &name, l));
    set(m, o, "attribute_id", attribute_id(column->attribute));
    set(m, o, "qualifiers", qualifier_ids(m, column->qualifiers));
    set(m, o, "value", row_value(row));
    set(m, o, "value_high", range ? number_or_null(row->high) : json_null());
    set(m, o, "unit", number ? unit_or_null(row->unit) : json_null());
    set(m, o, "text", json_text(row->fact.text));
    set(m, o, "converted_from", row->converted ? unit_or_null(row->fact.unit) : json_null());
    set(m, o, "remark", text_or_null(row->fact.remark));
    set(m, o, "limit", json_boolean(row->fact.bound));
    set(m, o, "implausible", json_boolean(row->fact.implausible));
    set(m, o, "low_confidence", json_boolean(row->fact.low_confidence));
    set(m, o, "best", json_boolean(row->best));
    set(m, o, "citation", cited ? count(cited) : json_null());
    set_source(m, o, row);
    return o;
}

static json_t *rows(struct maker *m, enum language l)
{
    json_t *list = json_array();
    size_t n = 0;
    for (size_t i = 0; i < m->r->n_rows && n < RESULT_JSON_MAX_ROWS; i++) {
        const struct result_row *row = &m->r->rows[i];
        if (row->fact.missing_mark || row->fact.kind == VALUE_NONE || row->name_only) continue;
        append(m, list, row_json(m, row, l));
        n++;
    }
    return list;
}

static json_t *finish(struct maker *m, json_t *o)
{
    if (!m->failed) return o;
    json_decref(o);
    return NULL;
}

json_t *query_to_json(const struct query *q, const struct catalog *c)
{
    struct maker m = {.q = q, .c = c};
    return finish(&m, query(&m));
}

json_t *result_rows_to_json(const struct rendered *a, const struct result *r,
                            const struct catalog *c)
{
    struct maker m = {.a = a, .r = r, .c = c};
    return finish(&m, rows(&m, a ? a->language : LANGUAGE_EN));
}
