/* Markdown: md4c finds the blocks and takes the inline markup out; tables come as headings that
 * stand for their cells (see markdown_source.h). */
#include "document/html_table.h"
#include "document/markdown_front.h"
#include "document/markdown_source.h"
#include "document/reader.h"
#include "document/text_lines.h"

#include "base/utf8.h"

#include <md4c.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    CHECK_BLOCKS = 256,
    LIST_LEVELS = 8, /* whose captions are remembered */
    CAPTION_BYTES = 80,
    LABEL_BYTES = 90, /* of a bold paragraph that is a heading */
    LABEL_WORDS = 12,
    TITLE_LINES = 12, /* that tell whether the first is a title */
    MAX_TEXT = 1 << 28, /* bytes: md4c counts in 32 bits, some of them signed */
};

struct caption {
    char text[CAPTION_BYTES + 1];
    size_t len;
};

struct markdown {
    struct document_reader *r;
    struct error *err;
    struct markdown_source source;
    struct pair_list pairs;
    bool stopped;
    size_t blocks;

    /* The block at hand. */
    bool open;
    enum block_kind kind;
    bool html;                 /* a block of raw HTML */
    bool program;              /* code in some language: never a table */
    int level;                 /* of a heading */
    struct buffer text;        /* with line ends where its lines end */
    struct text_piece *pieces; /* by place in the text */
    size_t n_pieces, cap_pieces;
    size_t first, last;   /* bytes of the document that it takes */
    size_t strong, plain; /* bytes of it that are bold, and that are not */
    size_t strong_end;    /* of the bold text that it begins with */
    size_t raised;        /* where raised text begins, plus 1; 0: none */
    int bold, struck;
    int html_heading; /* level of the <h2> that is open; 0: none */
    size_t mark;      /* the mark that the heading ends with, plus 1; 0: none */
    size_t next_mark;
    size_t struck_line; /* the first with struck out text; 0: none */

    /* Where it stands. */
    int heading_level;  /* of the last heading */
    bool below_heading; /* the block before is a heading */
    bool titles;        /* the file has titles right above their texts */
    int lists, quotes;
    size_t items[LIST_LEVELS];                /* of the lists that are open: how many so far */
    struct caption captions[LIST_LEVELS + 1]; /* of pairs in lists: text of the item above; [0]: of
                                                 the paragraph above */
    bool item_begins;                         /* nothing of the item has come yet */

    /* The cells of the table at hand. */
    bool in_table;
    struct caption caption;
    size_t table;        /* index into source.tables */
    struct buffer cells; /* their texts, one after another */
    struct cell_text {
        size_t mark, begin; /* byte of the document at which its text begins */
        size_t end;         /* behind its text in `cells` */
    } * cell_texts;
    size_t n_cell_texts, cap_cell_texts;
};

/* ---- tables ---- */

static size_t line_of(const struct markdown *m, size_t place)
{
    return markdown_source_line(&m->source, place);
}

/* The table whose cells have come: its rows are split once more, for the empty ones. */
static void end_table(struct markdown *m)
{
    if (!m->in_table) return;
    m->in_table = false;
    const struct markdown_table *t = &m->source.tables[m->table];
    const char *data = m->r->data;
    struct table_builder builder;
    struct buffer joined = {0};
    table_builder_init(&builder, m->r);
    size_t line = t->begin, number = t->line, next = 0, from = 0;
    for (size_t row = 0; line < t->end; row++, number++) {
        size_t at, end, begin, behind;
        line = markdown_row_span(t, data, line, &at, &end);
        if (row == 1) continue; /* the dashes */
        table_builder_add_row(&builder, row ? row - 1 : 0);
        while (markdown_cell_next(data, end, &at, &begin, &behind)) {
            const char *text = data + begin;
            size_t len = behind - begin, place = begin;
            if (next < m->n_cell_texts &&
                m->source.marks[m->cell_texts[next].mark].begin == begin && len) {
                buffer_clear(&joined);
                html_join_lines(&joined, buffer_text(&m->cells) + from,
                                m->cell_texts[next].end - from, row == 0);
                text = buffer_text(&joined);
                len = joined.len;
                place = m->cell_texts[next].begin;
                from = m->cell_texts[next++].end;
            }
            table_builder_add_cell(&builder, text, len, number, place);
        }
    }
    if (joined.failed || m->cells.failed) m->r->failed = true;
    table_builder_end(&builder, m->caption.text, m->caption.len, ROW_ROW, 1, t->line, number - 1,
                      t->begin, t->end);
    table_builder_free(&builder);
    buffer_free(&joined);
    buffer_clear(&m->cells);
    m->n_cell_texts = 0;
}

/* The heading at hand stands for a cell: keeps its text. */
static void add_cell(struct markdown *m, size_t mark)
{
    size_t table = m->source.marks[mark].table;
    if (m->in_table && m->table != table) end_table(m);
    if (!m->in_table) {
        pair_list_flush(&m->pairs);
        m->below_heading = false;
        m->in_table = true;
        m->table = table;
        m->caption = m->captions[0];
        m->captions[0].len = 0;
    }
    if (m->n_cell_texts == m->cap_cell_texts) {
        size_t cap = m->cap_cell_texts ? m->cap_cell_texts * 2 : 64;
        struct cell_text *items = realloc(m->cell_texts, cap * sizeof *items);
        if (!items) {
            m->r->failed = true;
            return;
        }
        m->cell_texts = items;
        m->cap_cell_texts = cap;
    }
    buffer_append(&m->cells, buffer_text(&m->text), m->text.len);
    m->cell_texts[m->n_cell_texts++] =
        (struct cell_text){.mark = mark,
                           .begin = m->n_pieces ? m->pieces[0].begin : m->source.marks[mark].begin,
                           .end = m->cells.len};
}

static bool read_html(struct markdown *m, const char *text, size_t len,
                      const struct text_piece *pieces, size_t n_pieces)
{
    struct html_source source = {.text = text,
                                 .len = len,
                                 .pieces = pieces,
                                 .n_pieces = n_pieces,
                                 .lines = m->source.lines,
                                 .n_lines = m->source.n_lines};
    end_table(m);
    return html_read(m->r, &source, &m->pairs, m->err);
}

/* ---- blocks ---- */

static void add_block(struct markdown *m, enum block_kind kind, int level, const char *text,
                      size_t len, size_t first, size_t last)
{
    end_table(m);
    pair_list_flush(&m->pairs);
    m->below_heading = false;
    size_t line_first = line_of(m, first), line_last = line_of(m, last > first ? last - 1 : first);
    /* Marks of the block's own, in front of it and behind, are part of it. */
    size_t begin = m->source.lines[line_first - 1];
    size_t end = line_last < m->source.n_lines ? m->source.lines[line_last] : m->r->len;
    while (end > begin && (m->r->data[end - 1] == '\n' || m->r->data[end - 1] == '\r')) end--;
    reader_add_block(m->r, kind, level, text, len, line_first, line_last, begin, end);
}

/* The text at hand with spaces where its lines end. */
static void join_lines(struct buffer *text)
{
    for (size_t i = 0; i < text->len; i++)
        if (text->data[i] == '\n') text->data[i] = ' ';
}

static bool is_pair(const char *text, size_t len)
{
    struct pair pairs[PAIRS_MAX];
    return pairs_find(text, len, pairs, PAIRS_MAX) > 0;
}

static bool add_pairs(struct markdown *m, size_t from, size_t to, bool alone)
{
    /* The pieces of the part, counted from its beginning. */
    size_t first = 0, n;
    while (first + 1 < m->n_pieces && m->pieces[first + 1].at <= from) first++;
    n = m->n_pieces - first;
    struct text_piece *pieces = malloc((n + 1) * sizeof *pieces);
    if (!pieces) {
        m->r->failed = true;
        return false;
    }
    size_t k = 0;
    for (size_t i = first; i < m->n_pieces && (k == 0 || m->pieces[i].at < to); i++) {
        bool before = m->pieces[i].at < from;
        pieces[k++] = (struct text_piece){.at = before ? 0 : m->pieces[i].at - from,
                                          .begin = m->pieces[i].begin +
                                                   (before ? from - m->pieces[i].at : 0)};
    }
    size_t begin = text_piece_source(pieces, k, 0), end = text_piece_source(pieces, k, to - from);
    struct pair_block b = {.kind = m->kind,
                           .level = m->kind == BLOCK_LIST_ITEM ? m->lists : 0,
                           .text = m->text.data + from,
                           .len = to - from,
                           .pieces = pieces,
                           .n_pieces = k,
                           .line_first = line_of(m, begin),
                           .line_last = line_of(m, end > begin ? end - 1 : begin),
                           .begin = begin,
                           .end = end,
                           .alone = alone};
    if (pairs_find(b.text, b.len, &(struct pair){0}, 1) || memchr(b.text, '\n', b.len))
        end_table(m);
    bool added = pair_list_add(&m->pairs, &b);
    if (added) m->below_heading = false;
    free(pieces);
    return added;
}

static size_t line_length(const struct buffer *text, size_t from)
{
    const char *end = memchr(text->data + from, '\n', text->len - from);
    return end ? (size_t)(end - (text->data + from)) : text->len - from;
}

/* A paragraph most of whose lines are pairs; lines that are none go on with the value before them.
 */
static bool add_pair_lines(struct markdown *m)
{
    size_t lines = 0, pairs = 0, start = SIZE_MAX;
    for (size_t i = 0; i < m->text.len;) {
        size_t len = line_length(&m->text, i);
        lines++;
        if (is_pair(m->text.data + i, len)) {
            pairs++;
            if (start == SIZE_MAX) start = i;
        }
        i += len + 1;
    }
    if (pairs < 2 || pairs * 2 < lines) return false;
    if (start) {
        char kept = m->text.data[start - 1];
        m->text.data[start - 1] = '\0';
        add_block(m, m->kind, 0, m->text.data, start - 1, m->first,
                  text_piece_source(m->pieces, m->n_pieces, start - 1));
        m->text.data[start - 1] = kept;
    }
    for (size_t i = start; i < m->text.len;) {
        size_t end = i + line_length(&m->text, i), next = end;
        while (next < m->text.len) {
            size_t len = line_length(&m->text, next + 1);
            if (is_pair(m->text.data + next + 1, len)) break;
            m->text.data[next] = ' ';
            next += len + 1;
        }
        if (!add_pairs(m, i, next, false))
            add_block(m, m->kind, m->kind == BLOCK_LIST_ITEM ? m->lists : 0, m->text.data + i,
                      next - i, text_piece_source(m->pieces, m->n_pieces, i),
                      text_piece_source(m->pieces, m->n_pieces, next - 1) + 1);
        i = next + 1;
    }
    return true;
}

/* A paragraph that is laid out with spaces: its lines as they stand in the document. */
static bool add_laid_out(struct markdown *m, size_t first, size_t last)
{
    size_t at = m->source.lines[line_of(m, first) - 1], number = line_of(m, first) - 1, n = 0;
    size_t end = last;
    const char *data = m->r->data;
    while (end < m->r->len && data[end] != '\n' && data[end] != '\r') end++;
    size_t count = line_of(m, last > first ? last - 1 : first) - number;
    if (count < 2) return false;
    struct text_line *lines = malloc(count * sizeof *lines);
    if (!lines) {
        m->r->failed = true;
        return false;
    }
    size_t pairs = 0, blank = 0;
    while (n < count && text_line_next(data, end, &at, &number, &lines[n])) {
        size_t indent = 0;
        while (indent < lines[n].len && (data[lines[n].begin + indent] == ' ')) indent++;
        blank += lines[n].len == 0;
        pairs += m->kind == BLOCK_CODE && is_pair(lines[n].text + indent, lines[n].len - indent);
        n++;
    }
    bool found = text_is_laid_out(lines, n) || (pairs > 1 && pairs + blank == n);
    if (found) {
        end_table(m);
        pair_list_flush(&m->pairs);
        struct text_run run;
        text_run_init(&run, m->r);
        run.headings = false;
        for (size_t i = 0, k; i < n; i = k + 1) {
            for (k = i; k < n && lines[k].len; k++) {
            }
            if (k > i) text_run_add(&run, lines + i, k - i, false);
        }
        text_run_end(&run);
        text_run_free(&run);
    }
    free(lines);
    return found;
}

static size_t count_words(const char *text, size_t len)
{
    size_t words = len > 0;
    for (size_t i = 0; i < len; i++) words += text[i] == ' ';
    return words;
}

static void set_caption(struct caption *c, const char *text, size_t len)
{
    while (len && (text[len - 1] == ':' || text[len - 1] == ' ')) len--;
    if (len > CAPTION_BYTES || count_words(text, len) > LABEL_WORDS) len = 0;
    memcpy(c->text, text, len);
    c->len = len;
}

/* Makes a heading of a paragraph's first line where it is a title above its text, or all of it is
 * bold; the rest stays as the text at hand. */
static bool take_title(struct markdown *m)
{
    struct buffer *t = &m->text;
    struct text_line lines[TITLE_LINES];
    size_t n = 0, at = 0, number = 0;
    while (n < TITLE_LINES && text_line_next(t->data, t->len, &at, &number, &lines[n])) n++;
    if (n < 2 || lines[0].len == 0) return false;
    size_t len = lines[0].len;
    bool bold = m->strong_end == lines[0].full && len <= LABEL_BYTES &&
                count_words(t->data, len) <= LABEL_WORDS && t->data[len - 1] != '.' &&
                t->data[len - 1] != ':' && !is_pair(t->data, len) &&
                !is_pair(lines[1].text, lines[1].len);
    if (!bold && !(m->titles && text_is_title_line(lines, n, 0))) return false;
    size_t behind = lines[1].begin, next = text_piece_source(m->pieces, m->n_pieces, behind);
    add_block(m, BLOCK_HEADING, m->heading_level < 6 ? m->heading_level + 1 : 6, t->data, len,
              m->first, m->first + 1);
    m->below_heading = true;
    size_t kept = 0;
    for (size_t i = 0; i < m->n_pieces; i++) {
        struct text_piece piece = m->pieces[i];
        bool last = i + 1 == m->n_pieces || m->pieces[i + 1].at > behind;
        if (piece.at < behind && !last) continue;
        if (piece.at < behind)
            piece = (struct text_piece){.at = 0, .begin = next};
        else
            piece.at -= behind;
        m->pieces[kept++] = piece;
    }
    m->n_pieces = kept;
    memmove(t->data, t->data + behind, t->len - behind);
    t->len -= behind;
    t->data[t->len] = '\0';
    m->first = next;
    m->strong = m->strong_end = 0;
    return true;
}

static void end_paragraph(struct markdown *m)
{
    struct buffer *t = &m->text;
    bool lines = memchr(t->data, '\n', t->len) != NULL;
    m->captions[0].len = 0;
    if (lines && m->lists == 0 && m->quotes == 0 && take_title(m))
        lines = memchr(t->data, '\n', t->len) != NULL;
    if (lines && m->lists == 0 && m->quotes == 0 && add_laid_out(m, m->first, m->last)) return;
    /* "Term" and ": definition" below it. */
    for (size_t i = 0; lines && i + 2 < t->len; i++)
        if (t->data[i] == '\n' && t->data[i + 1] == ':' && t->data[i + 2] == ' ') t->data[i] = ' ';
    if (lines && add_pair_lines(m)) return;
    join_lines(t);
    bool label = m->strong_end && (memchr(t->data, ':', m->strong_end) ||
                                   (m->strong_end < t->len && t->data[m->strong_end] == ':'));
    if (m->strong && m->plain == 0 && !lines && m->lists == 0 && m->quotes == 0 &&
        t->len <= LABEL_BYTES && count_words(t->data, t->len) <= LABEL_WORDS &&
        t->data[t->len - 1] != '.' && !is_pair(t->data, t->len)) {
        size_t len = t->len;
        while (len && (t->data[len - 1] == ':' || t->data[len - 1] == ' ')) len--;
        add_block(m, BLOCK_HEADING, m->heading_level < 6 ? m->heading_level + 1 : 6, t->data, len,
                  m->first, m->last);
        m->below_heading = true;
        return;
    }
    if (add_pairs(m, 0, t->len, label || m->below_heading)) return;
    add_block(m, BLOCK_PARAGRAPH, 0, t->data, t->len, m->first, m->last);
    if (t->data[t->len - 1] == ':') set_caption(&m->captions[0], t->data, t->len);
}

static void end_item(struct markdown *m)
{
    struct buffer *t = &m->text;
    int level = m->lists < LIST_LEVELS ? m->lists : LIST_LEVELS;
    const struct caption *above = &m->captions[level > 0 ? level - 1 : 0];
    bool only = level > 0 && m->items[level - 1] == 1;
    pair_list_caption(&m->pairs, above->text, above->len);
    if (memchr(t->data, '\n', t->len) && add_pair_lines(m)) return;
    join_lines(t);
    if (level < LIST_LEVELS) set_caption(&m->captions[level], t->data, t->len);
    if (add_pairs(m, 0, t->len, only)) return;
    pair_list_not_alone(&m->pairs);
    add_block(m, BLOCK_LIST_ITEM, m->lists, t->data, t->len, m->first, m->last);
}

static void end_heading(struct markdown *m)
{
    struct buffer *t = &m->text;
    size_t line = m->source.lines[line_of(m, m->first) - 1];
    while (line < m->r->len &&
           (m->r->data[line] == ' ' || m->r->data[line] == '\t' || m->r->data[line] == '>'))
        line++;
    /* "Power: 203 hp" above a rule is no heading, nor is a paragraph. */
    bool underlined = line < m->r->len && m->r->data[line] != '#';
    if (t->len > DOCUMENT_MAX_NAME ||
        (underlined && (memchr(t->data, '\n', t->len) || is_pair(t->data, t->len)))) {
        m->kind = BLOCK_PARAGRAPH;
        end_paragraph(m);
        return;
    }
    join_lines(t);
    add_block(m, BLOCK_HEADING, m->level, t->data, t->len, m->first, m->last);
    m->heading_level = m->level;
    m->below_heading = true;
    m->captions[0].len = 0;
}

static void end_code(struct markdown *m)
{
    if (!m->program && m->lists == 0 && m->quotes == 0 && add_laid_out(m, m->first, m->last))
        return;
    add_block(m, BLOCK_CODE, 0, m->text.data, m->text.len, m->first, m->last);
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
            add_cell(m, m->mark - 1);
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
        end_heading(m);
        break;
    case BLOCK_LIST_ITEM:
        end_item(m);
        break;
    case BLOCK_CODE:
        end_code(m);
        break;
    default:
        end_paragraph(m);
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
        if (m->lists++ < LIST_LEVELS) m->items[m->lists - 1] = 0;
        break;
    case MD_BLOCK_LI:
        ok = end_block(m);
        if (m->lists && m->lists <= LIST_LEVELS) m->items[m->lists - 1]++;
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
        if (!m->struck_line) m->struck_line = line_of(m, begin);
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
        end_table(&m);
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
