#include "document/json_record.h"

#include "document/json_shape.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum {
    MAX_COPIED = 64,      /* cells of a parent that are copied to the rows below it */
    MAX_MEMBER_NOTES = 3, /* repeated members, each by its line; then counted */
    SPARE_COPIES = 64 * 1024,
};

#define NO_GUESS UINT32_MAX

void json_rows_init(struct json_rows *t, struct document_reader *r, const struct json_tape *tape)
{
    *t = (struct json_rows){
        .reader = r, .tape = tape, .guess = NO_GUESS, .copies_left = r->len / 4 + SPARE_COPIES};
}

void json_rows_free(struct json_rows *t)
{
    free(t->columns);
    free(t->slots);
    free(t->entries);
    free(t->rows);
    buffer_free(&t->text);
    *t = (struct json_rows){0};
}

/* *items with room for one more. */
static bool grow(struct json_rows *t, void *items, size_t n, size_t *cap, size_t size)
{
    void **p = items;
    if (t->reader->failed) return false;
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *grown = want > SIZE_MAX / 2 / size ? NULL : realloc(*p, want * size);
    if (!grown) {
        t->reader->failed = true;
        return false;
    }
    *p = grown;
    *cap = want;
    return true;
}

/* ---- columns ---- */

static bool grow_slots(struct json_rows *t)
{
    if (t->n_columns * 2 < t->n_slots) return true;
    size_t n = t->n_slots ? t->n_slots * 2 : 128;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (!slots) {
        t->reader->failed = true;
        return false;
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        size_t slot = t->columns[c].hash & (n - 1);
        while (slots[slot]) slot = (slot + 1) & (n - 1);
        slots[slot] = (uint32_t)c + 1;
    }
    free(t->slots);
    t->slots = slots;
    t->n_slots = n;
    return true;
}

static bool column_is(const struct json_rows *t, size_t c, const char *name, size_t len)
{
    return t->columns[c].len == len && memcmp(t->columns[c].name, name, len) == 0;
}

/* The column of that name, made when there is none. NO_GUESS: there are too many, or memory is out.
 */
static uint32_t find_column(struct json_rows *t, const char *name, size_t len,
                            const struct json_value *from)
{
    if (t->guess < t->n_columns && column_is(t, t->guess, name, len)) return t->guess;
    if (!grow_slots(t)) return NO_GUESS;
    uint64_t hash = XXH3_64bits(name, len);
    size_t slot = hash & (t->n_slots - 1);
    for (; t->slots[slot]; slot = (slot + 1) & (t->n_slots - 1)) {
        uint32_t c = t->slots[slot] - 1;
        if (t->columns[c].hash == hash && column_is(t, c, name, len)) return c;
    }
    void *columns = t->columns;
    if (t->n_columns == DOCUMENT_MAX_COLUMNS ||
        !grow(t, &columns, t->n_columns, &t->cap_columns, sizeof *t->columns))
        return NO_GUESS;
    t->columns = columns;
    uint64_t begin = from->key_len ? from->key : from->begin;
    t->columns[t->n_columns] = (struct json_column){.name = reader_keep(t->reader, name, len),
                                                    .len = (uint32_t)len,
                                                    .line = from->line,
                                                    .begin = t->reader->base + begin,
                                                    .hash = hash};
    t->slots[slot] = (uint32_t)++t->n_columns;
    return (uint32_t)(t->n_columns - 1);
}

/* The column for a value of the row at hand: a name that the row has used already gets a number. */
static uint32_t take_column(struct json_rows *t, const char *name, size_t len,
                            const struct json_value *from)
{
    uint32_t c = find_column(t, name, len, from);
    if (c == NO_GUESS) {
        t->n_left_out++;
        return c;
    }
    if (t->columns[c].last_row == t->n_rows) {
        char other[DOCUMENT_MAX_NAME + 32];
        size_t keep = len;
        uint32_t given = c;
        if (keep > DOCUMENT_MAX_NAME - 24)
            keep = utf8_complete_prefix(name, DOCUMENT_MAX_NAME - 24);
        memcpy(other, name, keep);
        t->guess = NO_GUESS;
        do { /* a record may have a member "power (2)" as well */
            int n = snprintf(other + keep, sizeof other - keep, " (%zu)",
                             ++t->columns[given].repeated + 1);
            c = find_column(t, other, keep + (size_t)n, from);
        } while (c != NO_GUESS && t->columns[c].last_row == t->n_rows);
        if (t->n_repeated++ < MAX_MEMBER_NOTES)
            reader_note(t->reader, "line %u: \"%.*s\" is given again: it is column \"%s\"",
                        (unsigned)from->line,
                        (int)utf8_complete_prefix(name, len < 100 ? len : 100), name, other);
        if (c == NO_GUESS) {
            t->n_left_out++;
            return c;
        }
    }
    t->columns[c].repeated = 0;
    t->columns[c].last_row = t->n_rows;
    t->guess = c + 1;
    return c;
}

static void add_entry(struct json_rows *t, uint32_t column, const struct cell *cell)
{
    void *entries = t->entries;
    if (column == NO_GUESS || !grow(t, &entries, t->n_entries, &t->cap_entries, sizeof *t->entries))
        return;
    t->entries = entries;
    t->entries[t->n_entries++] = (struct json_entry){*cell, column};
}

/* ---- text ---- */

static void append_text(struct json_rows *t, const struct json_value *v)
{
    const char *data = t->tape->data;
    if (v->type == JSON_NULL_VALUE) return;
    if (v->escaped)
        json_decode(data, v->begin, v->end, &t->text);
    else
        buffer_append(&t->text, data + v->begin, v->end - v->begin);
}

/* Elements with ", " between them; lists of lists with "; ". Only a list without objects. */
static void append_list(struct json_rows *t, size_t list)
{
    const struct json_value *values = t->tape->values;
    bool plain = values[list].plain;
    for (size_t i = list + 1; i < values[list].next; i = values[i].next) {
        if (i > list + 1) buffer_puts(&t->text, plain ? ", " : "; ");
        if (values[i].type == JSON_LIST)
            append_list(t, i);
        else
            append_text(t, &values[i]);
    }
}

const char *json_rows_text(struct json_rows *t, size_t value, size_t *len)
{
    buffer_clear(&t->text);
    if (t->tape->values[value].type == JSON_LIST)
        append_list(t, value);
    else
        append_text(t, &t->tape->values[value]);
    *len = t->text.len;
    return buffer_text(&t->text);
}

static struct cell scalar_cell(struct json_rows *t, const struct json_value *v)
{
    struct cell cell = {.text = "", .line = v->line, .begin = t->reader->base + v->begin};
    switch ((enum json_type)v->type) {
    case JSON_NULL_VALUE:
        return cell;
    case JSON_TRUE_VALUE:
        cell.text = "true";
        cell.len = 4;
        return cell;
    case JSON_FALSE_VALUE:
        cell.text = "false";
        cell.len = 5;
        return cell;
    case JSON_NUMBER:
    case JSON_TEXT:
    case JSON_LIST:
    case JSON_RECORD:
        break;
    }
    if (!v->escaped)
        return reader_cell(t->reader, t->tape->data + v->begin, v->end - v->begin, v->line,
                           v->begin);
    buffer_clear(&t->text);
    append_text(t, v);
    return reader_cell(t->reader, buffer_text(&t->text), t->text.len, v->line, v->begin);
}

/* ---- rows ---- */

void json_rows_add(struct json_rows *t, size_t number)
{
    void *rows = t->rows;
    if (!grow(t, &rows, t->n_rows, &t->cap_rows, sizeof *t->rows)) return;
    t->rows = rows;
    t->rows[t->n_rows++] = (struct json_row){t->n_entries, number};
    t->guess = 0;
}

/* What a value takes of the file. */
static void extend(struct json_rows *t, const struct json_value *v)
{
    if (t->line_first == 0) {
        t->line_first = v->line;
        t->begin = v->begin;
    }
    if (v->line > t->line_last) t->line_last = v->line;
    if (v->end > t->end) t->end = v->end;
}

void json_rows_add_value(struct json_rows *t, const char *name, size_t len, size_t value)
{
    const struct json_value *v = &t->tape->values[value];
    uint32_t column = take_column(t, name, len, v);
    if (column == NO_GUESS) return;
    struct cell cell = scalar_cell(t, v);
    add_entry(t, column, &cell);
    extend(t, v);
}

void json_rows_add_key(struct json_rows *t, const char *name, size_t len, size_t value)
{
    const struct json_value *v = &t->tape->values[value];
    uint32_t column = take_column(t, name, len, v);
    if (column == NO_GUESS) return;
    buffer_clear(&t->text);
    json_decode(t->tape->data, v->key, v->key + v->key_len, &t->text);
    struct cell cell = reader_cell(t->reader, buffer_text(&t->text), t->text.len, v->line, v->key);
    add_entry(t, column, &cell);
    extend(t, v);
}

/* Adds a part to the path; too much of it is cut. */
static void push_text(struct json_rows *t, const char *text, size_t len)
{
    if (t->path_len && t->path_len < DOCUMENT_MAX_NAME) t->path[t->path_len++] = '.';
    size_t room = DOCUMENT_MAX_NAME - t->path_len;
    if (len > room) len = utf8_complete_prefix(text, room);
    memcpy(t->path + t->path_len, text, len);
    t->path_len += len;
}

static void push_name(struct json_rows *t, const struct json_value *v)
{
    const char *key = t->tape->data + v->key;
    if (!v->key_escaped) {
        push_text(t, key, v->key_len);
        return;
    }
    /* An escape is at most 12 bytes and gives one; no more than can be kept is decoded. */
    size_t len = v->key_len, most = 12 * (size_t)DOCUMENT_MAX_NAME;
    if (len > most) {
        for (len = 0; len < most;) len += key[len] != '\\' ? 1 : key[len + 1] == 'u' ? 6 : 2;
        if (len > v->key_len) len = v->key_len;
    }
    buffer_clear(&t->text);
    json_decode(key, 0, len, &t->text);
    push_text(t, buffer_text(&t->text), utf8_complete_prefix(buffer_text(&t->text), t->text.len));
}

void json_rows_set_path(struct json_rows *t, size_t member)
{
    t->path_len = 0;
    push_name(t, &t->tape->values[member]);
}

static bool holds_record(const struct json_tape *t, size_t v)
{
    for (size_t i = v + 1; i < t->values[v].next; i++)
        if (t->values[i].type == JSON_RECORD) return true;
    return false;
}

/* {"name": "Power", "value": 150, "unit": "hp"} of a list: the column "specs.Power". */
static void add_pair(struct json_rows *t, size_t element)
{
    const struct json_value *values = t->tape->values;
    size_t name, value, unit, before = t->path_len, len;
    json_pair(t->tape, element, &name, &value, &unit);
    const char *text = json_rows_text(t, name, &len);
    push_text(t, text, len < DOCUMENT_MAX_NAME ? len : DOCUMENT_MAX_NAME);
    uint32_t column = take_column(t, t->path, t->path_len, &values[value]);
    t->path_len = before;
    if (column == NO_GUESS) return;
    buffer_clear(&t->text);
    append_text(t, &values[value]);
    if (unit != SIZE_MAX && t->text.len && values[unit].begin < values[unit].end &&
        values[unit].type != JSON_NULL_VALUE) {
        buffer_putc(&t->text, ' ');
        append_text(t, &values[unit]);
    }
    struct cell cell = reader_cell(t->reader, buffer_text(&t->text), t->text.len,
                                   values[value].line, values[value].begin);
    add_entry(t, column, &cell);
}

/* The value at the path. */
static void add_at_path(struct json_rows *t, size_t v)
{
    const struct json_value *x = &t->tape->values[v];
    size_t value, unit, len;
    extend(t, x);
    if (!json_is_container(x)) {
        uint32_t column = take_column(t, t->path, t->path_len, x);
        if (column == NO_GUESS) return;
        struct cell cell = scalar_cell(t, x);
        add_entry(t, column, &cell);
    } else if (x->count == 0 || (x->type == JSON_LIST && (x->plain || !holds_record(t->tape, v)))) {
        uint32_t column = take_column(t, t->path, t->path_len, x);
        if (column == NO_GUESS) return;
        const char *text = x->count ? json_rows_text(t, v, &len) : "";
        struct cell cell = reader_cell(t->reader, text, x->count ? len : 0, x->line, x->begin);
        add_entry(t, column, &cell);
    } else if (json_is_quantity(t->tape, v, &value, &unit)) {
        uint32_t column = take_column(t, t->path, t->path_len, x);
        if (column == NO_GUESS) return;
        buffer_clear(&t->text);
        append_text(t, &t->tape->values[value]);
        if (t->text.len && t->tape->values[unit].type == JSON_TEXT) {
            buffer_putc(&t->text, ' ');
            append_text(t, &t->tape->values[unit]);
        }
        struct cell cell = reader_cell(t->reader, buffer_text(&t->text), t->text.len,
                                       t->tape->values[value].line, t->tape->values[value].begin);
        add_entry(t, column, &cell);
    } else {
        json_rows_add_members(t, v);
    }
}

void json_rows_add_members(struct json_rows *t, size_t v)
{
    const struct json_value *values = t->tape->values;
    size_t before = t->path_len, number = 0;
    extend(t, &values[v]);
    bool list = values[v].type == JSON_LIST, pairs = list && json_is_pair_list(t->tape, v);
    for (size_t i = v + 1; i < values[v].next && !t->reader->failed; i = values[i].next) {
        if (pairs) {
            add_pair(t, i);
            continue;
        }
        if (list) {
            char digits[24];
            int n = snprintf(digits, sizeof digits, "%zu", ++number);
            push_text(t, digits, (size_t)n);
        } else {
            push_name(t, &values[i]);
        }
        add_at_path(t, i);
        t->path_len = before;
    }
}

void json_rows_add_member(struct json_rows *t, size_t value)
{
    size_t before = t->path_len;
    push_name(t, &t->tape->values[value]);
    add_at_path(t, value);
    t->path_len = before;
}

/* The number of the member of `record` that is the list which holds rows; SIZE_MAX: it has none. */
static size_t find_list(const struct json_tape *t, size_t record, size_t list)
{
    const struct json_value *name = &t->values[list];
    for (size_t i = record + 1; i < t->values[record].next; i = t->values[i].next) {
        const struct json_value *m = &t->values[i];
        if (m->key_len == name->key_len &&
            memcmp(t->data + m->key, t->data + name->key, name->key_len) == 0 &&
            json_is_record_list(t, i))
            return i;
    }
    return SIZE_MAX;
}

void json_rows_add_record(struct json_rows *t, size_t record, size_t number, const uint32_t *lists,
                          size_t n_lists)
{
    const struct json_value *values = t->tape->values;
    extend(t, &values[record]);
    size_t list = n_lists ? find_list(t->tape, record, lists[0]) : SIZE_MAX;
    size_t before = t->path_len;
    for (size_t i = record + 1; i < values[record].next && !t->reader->failed; i = values[i].next)
        if (i != list) {
            push_name(t, &values[i]);
            add_at_path(t, i);
            t->path_len = before;
        }
    if (list == SIZE_MAX || t->reader->failed) return;
    size_t first = t->rows[t->n_rows - 1].first, copied = t->n_entries - first;
    if (copied > MAX_COPIED) copied = MAX_COPIED;
    push_name(t, &values[list]);
    size_t name_len = t->path_len;
    bool begun = true; /* the first element goes on with the parent's row */
    for (size_t e = list + 1; e < values[list].next && !t->reader->failed; e = values[e].next) {
        if (!begun) {
            json_rows_add(t, number);
            for (size_t k = 0; k < copied && t->copies_left; k++, t->copies_left--) {
                struct json_entry entry = t->entries[first + k];
                t->columns[entry.column].last_row = t->n_rows;
                t->columns[entry.column].repeated = 0;
                add_entry(t, entry.column, &entry.cell);
            }
        }
        begun = false;
        if (values[e].type == JSON_RECORD && values[e].count)
            json_rows_add_record(t, e, number, lists + 1, n_lists - 1);
        else
            add_at_path(t, e);
        t->path_len = name_len;
    }
    t->path_len = before;
}

/* ---- tables ---- */

static size_t row_end(const struct json_rows *t, size_t row)
{
    return row + 1 < t->n_rows ? t->rows[row + 1].first : t->n_entries;
}

static void note_left_out(struct json_rows *t)
{
    if (t->n_left_out)
        reader_note(t->reader, "lines %zu-%zu: %zu values beyond %d columns are left out",
                    t->line_first, t->line_last, t->n_left_out, DOCUMENT_MAX_COLUMNS);
    if (t->n_repeated > MAX_MEMBER_NOTES)
        reader_note(t->reader, "%zu more members are given again",
                    t->n_repeated - MAX_MEMBER_NOTES);
}

static void empty_rows(struct json_rows *t)
{
    if (t->text.failed) t->reader->failed = true;
    if (t->n_slots) memset(t->slots, 0, t->n_slots * sizeof *t->slots);
    t->n_columns = t->n_entries = t->n_rows = t->n_left_out = t->n_repeated = t->path_len = 0;
    t->line_first = t->line_last = t->begin = t->end = 0;
    t->guess = NO_GUESS;
}

/* Rows [first, first + n) with the columns of group `group`, `used` by their number in it. */
static struct table *emit_group(struct json_rows *t, struct table_builder *b, size_t first,
                                size_t n, const uint32_t *used, size_t n_used,
                                const struct cell **row, const char *caption, size_t caption_len,
                                enum row_word word)
{
    table_builder_add_row(b, 0);
    for (size_t c = 0; c < n_used; c++) {
        const struct json_column *column = &t->columns[used[c]];
        size_t from = 0, to = column->len;
        span_trim(column->name, &from, &to);
        struct cell cell = {.text = to == column->len
                                        ? column->name + from
                                        : reader_keep(t->reader, column->name + from, to - from),
                            .len = (uint32_t)(to - from),
                            .line = column->line,
                            .begin = column->begin};
        table_builder_add_made(b, &cell);
    }
    for (size_t i = first; i < first + n; i++) {
        size_t width = 0;
        for (size_t e = t->rows[i].first; e < row_end(t, i); e++) {
            size_t at = t->columns[t->entries[e].column].at;
            row[at] = &t->entries[e].cell;
            if (at + 1 > width) width = at + 1;
        }
        struct cell missing = {.text = ""};
        if (width) missing.line = t->entries[t->rows[i].first].cell.line;
        if (width) missing.begin = t->entries[t->rows[i].first].cell.begin;
        table_builder_add_row(b, t->rows[i].number);
        for (size_t c = 0; c < width; c++) {
            table_builder_add_made(b, row[c] ? row[c] : &missing);
            row[c] = NULL;
        }
    }
    return table_builder_end(b, caption, caption_len, word, 1, t->line_first, t->line_last,
                             t->begin, t->end);
}

struct table *json_rows_end(struct json_rows *t, const char *caption, size_t caption_len,
                            enum row_word row_word, size_t n_keys)
{
    struct document_reader *r = t->reader;
    struct table *result = NULL;
    uint32_t *used = calloc(t->n_columns + 1, sizeof *used);
    const struct cell **row = calloc(t->n_columns + 1, sizeof *row);
    struct table_builder b;
    table_builder_init(&b, r);
    if (!used || !row) r->failed = true;
    note_left_out(t);
    /* Records that have little in common would make a table that is mostly empty, and far larger
     * than the file: it is given in parts, each with its own columns. */
    for (size_t first = 0, group = 1; first < t->n_rows && !r->failed; group++) {
        size_t n = 0, n_used = 0, filled = 0;
        while (first + n < t->n_rows) {
            size_t more = row_end(t, first + n) - t->rows[first + n].first, fresh = 0;
            for (size_t e = t->rows[first + n].first; e < row_end(t, first + n); e++)
                fresh += t->columns[t->entries[e].column].group != group;
            size_t room = 2 * (filled + more) + r->spare_cells;
            if (n && n_used + fresh && n + 1 > room / (n_used + fresh)) break;
            for (size_t e = t->rows[first + n].first; e < row_end(t, first + n); e++) {
                struct json_column *column = &t->columns[t->entries[e].column];
                if (column->group == group) continue;
                column->group = group;
                column->at = (uint32_t)n_used;
                used[n_used++] = t->entries[e].column;
            }
            filled += more;
            n++;
        }
        struct table *table =
            emit_group(t, &b, first, n, used, n_used, row, caption, caption_len, row_word);
        if (table) table->n_keys = n_keys;
        if (!result) result = table;
        first += n;
        if (first < t->n_rows && group == 1)
            reader_note(r,
                        "lines %zu-%zu: records with few members in common: given as several "
                        "tables",
                        t->line_first, t->line_last);
    }
    table_builder_free(&b);
    free(used);
    free(row);
    empty_rows(t);
    return result;
}

struct table *json_rows_end_pairs(struct json_rows *t, const char *caption, size_t caption_len)
{
    struct table_builder b;
    table_builder_init(&b, t->reader);
    note_left_out(t);
    for (size_t e = 0; e < t->n_entries; e++) {
        const struct json_column *column = &t->columns[t->entries[e].column];
        if (t->entries[e].cell.len == 0) continue;
        struct cell name = {
            .text = column->name, .len = column->len, .line = column->line, .begin = column->begin};
        table_builder_add_row(&b, b.n_rows + 1);
        table_builder_add_made(&b, &name);
        table_builder_add_made(&b, &t->entries[e].cell);
    }
    struct table *table = table_builder_end(&b, caption, caption_len, ROW_ITEM, 0, t->line_first,
                                            t->line_last, t->begin, t->end);
    if (table) table->key_value = true;
    table_builder_free(&b);
    empty_rows(t);
    return table;
}
