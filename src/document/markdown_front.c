/* The front matter of a Markdown file: "name: value" lines of YAML in front of the text. */
#include "document/markdown_front.h"

#include "document/text_layout.h"

#include <string.h>

enum { MAX_LEVELS = 8 };

struct front {
    struct document_reader *r;
    struct table_builder table;
    struct buffer name, value;
    size_t indent[MAX_LEVELS], name_len[MAX_LEVELS]; /* of the keys that enclose the line */
    size_t n_levels;
    size_t line, name_begin, value_begin; /* of the pair at hand */
    bool open;                            /* a pair waits for more of its value */
};

static void end_pair(struct front *f)
{
    if (f->open && f->value.len) {
        table_builder_add_row(&f->table, f->line);
        table_builder_add_cell(&f->table, buffer_text(&f->name), f->name.len, f->line,
                               f->name_begin);
        table_builder_add_cell(&f->table, buffer_text(&f->value), f->value.len, f->line,
                               f->value_begin);
    }
    f->open = false;
    buffer_clear(&f->value);
}

/* Adds a piece of the value: the items of a list are parted by commas. */
static void add_value(struct front *f, const char *text, size_t len, size_t begin, bool item)
{
    size_t from = 0;
    span_trim(text, &from, &len);
    char quote = from < len && (text[from] == '"' || text[from] == '\'') ? text[from] : 0;
    if (len - from >= 2 && quote && text[len - 1] == quote) {
        from++;
        len--;
    } else if (len - from >= 2 && text[from] == '[' && text[len - 1] == ']') {
        from++;
        len--;
    }
    for (size_t i = from; quote == 0 && i + 1 < len; i++)
        if (text[i] == ' ' && text[i + 1] == '#') len = i; /* a comment */
    if (from >= len) return;
    if (f->value.len)
        buffer_puts(&f->value, item ? ", " : " ");
    else
        f->value_begin = begin + from;
    buffer_append(&f->value, text + from, len - from);
}

static void add_line(struct front *f, const struct text_line *l)
{
    const char *text = l->text;
    size_t len = l->len, indent = 0;
    while (indent < len && text[indent] == ' ') indent++;
    if (indent == len || text[indent] == '#') return;
    if (text[indent] == '-' && indent + 1 < len && text[indent + 1] == ' ') {
        add_value(f, text + indent + 2, len - indent - 2, l->begin + indent + 2, true);
        return;
    }
    size_t colon = indent;
    while (colon < len && !(text[colon] == ':' && (colon + 1 == len || text[colon + 1] == ' ')))
        colon++;
    if (colon == len || colon == indent) {
        add_value(f, text + indent, len - indent, l->begin + indent, false);
        return;
    }
    end_pair(f);
    while (f->n_levels && f->indent[f->n_levels - 1] >= indent) f->n_levels--;
    f->name.len = f->n_levels ? f->name_len[f->n_levels - 1] : 0;
    if (f->name.len) buffer_putc(&f->name, '.');
    buffer_append(&f->name, text + indent, colon - indent);
    if (f->n_levels < MAX_LEVELS) {
        f->indent[f->n_levels] = indent;
        f->name_len[f->n_levels++] = f->name.len;
    }
    f->open = true;
    f->line = l->number;
    f->name_begin = l->begin + indent;
    size_t from = colon + 1, to = len;
    span_trim(text, &from, &to);
    bool folded = to - from <= 2 && from < to && (text[from] == '|' || text[from] == '>');
    if (!folded) add_value(f, text + from, to - from, l->begin + from, false);
}

void markdown_front_read(struct document_reader *r, size_t len)
{
    struct front f = {.r = r};
    struct text_line line;
    size_t at = 0, number = 0;
    table_builder_init(&f.table, r);
    while (text_line_next(r->data, len, &at, &number, &line))
        if (number > 1 && at < len) add_line(&f, &line);
    end_pair(&f);
    if (f.name.failed || f.value.failed) r->failed = true;
    struct table *table = table_builder_end(&f.table, "", 0, ROW_LINE, 0, 1, number, 0, len);
    if (table) table->key_value = true;
    table_builder_free(&f.table);
    buffer_free(&f.name);
    buffer_free(&f.value);
}
