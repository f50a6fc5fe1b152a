/* Values that were read from prose, as rows of the result. */
#include "answer/value_read.h"

#include <stdlib.h>
#include <string.h>

static bool document_index(const struct catalog *c, int64_t id, size_t *at)
{
    for (*at = 0; *at < c->n_documents; ++*at)
        if (c->documents[*at].id == id) return true;
    return false;
}

/* items[0, n) with room for more; NULL: memory is out. */
static void *with_room(struct arena *arena, const void *items, size_t n, size_t more, size_t size)
{
    void *copy = arena_array(arena, n + more + 1, size);
    if (copy && n) memcpy(copy, items, n * size);
    return copy;
}

static const char *key_of(struct arena *arena, const char *name)
{
    struct buffer b = {0};
    tokens_key(name, strlen(name), TOKENS_IDENTIFIER, &b);
    const char *key = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return key;
}

/* The query that is answered now: for values, of the phrase where words were taken for a name. */
static bool change_query(struct query *q, const struct value_reading *reading)
{
    if (reading->phrase) {
        const char *key = key_of(&q->arena, reading->phrase);
        if (!key) return false;
        q->attributes[0] = (struct query_attribute){.attribute = -1, .name = reading->phrase, .key = key};
        q->n_attributes = 1;
        q->n_unresolved = 0;
    }
    q->op = QUERY_VALUE;
    q->order = 0;
    return true;
}

bool value_rows_add(struct query *q, struct result *r, const struct catalog **catalog,
                    const struct value_reading *reading, struct arena *arena, struct error *err)
{
    const struct catalog *old = *catalog;
    struct catalog *c = arena_array(arena, 1, sizeof *c);
    size_t n = reading->n;
    if (!c) return error_memory(err, "an answer");
    *c = *old;
    c->sources = with_room(arena, old->sources, old->n_sources, n, sizeof *c->sources);
    c->columns = with_room(arena, old->columns, old->n_columns, n, sizeof *c->columns);
    c->records = with_room(arena, old->records, old->n_records, n, sizeof *c->records);
    struct result_row *rows = with_room(&r->arena, r->rows, r->n_rows, n, sizeof *rows);
    if (!c->sources || !c->columns || !c->records || !rows || !change_query(q, reading))
        return error_memory(err, "an answer");
    for (size_t i = 0; i < n; i++) {
        const struct value_read *v = &reading->items[i];
        const struct hit *h = &reading->hits.items[v->hit];
        const struct query_subject *s = &q->subjects[v->subject];
        const struct query_attribute *a = &q->attributes[v->attribute];
        size_t document;
        if (!document_index(old, h->document, &document) || s->n_records == 0) continue;
        const char *name = a->attribute >= 0 ? REGISTRY[a->attribute].names[0] : a->name;
        const char *key = key_of(arena, name);
        if (!key) return error_memory(err, "an answer");
        c->sources[c->n_sources] = (struct catalog_source){.id = -1,
                                                           .document = document,
                                                           .caption = "",
                                                           .row_word = "",
                                                           .prose = true,
                                                           .first_column = c->n_columns,
                                                           .n_columns = 1,
                                                           .first_record = c->n_records,
                                                           .n_records = 1};
        c->columns[c->n_columns] = (struct catalog_column){.id = -1,
                                                           .source = c->n_sources,
                                                           .name = name,
                                                           .section = "",
                                                           .key = key,
                                                           .attribute = a->attribute,
                                                           .qualifiers = v->qualifiers,
                                                           .has_numbers = v->fact.kind == VALUE_NUMBER,
                                                           .has_texts = v->fact.kind != VALUE_NUMBER,
                                                           .n_values = 1};
        struct catalog_record *rec = &c->records[c->n_records];
        *rec = old->records[s->records[0]];
        rec->id = -(int64_t)(v->hit + 1);
        rec->source = c->n_sources;
        rec->title = s->label && s->label[0] ? s->label : s->name;
        rec->place = h->location;
        rec->line = v->line;
        rows[r->n_rows] = (struct result_row){
            .record = c->n_records,
            .column = c->n_columns,
            .subject = v->subject,
            .attribute = v->attribute,
            .fact = {.record = c->n_records,
                     .column = c->n_columns,
                     .kind = v->fact.kind,
                     .low = v->fact.low,
                     .high = v->fact.high,
                     .unit = v->fact.unit,
                     .text = v->fact.text,
                     .remark = "",
                     .category = v->fact.category,
                     .bound = v->fact.bound,
                     .place = h->location,
                     .line = v->line,
                     .begin = h->begin,
                     .end = h->end,
                     .quote = v->fact.quote},
            .low = v->fact.low,
            .high = v->fact.high,
            .unit = v->fact.unit,
            .variant = "",
            .condition = SIZE_MAX};
        struct result_row *row = &rows[r->n_rows++];
        if (row->unit && q->unit && row->unit != q->unit) result_row_convert(row, row->unit, q->unit);
        c->n_sources++;
        c->n_columns++;
        c->n_records++;
    }
    r->rows = rows;
    r->missing = MISSING_NOTHING;
    if (r->status != STATUS_SEVERAL && r->status != STATUS_CONTRADICTION) r->status = STATUS_FOUND;
    *catalog = c;
    return true;
}
