#include "ingest/explain.h"

#include "base/file.h"
#include "base/utf8.h"
#include "ingest/interpret.h"
#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_WIDTH = 34,
    MEANING_WIDTH = 38,
    UNIT_WIDTH = 14,
    CELL_SHOWN = 60, /* bytes of a text */
};

/* One line: control characters and line ends as spaces, cut at a whole character. */
static void append_line(struct buffer *out, const char *text, size_t len, size_t max)
{
    size_t n = len < max ? len : max;
    n = utf8_complete_prefix(text, n);
    for (size_t i = 0; i < n; i++)
        buffer_putc(out, (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i]);
    if (n < len) buffer_puts(out, "...");
}

static void append_padded(struct buffer *out, const char *text, size_t width)
{
    struct buffer one = {0};
    append_line(&one, text, strlen(text), width * 2);
    size_t shown = 0, bytes = 0; /* wide ideographs take two cells */
    while (bytes < one.len) {
        uint32_t cp;
        size_t n = utf8_decode(one.data + bytes, one.len - bytes, &cp);
        size_t cells = cp >= 0x2e80 ? 2 : 1;
        if (n == 0) n = 1;
        if (shown + cells > width) break;
        shown += cells;
        bytes += n;
    }
    buffer_append(out, buffer_text(&one), bytes);
    for (; shown < width; shown++) buffer_putc(out, ' ');
    buffer_putc(out, ' ');
    out->failed |= one.failed;
    buffer_free(&one);
}

static void append_meaning(struct buffer *out, const struct interpreted_column *c)
{
    struct buffer b = {0};
    if (c->fact.attribute >= 0) {
        buffer_puts(&b, REGISTRY[c->fact.attribute].id);
        const char *sep = " (";
        for (size_t i = 0; i < QUALIFIER_COUNT && i < 64; i++)
            if (c->fact.qualifiers >> i & 1) {
                buffer_printf(&b, "%s%s", sep, QUALIFIERS[i].id);
                sep = ", ";
            }
        if (c->fact.inverse) {
            buffer_printf(&b, "%sper fuel", sep);
            sep = ", ";
        }
        if (strcmp(sep, " (") != 0) buffer_putc(&b, ')');
    } else {
        buffer_puts(&b, "(of its own)");
    }
    append_padded(out, buffer_text(&b), MEANING_WIDTH);
    out->failed |= b.failed;
    buffer_free(&b);
}

static const char *unit_from(enum unit_source s)
{
    switch (s) {
    case UNIT_FROM_ROW: return "row of units";
    case UNIT_FROM_SECTION: return "section";
    case UNIT_FROM_COLUMN: return "column";
    case UNIT_FROM_EVIDENCE: return "other columns";
    default: return NULL;
    }
}

static const char *role_name(enum attribute_role role)
{
    switch (role) {
    case ROLE_MAKE: return "make";
    case ROLE_MODEL: return "model";
    case ROLE_TRIM: return "version";
    case ROLE_YEAR: return "year";
    case ROLE_YEAR_LAST: return "last year";
    case ROLE_NAME: return "name";
    case ROLE_QUANTITY: return "quantity";
    default: return NULL;
    }
}

static void append_column(struct buffer *out, const struct interpretation *in, size_t j)
{
    const struct interpreted_column *c = &in->columns[j];
    struct buffer name = {0};
    if (*c->fact.section) buffer_printf(&name, "%s: ", c->fact.section);
    buffer_puts(&name, c->fact.name);
    buffer_puts(out, "    ");
    append_padded(out, buffer_text(&name), NAME_WIDTH);
    append_meaning(out, c);
    char likely[24] = "-";
    if (c->fact.likely_unit) snprintf(likely, sizeof likely, "(%s)", c->fact.likely_unit->symbol);
    append_padded(out, c->fact.unit ? c->fact.unit->symbol : c->unit_column != NO_COLUMN ? "by row" : likely,
                  UNIT_WIDTH);
    const char *from = unit_from(c->unit_source), *role = role_name(c->role);
    buffer_puts(out, c->text ? "text" : c->style == NUMBER_COMMA ? "numbers, comma" : "numbers");
    if (role) buffer_printf(out, "; %s", role);
    if (from) buffer_printf(out, "; unit from %s", from);
    if (c->zero_missing && c->n_missing) buffer_puts(out, "; 0 is none");
    buffer_putc(out, '\n');
    out->failed |= name.failed;
    buffer_free(&name);
}

static void append_fact(struct buffer *out, const struct interpretation *in,
                        const struct fact_value *v, size_t column)
{
    const struct interpreted_column *c = &in->columns[column];
    buffer_puts(out, "        ");
    if (*c->fact.section) buffer_printf(out, "%s: ", c->fact.section);
    buffer_printf(out, "%s = ", c->fact.name);
    switch (v->kind) {
    case VALUE_NUMBER:
        number_write(out, v->low, 6, "en");
        if (v->high != v->low) {
            buffer_puts(out, " to ");
            number_write(out, v->high, 6, "en");
        }
        if (v->unit) buffer_printf(out, " %s", v->unit->symbol);
        if (*v->remark) buffer_printf(out, " [%s]", v->remark);
        if (v->missing_mark) buffer_puts(out, " (stands for no value)");
        if (v->implausible) buffer_puts(out, " (implausible)");
        if (v->bound) buffer_puts(out, " (a bound)");
        break;
    case VALUE_YES: buffer_puts(out, "yes"); break;
    case VALUE_NO: buffer_puts(out, "no"); break;
    default: append_line(out, v->text, v->len, CELL_SHOWN); break;
    }
    if (v->category >= 0) buffer_printf(out, " {%s}", CATEGORIES[v->category].id);
    if (v->kind == VALUE_NUMBER) {
        buffer_puts(out, "  \"");
        append_line(out, v->text, v->len, CELL_SHOWN);
        buffer_putc(out, '"');
    }
    if (v->place) buffer_printf(out, "  %s", v->place);
    buffer_putc(out, '\n');
}

static bool append_records(struct buffer *out, const struct interpretation *in,
                           const struct explain_options *o, struct error *err)
{
    struct record_values values = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < in->n_records && i < o->max_records; i++) {
        const struct fact_record *r = &in->records[i].fact;
        ok = interpretation_values(in, i, &values) || error_memory(err, "a record's values");
        if (!ok) break;
        buffer_puts(out, "      ");
        append_line(out, r->title, strlen(r->title), 200);
        buffer_printf(out, "  [%s]", r->place);
        buffer_printf(out, "  make '%s', model '%s', version '%s'", r->make, r->model, r->trim);
        if (r->year_first || r->year_last)
            buffer_printf(out, ", %d-%d", r->year_first, r->year_last);
        if (r->quantity != 1) buffer_printf(out, ", %.0f vehicles", r->quantity);
        buffer_putc(out, '\n');
        size_t n = 0;
        for (size_t k = 0; k < values.n && n < o->max_facts; k++) {
            if (in->columns[values.columns[k]].role != ROLE_NONE) continue;
            append_fact(out, in, &values.values[k], values.columns[k]);
            n++;
        }
    }
    record_values_free(&values);
    return ok;
}

static const char *layout_words(const struct table_frame *f)
{
    if (f->pairs) return "names and values";
    switch (f->layout) {
    case FRAME_COLUMNS: return "a column is a vehicle";
    case FRAME_LONG: return "a row is one value";
    default:
        if (f->column_variants) return "a row is a vehicle, columns are versions";
        return f->column_years ? "a row is a vehicle, columns are years" : "a row is a vehicle";
    }
}

static void fill_defaults(struct explain_options *o)
{
    if (!o->max_columns) o->max_columns = 60;
    if (!o->max_records) o->max_records = 3;
    if (!o->max_facts) o->max_facts = 8;
}

static bool append_table(struct buffer *out, const struct table *t,
                         const struct interpret_context *context, const struct explain_options *o,
                         struct error *err)
{
    struct interpretation in;
    if (!interpret_table(&in, t, context, err)) return false;
    buffer_printf(out, "  table %zu", t->number);
    if (in.source.caption && *in.source.caption) {
        buffer_puts(out, ": ");
        append_line(out, in.source.caption, strlen(in.source.caption), 100);
    }
    buffer_printf(out, "\n    %zu rows, %zu columns; %s; %zu record%s\n", t->n_rows, t->n_columns,
                  layout_words(&in.frame), in.n_records, in.n_records == 1 ? "" : "s");
    for (size_t i = 0; i < in.n_notes; i++) {
        buffer_puts(out, "    - ");
        append_line(out, in.notes[i], strlen(in.notes[i]), 400);
        buffer_putc(out, '\n');
    }
    for (size_t j = 0; j < in.n_columns && j < o->max_columns; j++) append_column(out, &in, j);
    if (in.n_columns > o->max_columns)
        buffer_printf(out, "    and %zu more\n", in.n_columns - o->max_columns);
    bool ok = append_records(out, &in, o, err);
    interpretation_free(&in);
    return ok;
}

bool explain_table(struct buffer *out, const struct table *t, const struct interpret_context *context,
                   const struct explain_options *options, struct error *err)
{
    struct explain_options o = options ? *options : (struct explain_options){0};
    fill_defaults(&o);
    return append_table(out, t, context, &o, err);
}

bool explain_document(struct buffer *out, const struct document *d,
                      const struct explain_options *options, struct error *err)
{
    struct explain_options o = options ? *options : (struct explain_options){0};
    fill_defaults(&o);
    struct arena arena = {0};
    size_t paragraphs = 0, tables = 0;
    bool ok = true;
    for (size_t i = 0; i < d->n_blocks; i++) {
        paragraphs += d->blocks[i].kind == BLOCK_PARAGRAPH || d->blocks[i].kind == BLOCK_LIST_ITEM;
        tables += d->blocks[i].kind == BLOCK_TABLE;
    }
    buffer_printf(out, "%s: %s, %s", d->path, document_kind_name(d->kind), d->encoding);
    if (d->delimiter == '\t')
        buffer_puts(out, ", separated by tabs");
    else if (d->delimiter)
        buffer_printf(out, ", separated by '%c'", d->delimiter);
    buffer_printf(out, "; %zu table%s, %zu paragraph%s\n", tables, tables == 1 ? "" : "s",
                  paragraphs, paragraphs == 1 ? "" : "s");
    for (size_t i = 0; i < d->n_notes; i++) {
        buffer_puts(out, "  - ");
        append_line(out, d->notes[i].text, strlen(d->notes[i].text), 400);
        buffer_putc(out, '\n');
    }
    if (d->n_notes_left_out) buffer_printf(out, "  - and %zu more\n", d->n_notes_left_out);
    struct interpret_context context;
    struct context_walk walk;
    size_t block;
    context_walk_init(&walk, d);
    while (ok && context_walk_next(&walk, &context, &block)) {
        struct table *slices;
        size_t n = 0;
        ok = table_slices(d->blocks[block].table, &arena, &slices, &n) ||
             error_memory(err, "the reading of a table");
        for (size_t k = 0; ok && k < n; k++) ok = append_table(out, &slices[k], &context, &o, err);
    }
    arena_free(&arena);
    return ok && (!out->failed || error_memory(err, "the report"));
}

bool explain_file(struct buffer *out, const char *path, const struct explain_options *options,
                  const atomic_bool *cancel, struct error *err)
{
    struct mapping map = {0};
    if (!mapping_open(&map, path, err)) return false;
    enum document_kind kind;
    struct document d;
    const struct document_options o = {.path = path,
                                       .cancel = cancel,
                                       .password = options ? options->password : NULL,
                                       .ocr_languages = options ? options->ocr_languages : NULL,
                                       .file = &map};
    const char *data = map.data ? (const char *)map.data : "";
    bool ok = document_kind_find(path, data, map.size, &kind, err) &&
              document_read(&d, kind, data, map.size, &o, err);
    if (ok) {
        ok = explain_document(out, &d, options, err);
        document_free(&d);
    }
    mapping_close(&map);
    return ok;
}
