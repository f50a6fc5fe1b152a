/* Markdown: md4c finds the blocks and takes the inline markup out; tables come as headings that
 * stand for their cells (see markdown_source.h). */
#include "document/html_table.h"
#include "document/markdown_front.h"
#include "document/markdown_parts.h"
#include "document/reader.h"

#include <md4c.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    CHECK_BLOCKS = 256,
    MAX_TEXT = 1 << 28, /* bytes: md4c counts in 32 bits, some of them signed */
};

/* ---- blocks ---- */

static bool read_html(struct markdown *m, const char *text, size_t len,
                      const struct text_piece *pieces, size_t n_pieces)
{
    struct html_source source = {.text = text,
                                 .len = len,
                                 .pieces = pieces,
                                 .n_pieces = n_pieces,
                                 .lines = m->source.lines,
                                 .n_lines = m->source.n_lines};
    markdown_end_table(m);
    return html_read(m->r, &source, &m->pairs, m->err);
}

static void begin_block(struct markdown *m, enum block_kind kind)
{
    m->open = true;
    m->kind = kind;
    m->html = m->program = false;
    buffer_clear(&m->text);
    m->n_pieces = m->strong = m->plain = m->strong_end = m->raised = m->mark = 0;
    m->bold = m->struck = m->html_heading = 0;
    m->first = SIZE_MAX;
    m->last = 0;
}

static bool end_block(struct markdown *m)
{
    bool ok = true;
    if (!m->open) return true;
    m->open = false;
    if (m->text.failed) m->r->failed = true;
    if (++m->blocks % CHECK_BLOCKS == 0 || m->r->failed) ok = reader_check(m->r, m->err);
    if (!ok) return false;
    if (m->mark) {
        const struct markdown_mark *mark = &m->source.marks[m->mark - 1];
        if (mark->kind == MARK_CELL) {
            markdown_add_cell(m, m->mark - 1);
            return true;
        }
        struct text_piece piece = {.begin = mark->begin};
        return read_html(m, m->r->data + mark->begin, mark->end - mark->begin, &piece, 1);
    }
    if (m->html)
        return m->text.len == 0 || read_html(m, m->text.data, m->text.len, m->pieces, m->n_pieces);
    size_t from = 0, to = m->text.len;
    if (to) span_trim(m->text.data, &from, &to);
    if (from >= to || m->first == SIZE_MAX) return true;
    if (m->kind != BLOCK_CODE) {
        m->text.len = to;
        m->text.data[to] = '\0';
    }
    switch (m->kind) {
    case BLOCK_HEADING:
        markdown_end_heading(m);
        break;
    case BLOCK_LIST_ITEM:
        markdown_end_item(m);
        break;
    case BLOCK_CODE:
        markdown_end_code(m);
        break;
    default:
        markdown_end_paragraph(m);
        break;
    }
    return true;
}

/* ---- what md4c calls ---- */

static int result(struct markdown *m, bool ok)
{
    if (!ok) m->stopped = true;
    return ok ? 0 : -1;
}

/* Whether a fence names a language that data is not written in. */
static bool is_program(const MD_BLOCK_CODE_DETAIL *code)
{
    static const char *const DATA[] = {"text", "txt", "plain",   "plaintext", "yaml",
                                       "yml",  "ini", "toml",    "csv",       "tsv",
                                       "none", "md",  "markdown"};
    for (size_t i = 0; i < sizeof DATA / sizeof *DATA; i++)
        if (strlen(DATA[i]) == code->lang.size &&
            strncasecmp(DATA[i], code->lang.text, code->lang.size) == 0)
            return false;
    return code->lang.size > 0;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct markdown *m = context;
    bool ok = true;
    switch (type) {
    case MD_BLOCK_QUOTE:
        ok = end_block(m);
        m->quotes++;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        ok = end_block(m);
        if (m->lists++ < MARKDOWN_LISTS) m->items[m->lists - 1] = 0;
        break;
    case MD_BLOCK_LI:
        ok = end_block(m);
        if (m->lists && m->lists <= MARKDOWN_LISTS) m->items[m->lists - 1]++;
        m->item_begins = true;
        begin_block(m, BLOCK_LIST_ITEM);
        break;
    case MD_BLOCK_HR:
        ok = end_block(m);
        pair_list_flush(&m->pairs);
        break;
    case MD_BLOCK_H:
        ok = end_block(m);
        begin_block(m, BLOCK_HEADING);
        m->level = (int)((MD_BLOCK_H_DETAIL *)detail)->level;
        m->item_begins = false;
        break;
    case MD_BLOCK_CODE:
    case MD_BLOCK_HTML:
        ok = end_block(m);
        begin_block(m, type == MD_BLOCK_CODE ? BLOCK_CODE : BLOCK_PARAGRAPH);
        m->html = type == MD_BLOCK_HTML;
        if (type == MD_BLOCK_CODE) m->program = is_program(detail);
        m->item_begins = false;
        break;
    case MD_BLOCK_P:
        if (m->item_begins && m->open && m->text.len == 0) {
            begin_block(m, BLOCK_LIST_ITEM);
        } else {
            ok = end_block(m);
            begin_block(m, BLOCK_PARAGRAPH);
        }
        m->item_begins = false;
        break;
    default:
        break;
    }
    return result(m, ok);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    (void)detail;
    struct markdown *m = context;
    bool ok = end_block(m);
    if ((type == MD_BLOCK_UL || type == MD_BLOCK_OL) && m->lists && --m->lists == 0)
        m->captions[0].len = 0;
    if (type == MD_BLOCK_QUOTE && m->quotes) m->quotes--;
    return result(m, ok);
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    (void)detail;
    struct markdown *m = context;
    if (type == MD_SPAN_STRONG) m->bold++;
    if (type == MD_SPAN_DEL) m->struck++;
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    (void)detail;
    struct markdown *m = context;
    if (type == MD_SPAN_STRONG && m->bold) m->bold--;
    if (type == MD_SPAN_DEL && m->struck) m->struck--;
    return 0;
}

static void add_piece(struct markdown *m, size_t begin)
{
    struct text_piece *last = m->n_pieces ? &m->pieces[m->n_pieces - 1] : NULL;
    if (last && last->begin + (m->text.len - last->at) == begin) return;
    if (m->n_pieces == m->cap_pieces) {
        size_t cap = m->cap_pieces ? m->cap_pieces * 2 : 64;
        struct text_piece *pieces = realloc(m->pieces, cap * sizeof *pieces);
        if (!pieces) {
            m->r->failed = true;
            return;
        }
        m->pieces = pieces;
        m->cap_pieces = cap;
    }
    m->pieces[m->n_pieces++] = (struct text_piece){.at = m->text.len, .begin = begin};
}

static bool tag_is(const char *text, size_t len, const char *name)
{
    size_t n = strlen(name);
    if (len < n + 2 || strncasecmp(text + 1, name, n) != 0) return false;
    char next = text[1 + n];
    return next == '>' || next == '/' || next == ' ' || next == '\t' || next == '\n';
}

/* A tag inside of a text. False: cancelled. */
static bool add_tag(struct markdown *m, const char *text, size_t len)
{
    bool close = len > 2 && text[1] == '/';
    const char *name = text + 1 + close;
    if (len >= 4u + close && (name[0] == 'h' || name[0] == 'H') && name[1] >= '1' &&
        name[1] <= '6' && (name[2] == '>' || name[2] == ' ')) {
        /* md4c 0.4.8 takes headings other than <h1> for text. */
        bool ends = m->html_heading > 0, cell = m->kind == BLOCK_HEADING;
        if (cell) return true;
        if (ends) {
            m->kind = BLOCK_HEADING;
            m->level = m->html_heading;
        }
        if (ends || !close) {
            if (!end_block(m)) return false;
            begin_block(m, BLOCK_PARAGRAPH);
        }
        if (!close) m->html_heading = name[1] - '0';
    } else if (tag_is(text, len, "br") || tag_is(text, len, "p") || tag_is(text, len, "/p") ||
               tag_is(text, len, "li") || tag_is(text, len, "/li") || tag_is(text, len, "div")) {
        if (m->text.len) buffer_putc(&m->text, '\n');
    } else if (tag_is(text, len, "sup")) {
        m->raised = m->text.len + 1;
    } else if (tag_is(text, len, "/sup")) {
        if (m->raised && m->raised <= m->text.len) {
            while (m->n_pieces > 1 && m->pieces[m->n_pieces - 1].at >= m->raised) m->n_pieces--;
            html_superscript(&m->text, m->raised - 1);
        }
        m->raised = 0;
    } else if (tag_is(text, len, "b") || tag_is(text, len, "strong")) {
        m->bold++;
    } else if (tag_is(text, len, "/b") || tag_is(text, len, "/strong")) {
        if (m->bold) m->bold--;
    } else if (tag_is(text, len, "del") || tag_is(text, len, "s") || tag_is(text, len, "strike")) {
        m->struck++;
    } else if (tag_is(text, len, "/del") || tag_is(text, len, "/s") ||
               tag_is(text, len, "/strike")) {
        if (m->struck) m->struck--;
    }
    return true;
}

static int add_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *context)
{
    struct markdown *m = context;
    const struct markdown_source *s = &m->source;
    const char *copy = s->text.data;
    size_t len = size;
    if (!m->open) begin_block(m, BLOCK_PARAGRAPH);
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
        if (m->text.len) buffer_putc(&m->text, '\n');
        return 0;
    }
    bool inside = (uintptr_t)text >= (uintptr_t)copy && (uintptr_t)text <= (uintptr_t)copy + s->len;
    if (!inside) { /* a line end or an indentation of md4c's own */
        buffer_append(&m->text, text, len);
        return 0;
    }
    size_t at = (size_t)(text - copy);
    if (at + len > s->len) len = s->len - at;
    while (m->next_mark < s->n_marks && s->marks[m->next_mark].at < at) m->next_mark++;
    if (m->kind == BLOCK_HEADING && m->next_mark < s->n_marks &&
        s->marks[m->next_mark].at < at + len) {
        m->mark = m->next_mark + 1;
        len = s->marks[m->next_mark].at - at;
    }
    size_t begin = markdown_source_place(s, at), end = markdown_source_place(s, at + len);
    if (m->mark && end > s->marks[m->mark - 1].end) end = s->marks[m->mark - 1].end;
    const char *shown = m->r->data + begin;
    len = end > begin ? end - begin : 0;
    if (len == 0) return 0;
    if (begin < m->first) m->first = begin;
    if (end > m->last) m->last = end;
    if (type == MD_TEXT_HTML && !m->html) {
        return result(m, add_tag(m, shown, len));
    }
    if (m->struck) {
        if (!m->struck_line) m->struck_line = markdown_line_of(m, begin);
        return 0;
    }
    add_piece(m, begin);
    if (m->bold) {
        if (m->plain == 0) m->strong_end = m->text.len + len;
        m->strong += len;
    } else {
        for (size_t i = 0; i < len; i++) m->plain += shown[i] != ' ' && shown[i] != ':';
    }
    if (type == MD_TEXT_ENTITY) {
        html_entity(&m->text, shown, len);
    } else if (type == MD_TEXT_CODE && m->mark == 0 && m->kind == BLOCK_HEADING) {
        for (size_t i = 0; i < len; i++) /* a bar in a cell is written "\|", in code too */
            if (shown[i] != '\\' || i + 1 == len || shown[i + 1] != '|')
                buffer_putc(&m->text, shown[i]);
    } else {
        buffer_append(&m->text, shown, len);
    }
    return 0;
}

bool read_markdown_document(struct document_reader *r, struct error *err)
{
    struct markdown m = {.r = r, .err = err, .titles = text_has_titles(r->data, r->len)};
    static const MD_PARSER parser = {
        .flags = MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEATXHEADERS,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = add_text,
    };
    if (!reader_check(r, err)) return false;
    if (!markdown_source_make(&m.source, r->data, r->len)) return error_memory(err, "a document");
    pair_list_init(&m.pairs, r);
    bool ok = m.source.len <= MAX_TEXT ||
              error_set(err, ERROR_UNSUPPORTED, "%s: more than %d MB of Markdown", r->path,
                        MAX_TEXT >> 20);
    if (ok) {
        if (m.source.front) markdown_front_read(r, m.source.front);
        int status = md_parse(m.source.text.data, (MD_SIZE)m.source.len, &parser, &m);
        if (status && !m.stopped) r->failed = true;
        ok = !m.stopped;
    }
    if (ok) {
        markdown_end_table(&m);
        pair_list_flush(&m.pairs);
        if (m.struck_line) reader_note(r, "line %zu: struck out text was left out", m.struck_line);
        ok = reader_check(r, err);
    }
    pair_list_free(&m.pairs);
    markdown_source_free(&m.source);
    buffer_free(&m.text);
    buffer_free(&m.cells);
    free(m.pieces);
    free(m.cell_texts);
    return ok;
}
