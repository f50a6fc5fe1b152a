/* What the blocks of a Markdown document are: headings, also such as are a bold paragraph or a title
 * above its text; pairs of a name and a value; tables laid out with spaces; paragraphs, items of
 * lists, code. */
#include "document/markdown_parts.h"
#include "document/reader.h"

#include <stdlib.h>
#include <string.h>

enum {
    LABEL_BYTES = 90, /* of a bold paragraph that is a heading */
    LABEL_WORDS = 12,
    TITLE_LINES = 12, /* that tell whether the first is a title */
};

static void add_block(struct markdown *m, enum block_kind kind, int level, const char *text,
                      size_t len, size_t first, size_t last)
{
    markdown_end_table(m);
    pair_list_flush(&m->pairs);
    m->below_heading = false;
    size_t line_first = markdown_line_of(m, first);
    size_t line_last = markdown_line_of(m, last > first ? last - 1 : first);
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
                           .line_first = markdown_line_of(m, begin),
                           .line_last = markdown_line_of(m, end > begin ? end - 1 : begin),
                           .begin = begin,
                           .end = end,
                           .alone = alone};
    if (pairs_find(b.text, b.len, &(struct pair){0}, 1) || memchr(b.text, '\n', b.len))
        markdown_end_table(m);
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
    size_t number = markdown_line_of(m, first) - 1, at = m->source.lines[number], n = 0;
    size_t end = last;
    const char *data = m->r->data;
    while (end < m->r->len && data[end] != '\n' && data[end] != '\r') end++;
    size_t count = markdown_line_of(m, last > first ? last - 1 : first) - number;
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
        markdown_end_table(m);
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

static void set_caption(struct markdown_caption *c, const char *text, size_t len)
{
    while (len && (text[len - 1] == ':' || text[len - 1] == ' ')) len--;
    if (len > MARKDOWN_CAPTION_BYTES || count_words(text, len) > LABEL_WORDS) len = 0;
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

void markdown_end_paragraph(struct markdown *m)
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

void markdown_end_item(struct markdown *m)
{
    struct buffer *t = &m->text;
    int level = m->lists < MARKDOWN_LISTS ? m->lists : MARKDOWN_LISTS;
    const struct markdown_caption *above = &m->captions[level > 0 ? level - 1 : 0];
    bool only = level > 0 && m->items[level - 1] == 1;
    pair_list_caption(&m->pairs, above->text, above->len);
    if (memchr(t->data, '\n', t->len) && add_pair_lines(m)) return;
    join_lines(t);
    if (level < MARKDOWN_LISTS) set_caption(&m->captions[level], t->data, t->len);
    if (add_pairs(m, 0, t->len, only)) return;
    pair_list_not_alone(&m->pairs);
    add_block(m, BLOCK_LIST_ITEM, m->lists, t->data, t->len, m->first, m->last);
}

void markdown_end_heading(struct markdown *m)
{
    struct buffer *t = &m->text;
    size_t line = m->source.lines[markdown_line_of(m, m->first) - 1];
    while (line < m->r->len &&
           (m->r->data[line] == ' ' || m->r->data[line] == '\t' || m->r->data[line] == '>'))
        line++;
    /* "Power: 203 hp" above a rule is no heading, nor is a paragraph. */
    bool underlined = line < m->r->len && m->r->data[line] != '#';
    if (t->len > DOCUMENT_MAX_NAME ||
        (underlined && (memchr(t->data, '\n', t->len) || is_pair(t->data, t->len)))) {
        m->kind = BLOCK_PARAGRAPH;
        markdown_end_paragraph(m);
        return;
    }
    join_lines(t);
    add_block(m, BLOCK_HEADING, m->level, t->data, t->len, m->first, m->last);
    m->heading_level = m->level;
    m->below_heading = true;
    m->captions[0].len = 0;
}

void markdown_end_code(struct markdown *m)
{
    if (!m->program && m->lists == 0 && m->quotes == 0 && add_laid_out(m, m->first, m->last))
        return;
    add_block(m, BLOCK_CODE, 0, m->text.data, m->text.len, m->first, m->last);
}
