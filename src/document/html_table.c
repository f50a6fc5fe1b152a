#include "document/html_table.h"

#include "base/utf8.h"
#include "document/html_tags.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPAN_CELLS = 20000, /* that spans may add, beside one for each 8 bytes of the source */
    CHECK_TAGS = 4096,
    MAX_LAYOUTS = 32,
    MAX_TITLE = 300, /* bytes */
};

/* ---- text ---- */

void html_entity(struct buffer *out, const char *text, size_t len)
{
    char name[64], bytes[4];
    unsigned long cp = 0;
    if (len > 3 && len < 16 && text[1] == '#') {
        bool hex = text[2] == 'x' || text[2] == 'X';
        for (size_t i = hex ? 3 : 2; i + 1 < len && cp < 0x110000; i++) {
            char c = text[i];
            unsigned digit = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a') + 10;
            cp = cp * (hex ? 16 : 10) + digit;
        }
    } else if (len > 2 && len < sizeof name) {
        memcpy(name, text + 1, len - 2);
        name[len - 2] = '\0';
        const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
        if (entity) cp = entity->value;
    }
    if (cp == 0xad) return; /* a soft hyphen */
    size_t n = cp >= 32 && cp < 0x110000 ? utf8_encode((uint32_t)cp, bytes) : 0;
    if (n)
        buffer_append(out, bytes, n);
    else
        buffer_append(out, text, len);
}

void html_superscript(struct buffer *text, size_t from)
{
    static const char *const DIGITS[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char raised[32];
    size_t len = text->len > from ? text->len - from : 0;
    if (len == 0 || text->failed) return;
    const char *t = text->data + from;
    bool figures = true, letters = true;
    for (size_t i = 0; i < len; i++) {
        figures = figures && ((t[i] >= '0' && t[i] <= '9') || t[i] == '-' || t[i] == '+' ||
                              t[i] == ',' || t[i] == ' ');
        letters = letters && ((t[i] >= 'a' && t[i] <= 'z') || (t[i] >= 'A' && t[i] <= 'Z') ||
                              (t[i] >= '0' && t[i] <= '9') || t[i] == ',' || t[i] == ' ');
    }
    if (len >= sizeof raised || (!figures && !letters)) return; /* "[1]", "*": as it is */
    memcpy(raised, t, len);
    text->len = from;
    text->data[from] = '\0';
    if (figures) {
        for (size_t i = 0; i < len; i++) {
            if (raised[i] >= '0' && raised[i] <= '9')
                buffer_puts(text, DIGITS[raised[i] - '0']);
            else if (raised[i] == '-')
                buffer_puts(text, "⁻");
            else if (raised[i] == '+')
                buffer_puts(text, "⁺");
        }
        return;
    }
    bool ordinal = len == 2 && (memcmp(raised, "th", 2) == 0 || memcmp(raised, "st", 2) == 0 ||
                                memcmp(raised, "nd", 2) == 0 || memcmp(raised, "rd", 2) == 0);
    if (len == 2 && strncasecmp(raised, "tm", 2) == 0) {
        buffer_puts(text, "™");
    } else if (ordinal) {
        buffer_append(text, raised, len);
    } else {
        buffer_putc(text, '[');
        buffer_append(text, raised, len);
        buffer_putc(text, ']');
    }
}

void html_join_lines(struct buffer *out, const char *text, size_t len, bool header)
{
    size_t begin = 0;
    bool any = false;
    while (begin < len) {
        const char *end = memchr(text + begin, '\n', len - begin);
        size_t from = begin, to = end ? (size_t)(end - text) : len;
        begin = to + 1;
        span_trim(text, &from, &to);
        if (from == to) continue;
        if (any) {
            char c = text[from], last = out->len ? out->data[out->len - 1] : ' ';
            bool value = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
            bool open = last == ',' || last == ';' || last == '/' || last == ':' || last == '-';
            buffer_puts(out, header || !value || open ? " " : "; ");
        }
        buffer_append(out, text + from, to - from);
        any = true;
    }
}

/* ---- the tables at hand ---- */

struct html_cell {
    struct cell cell;
    bool header;
    size_t columns, rows; /* that it spans */
};

struct html_table {
    struct table_builder builder;
    struct html_cell *row; /* of the row at hand: (n_row) */
    size_t n_row, cap_row;
    struct html_cell
        *carried; /* (n_carried) by column: cells that reach down; rows: how many more */
    size_t n_carried, cap_carried;
    struct buffer text, caption;
    size_t begin, cell_begin; /* bytes of the source */
    size_t cell_columns, cell_rows;
    size_t n_rows, n_header, n_pairs; /* rows so far; at the top; of a header and a value */
    bool in_cell, cell_header, in_head, in_caption, in_row, others;
};

struct html {
    struct document_reader *r;
    const struct html_source *source;
    struct pair_list *pairs;
    struct error *err;
    htmlParserCtxtPtr parser;
    struct html_table tables[HTML_MAX_TABLES];
    size_t n_tables;           /* open */
    struct buffer text;        /* outside of tables */
    struct text_piece *pieces; /* of it */
    size_t n_pieces, cap_pieces;
    enum block_kind kind; /* of it */
    int level;
    size_t raised;     /* where raised text begins, plus 1; 0: none */
    int depth, hidden; /* open tags; the depth from which nothing is seen, 0: none */
    size_t tags, spans_left;
    bool list, stopped, cancelled, struck;
    /* Of a page, not of HTML inside of another text: */
    struct buffer title;  /* of the page, until the first block */
    bool in_title, titled, after_span;
    int content;          /* depth of the first <main> or <article> that is open; 0: none */
    int head_only;        /* depth of a site's <header>, of which headings alone are read; 0: none */
    int layouts[MAX_LAYOUTS]; /* depths of tables that lay the page out */
    size_t n_layouts;
};

static bool is_page(const struct html *h)
{
    return h->source->page;
}

static size_t source_at(const struct html *h)
{
    const htmlParserInputPtr in = h->parser->input;
    if (!in) return h->source->len;
    size_t at = (size_t)(in->cur - in->base) + in->consumed;
    return at < h->source->len ? at : h->source->len;
}

static size_t place_of(const struct html *h, size_t at)
{
    return text_piece_source(h->source->pieces, h->source->n_pieces, at);
}

static size_t line_of(const struct html *h, size_t place)
{
    size_t low = 0, high = h->source->n_lines;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (h->source->lines[middle] <= place)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

static bool grow(struct html *h, void **items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 16;
    void *grown = realloc(*items, want * size);
    if (!grown) {
        h->r->failed = true;
        return false;
    }
    *items = grown;
    *cap = want;
    return true;
}

static void put_made(struct html *h, struct html_table *t, const struct html_cell *c, bool empty)
{
    const struct cell blank = {.text = "", .line = c->cell.line, .begin = c->cell.begin};
    if (empty || !c->header)
        table_builder_add_made(&t->builder, empty ? &blank : &c->cell);
    else
        table_builder_add_header_cell(&t->builder, c->cell.text, c->cell.len, c->cell.line,
                                      (size_t)(c->cell.begin - h->r->base));
}

/* Whether spans may add another cell; the text of header cells is copied and counts too. */
static bool take_span(struct html *h, const struct html_cell *c)
{
    size_t cost = 1 + (c->header ? c->cell.len / 32 : 0);
    if (h->spans_left < cost) {
        if (h->spans_left)
            reader_note(h->r, "line %u: cells span too many columns or rows: the rest as written",
                        (unsigned)c->cell.line);
        h->spans_left = 0;
        return false;
    }
    h->spans_left -= cost;
    return true;
}

/* Cells from above that reach into the row, from `column` on. */
static size_t put_carried(struct html *h, struct html_table *t, size_t column, bool to_end)
{
    while (column < t->n_carried) {
        struct html_cell *c = &t->carried[column];
        if (c->rows == 0 && !to_end) break;
        if (c->rows && !take_span(h, c)) {
            t->n_carried = 0;
            break;
        }
        put_made(h, t, c, c->rows == 0);
        if (c->rows) c->rows--;
        column++;
    }
    while (t->n_carried && t->carried[t->n_carried - 1].rows == 0) t->n_carried--;
    return column;
}

static void carry(struct html *h, struct html_table *t, size_t column, const struct html_cell *c)
{
    while (t->n_carried <= column) {
        void *items = t->carried;
        if (!grow(h, &items, t->n_carried, &t->cap_carried, sizeof *t->carried)) return;
        t->carried = items;
        t->carried[t->n_carried++] = (struct html_cell){.rows = 0};
    }
    t->carried[column] = *c;
    t->carried[column].rows = c->rows - 1;
}

static void end_row(struct html *h, struct html_table *t)
{
    if (!t->in_row) return;
    t->in_row = false;
    if (t->n_row == 0 && t->n_carried == 0) return;
    size_t headers = 0, filled = 0;
    for (size_t i = 0; i < t->n_row; i++) {
        headers += t->row[i].header;
        filled += t->row[i].cell.len > 0;
    }
    /* One cell over the whole width names the rows below it. */
    bool band = t->n_row == 1 && t->n_carried == 0;
    bool header =
        t->n_header == t->n_rows && (t->in_head || (headers == t->n_row && !band && t->n_row > 1));
    table_builder_add_row(&t->builder, header ? 0 : t->n_rows - t->n_header + 1);
    size_t column = 0, pairs = t->n_row == 2 && headers == 1 && t->row[0].header;
    for (size_t i = 0; i < t->n_row; i++) {
        struct html_cell *c = &t->row[i];
        column = put_carried(h, t, column, false);
        for (size_t k = 0; k < c->columns && column < DOCUMENT_MAX_COLUMNS; k++) {
            if (k && !take_span(h, c)) break;
            if (k && band) break;
            put_made(h, t, c, false);
            if (c->rows > 1) carry(h, t, column, c);
            column++;
        }
    }
    put_carried(h, t, column, true);
    if (header) t->n_header++;
    t->n_rows++;
    t->n_pairs += pairs;
    t->others = t->others || (!pairs && !band && filled);
    t->n_row = 0;
}

/* Cells that stand between blank lines hold Markdown: "**Power**". */
static void take_marks_out(struct buffer *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->len; i++) {
        if (b->data[i] == '*' && i + 1 < b->len && b->data[i + 1] == '*')
            i++;
        else
            b->data[to++] = b->data[i];
    }
    b->len = to;
    if (b->data) b->data[to] = '\0';
}

static void end_cell(struct html *h, struct html_table *t)
{
    if (!t->in_cell) return;
    t->in_cell = false;
    struct buffer joined = {0};
    take_marks_out(&t->text);
    html_join_lines(&joined, buffer_text(&t->text), t->text.len, t->cell_header);
    if (joined.failed || t->text.failed) h->r->failed = true;
    void *items = t->row;
    if (t->n_row < DOCUMENT_MAX_COLUMNS && grow(h, &items, t->n_row, &t->cap_row, sizeof *t->row)) {
        t->row = items;
        size_t place = place_of(h, t->cell_begin);
        t->row[t->n_row++] = (struct html_cell){
            .cell = reader_cell(h->r, buffer_text(&joined), joined.len, line_of(h, place), place),
            .header = t->cell_header,
            .columns = t->cell_columns,
            .rows = t->cell_rows,
        };
    }
    buffer_free(&joined);
    buffer_clear(&t->text);
}

static void free_table(struct html_table *t)
{
    table_builder_free(&t->builder);
    buffer_free(&t->text);
    buffer_free(&t->caption);
    free(t->row);
    free(t->carried);
}

static void end_table(struct html *h)
{
    struct html_table *t = &h->tables[h->n_tables - 1];
    end_cell(h, t);
    end_row(h, t);
    size_t begin = place_of(h, t->begin), end = place_of(h, source_at(h));
    if (end < begin) end = begin;
    pair_list_flush(h->pairs);
    struct buffer caption = {0};
    html_join_lines(&caption, buffer_text(&t->caption), t->caption.len, true);
    /* A table with nothing but headers tells its own rows. */
    size_t header = t->n_header < t->n_rows ? t->n_header : 0;
    struct table *table =
        table_builder_end(&t->builder, buffer_text(&caption), caption.len, ROW_ROW, header,
                          line_of(h, begin), line_of(h, end), begin, end);
    if (table && table->n_columns == 2 && t->n_pairs > 1 && !t->others && !header)
        table->key_value = true;
    if (caption.failed || t->caption.failed) h->r->failed = true;
    buffer_free(&caption);
    free_table(t);
    h->n_tables--;
}

/* ---- text outside of tables ---- */

/* The page's title stands above all, but where its first heading says the same. "Quenby Heron |
 * Example Motors": the name of the site is no part of it. */
static void end_title(struct html *h)
{
    if (h->titled || !h->title.len || h->title.failed) return;
    h->titled = true;
    char *bar = strrchr(h->title.data, '|');
    if (bar && bar > h->title.data + 2) h->title.len = (size_t)(bar - h->title.data);
    size_t from = 0, to = h->title.len;
    span_trim(h->title.data, &from, &to);
    if (h->kind == BLOCK_HEADING && h->text.len >= to - from &&
        memcmp(h->text.data, h->title.data + from, to - from) == 0)
        return;
    reader_add_block(h->r, BLOCK_HEADING, 0, h->title.data + from, to - from, 1, 1, 0, 0);
}

static void end_text(struct html *h)
{
    size_t from = 0, to = h->text.len;
    if (h->text.len && !h->text.failed) span_trim(h->text.data, &from, &to);
    if (from < to) end_title(h);
    if (h->text.failed) h->r->failed = true;
    if (h->text.len && !h->text.failed) {
        struct buffer *t = &h->text;
        size_t begin = text_piece_source(h->pieces, h->n_pieces, 0),
               end = place_of(h, source_at(h));
        if (end < begin) end = begin;
        for (size_t i = 0; i < t->len; i++)
            if (t->data[i] == '\n') t->data[i] = ' ';
        struct pair_block b = {.kind = h->kind,
                               .level = h->kind == BLOCK_PARAGRAPH ? 0 : h->level,
                               .text = t->data,
                               .len = t->len,
                               .pieces = h->pieces,
                               .n_pieces = h->n_pieces,
                               .line_first = line_of(h, begin),
                               .line_last = line_of(h, end),
                               .begin = begin,
                               .end = end};
        if (h->kind == BLOCK_HEADING || !pair_list_add(h->pairs, &b)) {
            pair_list_flush(h->pairs);
            reader_add_block(h->r, b.kind, b.level, b.text, b.len, b.line_first, b.line_last,
                             b.begin, b.end);
        }
    }
    buffer_clear(&h->text);
    h->n_pieces = 0;
    h->kind = BLOCK_PARAGRAPH;
    h->level = 1;
}

static struct buffer *text_here(struct html *h)
{
    if (h->n_tables == 0) return &h->text;
    struct html_table *t = &h->tables[h->n_tables - 1];
    return t->in_caption ? &t->caption : t->in_cell ? &t->text : NULL;
}

/* A line ends; runs of them are one. */
static void put_break(struct html *h)
{
    struct buffer *b = text_here(h);
    if (b && b->len && b->data[b->len - 1] != '\n') buffer_putc(b, '\n');
}

static void add_piece(struct html *h, size_t at)
{
    void *items = h->pieces;
    if (!grow(h, &items, h->n_pieces, &h->cap_pieces, sizeof *h->pieces)) return;
    h->pieces = items;
    h->pieces[h->n_pieces++] = (struct text_piece){.at = h->text.len, .begin = place_of(h, at)};
}

static void put_text(void *context, const xmlChar *text, int n)
{
    struct html *h = context;
    if (h->in_title && n > 0 && h->title.len < MAX_TITLE) buffer_append(&h->title, text, (size_t)n);
    if (h->hidden || h->stopped || n <= 0) return;
    if (h->head_only && h->kind != BLOCK_HEADING) return;
    struct buffer *b = text_here(h);
    if (!b) return; /* between the cells of a table */
    size_t skip = 0;
    while (b->len == 0 && skip < (size_t)n && text[skip] <= ' ') skip++;
    if (b == &h->text && skip < (size_t)n) {
        size_t at = source_at(h), left = (size_t)n - skip;
        add_piece(h, at > left ? at - left : 0);
    }
    h->after_span = false;
    for (int i = 0; i < n; i++) {
        char c = (char)text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            if (b->len && b->data[b->len - 1] != ' ' && b->data[b->len - 1] != '\n')
                buffer_putc(b, ' ');
        } else if ((unsigned char)c == 0xc2 && i + 1 < n && text[i + 1] == 0xad) {
            i++; /* a soft hyphen */
        } else {
            buffer_putc(b, c);
        }
    }
}

/* ---- tags ---- */

static void open_table_tag(struct html *h, const char *tag, const xmlChar **attributes)
{
    struct html_table *t = h->n_tables ? &h->tables[h->n_tables - 1] : NULL;
    if (strcmp(tag, "table") == 0) {
        if (h->n_tables == HTML_MAX_TABLES) return;
        if (!t) end_text(h);
        end_title(h);
        t = &h->tables[h->n_tables++];
        *t = (struct html_table){.begin = source_at(h)};
        table_builder_init(&t->builder, h->r);
        return;
    }
    if (!t) return;
    if (strcmp(tag, "tr") == 0) {
        end_cell(h, t);
        end_row(h, t);
        t->in_row = true;
        t->in_caption = false;
    } else if (strcmp(tag, "td") == 0 || strcmp(tag, "th") == 0) {
        end_cell(h, t);
        t->in_row = t->in_cell = true;
        t->in_caption = false;
        t->cell_header = tag[1] == 'h';
        t->cell_columns = html_span_of(attributes, "colspan");
        t->cell_rows = html_span_of(attributes, "rowspan");
        t->cell_begin = source_at(h);
        /* The parser stands before the '>' of the tag. */
        const struct html_source *s = h->source;
        while (t->cell_begin < s->len && s->text[t->cell_begin] != '>') t->cell_begin++;
        while (t->cell_begin + 1 < s->len && strchr("> \t\r\n", s->text[t->cell_begin]))
            t->cell_begin++;
    } else if (strcmp(tag, "thead") == 0 || strcmp(tag, "tbody") == 0 ||
               strcmp(tag, "tfoot") == 0) {
        end_cell(h, t);
        end_row(h, t);
        t->in_head = tag[1] == 'h';
    } else if (strcmp(tag, "caption") == 0) {
        t->in_caption = true;
    }
}

/* A page's own: true: nothing else is to be done with the tag. */
static bool open_page_tag(struct html *h, const char *tag, const xmlChar **attributes)
{
    if (html_is_boilerplate(tag, attributes, h->content > 0)) {
        h->hidden = h->depth;
        return true;
    }
    if (!h->content && (strcmp(tag, "main") == 0 || strcmp(tag, "article") == 0)) h->content = h->depth;
    if (!h->content && !h->head_only && strcmp(tag, "header") == 0) h->head_only = h->depth;
    const char *role = html_attribute(attributes, "role");
    bool table = strcmp(tag, "table") == 0;
    if (table && role && (strcmp(role, "presentation") == 0 || strcmp(role, "none") == 0) &&
        h->n_layouts < MAX_LAYOUTS && h->n_tables == 0) {
        h->layouts[h->n_layouts++] = h->depth;
        end_text(h);
        return true;
    }
    /* The cells of a table that lays the page out are parts of the page. */
    if (h->n_layouts && h->n_tables == 0 &&
        (strcmp(tag, "tr") == 0 || strcmp(tag, "td") == 0 || strcmp(tag, "th") == 0)) {
        end_text(h);
        return true;
    }
    return false;
}

static void close_page_tag(struct html *h, const char *tag)
{
    if (strcmp(tag, "title") == 0) h->in_title = false;
    if (h->content == h->depth) h->content = 0;
    if (h->head_only == h->depth) {
        end_text(h);
        h->head_only = 0;
    }
}

static void open_tag(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct html *h = context;
    const char *tag = (const char *)name;
    if (h->stopped) return;
    if (++h->depth > HTML_MAX_DEPTH) {
        h->stopped = true;
        xmlStopParser(h->parser);
        return;
    }
    if (++h->tags % CHECK_TAGS == 0 && !reader_check(h->r, h->err)) {
        h->stopped = h->cancelled = true;
        xmlStopParser(h->parser);
        return;
    }
    if (is_page(h) && strcmp(tag, "title") == 0 && !h->title.len) h->in_title = true;
    if (h->hidden) return;
    if (is_page(h) && open_page_tag(h, tag, attributes)) return;
    bool struck = strcmp(tag, "del") == 0 || strcmp(tag, "s") == 0 || strcmp(tag, "strike") == 0;
    if (struck || html_is_hidden(tag, attributes)) {
        h->struck = h->struck || struck;
        h->hidden = h->depth;
        return;
    }
    if (strcmp(tag, "br") == 0) {
        put_break(h);
    } else if (strcmp(tag, "sup") == 0) {
        struct buffer *b = text_here(h);
        h->raised = b ? b->len + 1 : 0;
    } else if (strcmp(tag, "img") == 0) {
        const char *alt = html_attribute(attributes, "alt");
        size_t n = alt ? strlen(alt) : 0;
        if (n && n < 256) put_text(h, (const xmlChar *)alt, (int)n);
    } else if (h->n_tables == 0 && html_is_heading(tag)) {
        end_text(h);
        h->kind = BLOCK_HEADING;
        h->level = tag[1] - '0';
    } else if (is_page(h) && strcmp(tag, "span") == 0) {
        /* Parts that only their style sets apart: "<span>Engine</span><span>3.5 L</span>". */
        struct buffer *b = text_here(h);
        if (h->after_span && b && b->len && b->data[b->len - 1] != ' ' && b->data[b->len - 1] != '\n')
            buffer_putc(b, ' ');
    } else if (strcmp(tag, "li") == 0 || strcmp(tag, "dt") == 0) {
        if (h->n_tables == 0) {
            end_text(h);
            h->kind = BLOCK_LIST_ITEM;
        } else {
            put_break(h);
        }
    } else if (strcmp(tag, "dd") == 0) {
        struct buffer *b = text_here(h);
        if (b && b->len) buffer_puts(b, b->data[b->len - 1] == ':' ? " " : ": ");
    } else if (html_is_block(tag)) {
        /* A paragraph inside of an item or a heading is its text. */
        if (h->n_tables == 0 && (h->kind == BLOCK_PARAGRAPH || h->text.len))
            end_text(h);
        else
            put_break(h);
    } else {
        open_table_tag(h, tag, attributes);
    }
}

static void close_tag(void *context, const xmlChar *name)
{
    struct html *h = context;
    const char *tag = (const char *)name;
    if (h->stopped) return;
    if (is_page(h)) close_page_tag(h, tag);
    if (h->hidden) {
        if (h->depth-- == h->hidden) h->hidden = 0;
        return;
    }
    if (h->n_layouts && h->layouts[h->n_layouts - 1] == h->depth) {
        end_text(h);
        h->n_layouts--;
        h->depth--;
        return;
    }
    if (h->depth > 0) h->depth--;
    h->after_span = strcmp(tag, "span") == 0;
    struct html_table *t = h->n_tables ? &h->tables[h->n_tables - 1] : NULL;
    if (strcmp(tag, "sup") == 0) {
        struct buffer *b = text_here(h);
        if (b && h->raised && h->raised <= b->len) html_superscript(b, h->raised - 1);
        h->raised = 0;
    } else if (strcmp(tag, "table") == 0) {
        if (t) end_table(h);
    } else if (t && strcmp(tag, "tr") == 0) {
        end_cell(h, t);
        end_row(h, t);
    } else if (t && (strcmp(tag, "td") == 0 || strcmp(tag, "th") == 0)) {
        end_cell(h, t);
    } else if (t && strcmp(tag, "thead") == 0) {
        end_cell(h, t);
        end_row(h, t);
        t->in_head = false;
    } else if (t && strcmp(tag, "caption") == 0) {
        t->in_caption = false;
    } else if (html_is_block(tag) || html_is_heading(tag) || strcmp(tag, "li") == 0 ||
               strcmp(tag, "dd") == 0) {
        if (h->n_tables == 0)
            end_text(h);
        else
            put_break(h);
    }
}

/* What the parser did not get to, as text without its tags. */
static void add_rest(struct html *h, size_t from)
{
    const char *text = h->source->text;
    bool tag = false;
    buffer_clear(&h->text);
    h->n_pieces = 0;
    add_piece(h, from);
    for (size_t i = from; i < h->source->len; i++) {
        if (text[i] == '<') {
            tag = true;
        } else if (text[i] == '>') {
            if (tag && h->text.len && h->text.data[h->text.len - 1] != ' ')
                buffer_putc(&h->text, ' ');
            tag = false;
        } else if (!tag) {
            buffer_putc(&h->text, text[i] == '\n' ? ' ' : text[i]);
        }
    }
    h->kind = BLOCK_PARAGRAPH;
    end_text(h);
}

bool html_read(struct document_reader *r, const struct html_source *source, struct pair_list *pairs,
               struct error *err)
{
    if (source->len == 0 || source->len > INT_MAX / 2) return true;
    struct html h = {.r = r,
                     .source = source,
                     .pairs = pairs,
                     .err = err,
                     .kind = BLOCK_PARAGRAPH,
                     .level = 1,
                     .spans_left = SPAN_CELLS + source->len / 8};
    xmlInitParser();
    h.parser = htmlCreateMemoryParserCtxt(source->text, (int)source->len);
    if (!h.parser) {
        r->failed = true;
        return reader_check(r, err);
    }
    htmlCtxtUseOptions(h.parser, HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                     HTML_PARSE_RECOVER | HTML_PARSE_IGNORE_ENC |
                                     HTML_PARSE_NODEFDTD | HTML_PARSE_NOIMPLIED);
    xmlSwitchEncoding(h.parser, XML_CHAR_ENCODING_UTF8);
    memset(h.parser->sax, 0, sizeof *h.parser->sax);
    h.parser->sax->startElement = open_tag;
    h.parser->sax->endElement = close_tag;
    h.parser->sax->characters = put_text;
    h.parser->sax->ignorableWhitespace = put_text;
    h.parser->userData = &h;
    htmlParseDocument(h.parser);
    size_t stopped_at = source_at(&h);
    while (h.n_tables) end_table(&h);
    end_text(&h);
    if (h.stopped && !h.cancelled && !r->failed) {
        reader_note(r, "line %zu: HTML tags more than %d deep: the rest was taken as text",
                    line_of(&h, place_of(&h, stopped_at)), HTML_MAX_DEPTH);
        add_rest(&h, stopped_at);
    }
    if (h.struck)
        reader_note(r, "line %zu: struck out text was left out", line_of(&h, place_of(&h, 0)));
    if (h.title.failed) r->failed = true;
    buffer_free(&h.title);
    buffer_free(&h.text);
    free(h.pieces);
    if (h.parser->myDoc) xmlFreeDoc(h.parser->myDoc);
    h.parser->myDoc = NULL;
    htmlFreeParserCtxt(h.parser);
    return !h.cancelled && reader_check(r, err);
}
