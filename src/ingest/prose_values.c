/* The values of prose: their columns, records and places. */
#include "ingest/prose_reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Room for one more element; NULL: out of memory. */
void *prose_array_add(struct prose_reader *r, struct array *a, size_t size)
{
    if (a->n == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 16;
        void *grown = cap > SIZE_MAX / size ? NULL : realloc(a->items, cap * size);
        if (!grown) {
            r->failed = true;
            return NULL;
        }
        a->items = grown;
        a->cap = cap;
    }
    void *item = (char *)a->items + a->n++ * size;
    memset(item, 0, size);
    return item;
}

/* ---- the document as a whole ---- */

const char *prose_string(struct prose_reader *r, const char *text, size_t len)
{
    char *copy = arena_strndup(&r->out->arena, text, len);
    if (!copy) r->failed = true;
    return copy ? copy : "";
}

struct prose_subject *prose_section(struct prose_reader *r)
{
    return &r->levels[r->n_levels - 1].subject;
}

void prose_source_close(struct prose_reader *r)
{
    if (!r->open) return;
    struct prose_source *s = (struct prose_source *)r->sources.items + r->sources.n - 1;
    s->n_columns = r->columns.n - s->first_column;
    s->n_records = r->records.n - s->first_record;
    s->n_values = r->values.n - s->first_value;
    r->open = false;
}

void prose_source_open(struct prose_reader *r)
{
    if (r->open) return;
    struct prose_source *s = prose_array_add(r, &r->sources, sizeof *s);
    if (!s) return;
    *s = (struct prose_source){.fact = {.caption = r->caption, .row_word = "", .prose = true},
                               .first_column = r->columns.n,
                               .first_record = r->records.n,
                               .first_value = r->values.n};
    r->n_bearers = 0;
    r->group = 0;
    r->open = true;
}

/* `own`: the text's own name of it; "": the registry's. */
static size_t find_column(struct prose_reader *r, const char *own, const char *section, int attribute, uint64_t qualifiers,
                          bool inverse)
{
    const struct prose_source *s = (struct prose_source *)r->sources.items + r->sources.n - 1;
    struct fact_column *columns = r->columns.items;
    for (size_t i = s->first_column; i < r->columns.n; i++)
        if (columns[i].attribute == attribute && columns[i].qualifiers == qualifiers &&
            columns[i].inverse == inverse && (attribute >= 0 || strcasecmp(columns[i].name, own) == 0))
            return i;
    struct fact_column *c = prose_array_add(r, &r->columns, sizeof *c);
    if (!c) return SIZE_MAX;
    const char *name = *own ? own : REGISTRY[attribute].names[0];
    *c = (struct fact_column){.name = name ? name : REGISTRY[attribute].id,
                              .section = section,
                              .attribute = attribute,
                              .qualifiers = qualifiers,
                              .inverse = inverse};
    return r->columns.n - 1;
}

static size_t find_record(struct prose_reader *r, const struct bearer *b, const struct block *block)
{
    for (size_t i = 0; i < r->n_bearers; i++)
        if (!strcmp(r->bearers[i].key, b->key)) return r->bearers[i].record;
    struct fact_record *record = prose_array_add(r, &r->records, sizeof *record);
    if (!record) return SIZE_MAX;
    const struct prose_subject *own = prose_section(r);
    const char *title = subject_title(&b->s, &r->out->arena, &r->scratch);
    if (!title) r->failed = true;
    *record = (struct fact_record){
        .title = title ? title : "",
        .make = b->s.make,
        .model = b->s.model,
        .trim = b->s.trim,
        .year_first = b->s.year_first,
        .year_last = b->s.year_last,
        .place = own->heading && own->known ? own->heading : "",
        .line = own->known && b->kind == BEARER_OWN && own->line ? own->line : block->line_first,
        .quantity = 1};
    if (!*record->place && block->place) record->place = block->place;
    if (!*record->place) {
        buffer_clear(&r->scratch);
        buffer_printf(&r->scratch, "line %zu", block->line_first);
        record->place = prose_string(r, buffer_text(&r->scratch), r->scratch.len);
    }
    if (r->n_bearers < MAX_BEARERS) {
        memcpy(r->bearers[r->n_bearers].key, b->key, sizeof b->key);
        r->bearers[r->n_bearers++].record = r->records.n - 1;
    }
    return r->records.n - 1;
}

/* ---- values ---- */

/* Where in the file a sentence of a block begins: its text has lost markup and line ends, never
 * gained anything, so it is looked for from where the one before it ended. */
void prose_locate_sentence(struct prose_reader *r, size_t block, const char *text, size_t len)
{
    const struct block *b = &r->d->blocks[block];
    if (r->block != block) {
        r->block = block;
        r->at = (size_t)b->begin;
        r->line = b->line_first;
    }
    if (!r->data || b->end > r->len || b->begin > b->end) return;
    size_t window = (size_t)b->end - r->at, n = 0;
    if (window > SEARCH_WINDOW) window = SEARCH_WINDOW;
    while (n < len && n < 16 && text[n] != ' ') n++;
    const char *found = n ? memmem(r->data + r->at, window, text, n) : NULL;
    if (!found) return;
    for (size_t at = (size_t)(found - r->data); r->at < at; r->at++)
        r->line += r->data[r->at] == '\n';
}

/* Where a figure of the sentence stands; `offset` bytes into it. False: only the block is known. */
static bool locate(const struct prose_reader *r, size_t offset, const char *text, size_t len,
                   uint64_t *begin, size_t *line)
{
    const struct block *b = &r->d->blocks[r->block];
    if (!r->data || b->end > r->len || b->begin > b->end || r->at + offset >= b->end) return false;
    size_t from = r->at + offset, window = (size_t)b->end - from;
    if (window > SEARCH_WINDOW) window = SEARCH_WINDOW;
    const char *found = memmem(r->data + from, window, text, len);
    if (!found) return false;
    *begin = (uint64_t)(found - r->data);
    *line = r->line;
    for (size_t at = r->at; at < *begin; at++) *line += r->data[at] == '\n';
    return true;
}

/* Puts the value where its text stands in the file; it keeps the block's place where that is not found. */
static void place_value(const struct prose_reader *r, size_t offset, const char *text, size_t len, struct fact_value *f)
{
    uint64_t at = 0;
    if (!locate(r, offset, text, len, &at, &f->line)) return;
    f->begin = at;
    f->end = at + len;
}

static const char *remark_of(struct prose_reader *r, const struct prose_sentence *s,
                             const struct prose_measure *m, bool without)
{
    buffer_clear(&r->scratch);
    if (s->lead.end > 0 && prose_stretch_begin(s, m->at.first, BREAK_CLAUSE) == 0)
        buffer_append(&r->scratch, s->text + s->t[0].begin,
                      s->t[s->lead.end - 1].end - s->t[0].begin);
    if (m->engine != SIZE_MAX) {
        const struct token_range *e = &s->engines[m->engine];
        if (r->scratch.len) buffer_puts(&r->scratch, ", ");
        if (!(e->first == m->at.first && e->end == m->at.end))
            buffer_append(&r->scratch, s->text + s->t[e->first].begin,
                          s->t[e->end - 1].end - s->t[e->first].begin);
    }
    const char *id = REGISTRY[m->attribute].id, *part = strstr(id, "_warranty");
    if (m->span.end > m->span.first && !(part && !part[9])) {
        if (r->scratch.len) buffer_puts(&r->scratch, ", ");
        buffer_append(&r->scratch, s->text + s->t[m->span.first].begin,
                      s->t[m->span.end - 1].end - s->t[m->span.first].begin);
    }
    if (!without && m->remark.end > m->remark.first) {
        if (r->scratch.len) buffer_puts(&r->scratch, ", ");
        buffer_append(&r->scratch, s->text + s->t[m->remark.first].begin,
                      s->t[m->remark.end - 1].end - s->t[m->remark.first].begin);
    }
    return r->scratch.len ? prose_string(r, buffer_text(&r->scratch), r->scratch.len) : "";
}

void prose_add_values(struct prose_reader *r, const struct prose_sentence *s,
                       const struct prose_measure *m, const struct bearer *b, bool in_remark,
                       size_t block, const char *quote)
{
    const struct block *where = &r->d->blocks[block];
    prose_source_open(r);
    if (r->failed) return;
    size_t record = find_record(r, b, where), column = find_column(r, "", "", m->attribute, m->qualifiers, m->inverse);
    const char *remark = remark_of(r, s, m, in_remark);
    bool bound = false;
    for (size_t k = 0; k < m->n_parts; k++)
        bound =
            bound || s->parts[m->first_part + k].at_most || s->parts[m->first_part + k].at_least;
    static const char *const BOUNDS[] = {"under", "over",   "unter", "uber", "below",
                                         "above", "nearly", "fast",  "knapp"};
    for (size_t k = 0; m->at.first > 0 && k < sizeof BOUNDS / sizeof *BOUNDS; k++)
        bound = bound || !strcmp(s->t[m->at.first - 1].key, BOUNDS[k]);
    if (record == SIZE_MAX || column == SIZE_MAX) return;
    for (size_t k = 0; k < m->n_parts; k++) {
        const struct value_part *p = &s->parts[m->first_part + k];
        struct prose_value *v = prose_array_add(r, &r->values, sizeof *v);
        if (!v) return;
        *v = (struct prose_value){.record = record, .column = column};
        size_t begin = p->begin, end = p->end;
        struct fact_value *f = &v->fact;
        *f = (struct fact_value){.kind = VALUE_NUMBER,
                                 .low = p->low,
                                 .high = p->high,
                                 .unit = p->unit,
                                 .group = r->group,
                                 .remark = remark,
                                 .category = -1,
                                 .bound = bound,
                                 .line = where->line_first,
                                 .begin = where->begin,
                                 .end = where->end,
                                 .place = where->place,
                                 .quote = quote};
        place_value(r, begin, s->text + begin, end - begin, f);
        f->text = prose_string(r, s->text + begin, end - begin);
        f->len = end - begin;
    }
    r->group++;
}

static struct prose_value *array_add_value(struct prose_reader *r, size_t record, size_t column)
{
    struct prose_value *v = record == SIZE_MAX || column == SIZE_MAX ? NULL : prose_array_add(r, &r->values, sizeof *v);
    if (v) *v = (struct prose_value){.record = record, .column = column};
    return v;
}

void prose_add_frame(struct prose_reader *r, const struct prose_sentence *s, const struct prose_frame *f,
                     const struct prose_frame_fact *fact, const struct bearer *b, size_t block, const char *quote)
{
    const struct block *where = &r->d->blocks[block];
    prose_source_open(r);
    if (r->failed) return;
    const char *own = prose_string(r, s->text + f->name_begin, f->name_end - f->name_begin);
    size_t record = find_record(r, b, where);
    size_t column = find_column(r, fact->attribute < 0 ? own : "", "", fact->attribute, fact->qualifiers, fact->inverse);
    struct prose_value *v = array_add_value(r, record, column);
    if (!v) return;
    size_t len = f->value_end - f->value_begin;
    bool number = fact->value.kind == VALUE_NUMBER;
    const struct value_part *p = &fact->value.parts[0];
    v->fact = (struct fact_value){.kind = fact->value.kind,
                                  .low = number ? p->low : 0,
                                  .high = number ? p->high : 0,
                                  .unit = number ? p->unit : NULL,
                                  .text = prose_string(r, s->text + f->value_begin, len),
                                  .len = len,
                                  .group = r->group++,
                                  .remark = "",
                                  .category = fact->category,
                                  .bound = number && (p->at_most || p->at_least),
                                  .line = where->line_first,
                                  .begin = where->begin,
                                  .end = where->end,
                                  .quote = quote};
    place_value(r, f->value_begin, s->text + f->value_begin, len, &v->fact);
}

void prose_add_quantity(struct prose_reader *r, const struct prose_sentence *s, const struct prose_quantity *q,
                        const struct bearer *b, size_t block, const char *quote)
{
    const struct block *where = &r->d->blocks[block];
    prose_source_open(r);
    if (r->failed) return;
    const char *own = prose_string(r, q->name, strlen(q->name));
    size_t record = find_record(r, b, where), column = find_column(r, own, q->section, q->attribute, q->qualifiers, false);
    struct prose_value *v = array_add_value(r, record, column);
    if (!v) return;
    const struct value_part *p = &s->parts[s->measures[q->measure].first_part];
    size_t len = q->value_end - q->value_begin;
    bool remark = q->remark.end > q->remark.first;
    v->fact = (struct fact_value){.kind = q->number ? VALUE_NUMBER : VALUE_TEXT,
                                  .low = q->number ? p->low : 0,
                                  .high = q->number ? p->high : 0,
                                  .unit = q->number ? p->unit : NULL,
                                  .text = prose_string(r, s->text + q->value_begin, len),
                                  .len = len,
                                  .group = r->group++,
                                  .remark = remark ? prose_string(r, s->text + s->t[q->remark.first].begin,
                                                                  s->t[q->remark.end - 1].end - s->t[q->remark.first].begin)
                                                   : "",
                                  .category = -1,
                                  .bound = q->number && (p->at_most || p->at_least),
                                  .line = where->line_first,
                                  .begin = where->begin,
                                  .end = where->end,
                                  .place = where->place,
                                  .quote = quote};
    place_value(r, q->value_begin, v->fact.text, len, &v->fact);
}
