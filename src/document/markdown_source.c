#include "document/markdown_source.h"

#include "document/text_layout.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_PREFIX = 32,         /* bytes before a table's cells; with more it is no table */
    DEFINITION_BYTES = 1024, /* of a link's definition, which is copied at each use */
    BRACKET_COST = 1 << 20,  /* lines that md4c may walk over for the links of one paragraph */
};

void markdown_source_free(struct markdown_source *s)
{
    buffer_free(&s->text);
    free(s->segments);
    free(s->marks);
    free(s->tables);
    free(s->lines);
    *s = (struct markdown_source){0};
}

static bool grow(void **items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *grown = want > SIZE_MAX / 2 / size ? NULL : realloc(*items, want * size);
    if (!grown) return false;
    *items = grown;
    *cap = want;
    return true;
}

/* From here on the copy stands at `source`. */
static bool add_segment(struct markdown_source *s, size_t source)
{
    struct markdown_segment *last = s->n_segments ? &s->segments[s->n_segments - 1] : NULL;
    size_t at = s->text.len;
    if (last && last->at == at) {
        last->source = source;
        return true;
    }
    if (last && last->source + (at - last->at) == source) return true;
    void *items = s->segments;
    if (!grow(&items, s->n_segments, &s->cap_segments, sizeof *s->segments)) return false;
    s->segments = items;
    s->segments[s->n_segments++] = (struct markdown_segment){.at = at, .source = source};
    return true;
}

static bool add_mark(struct markdown_source *s, struct markdown_mark mark)
{
    void *items = s->marks;
    if (!grow(&items, s->n_marks, &s->cap_marks, sizeof *s->marks)) return false;
    s->marks = items;
    s->marks[s->n_marks++] = mark;
    return true;
}

static bool add_line_start(struct markdown_source *s, size_t begin)
{
    void *items = s->lines;
    if (!grow(&items, s->n_lines, &s->cap_lines, sizeof *s->lines)) return false;
    s->lines = items;
    s->lines[s->n_lines++] = begin;
    return true;
}

size_t markdown_source_place(const struct markdown_source *s, size_t at)
{
    size_t low = 0, high = s->n_segments;
    if (high == 0) return at;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->segments[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    size_t place = s->segments[low].source + (at - s->segments[low].at);
    if (low + 1 < s->n_segments && place > s->segments[low + 1].source)
        place = s->segments[low + 1].source;
    return place;
}

size_t markdown_source_line(const struct markdown_source *s, size_t source)
{
    size_t low = 0, high = s->n_lines;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->lines[middle] <= source)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

/* ---- HTML tables ---- */

struct region {
    size_t begin, end;
};
struct regions {
    struct region *items;
    size_t n, cap;
};

static bool is_tag(const char *data, size_t len, size_t at, const char *name)
{
    size_t n = strlen(name);
    if (len - at < n + 1 || strncasecmp(data + at, name, n) != 0) return false;
    char next = data[at + n];
    return next == '>' || next == ' ' || next == '\n' || next == '\r' || next == '\t' ||
           next == '/';
}

/* The outermost <table>...</table> that are closed, outside of comments and code spans. */
static bool find_html_tables(const char *data, size_t len, struct regions *out)
{
    size_t *open = NULL, n_open = 0, cap_open = 0;
    bool ok = true, comments = true;
    for (size_t i = 0; ok && i < len;) {
        const char *less = memchr(data + i, '<', len - i);
        if (!less) break;
        size_t at = (size_t)(less - data);
        i = at + 1;
        if (len - at >= 4 && memcmp(less, "<!--", 4) == 0 && comments) {
            const char *end = memmem(less, len - at, "-->", 3);
            if (end)
                i = (size_t)(end - data) + 3;
            else
                comments = false; /* no other ends either */
        } else if (is_tag(data, len, at, "<table") && (at == 0 || data[at - 1] != '`')) {
            void *items = open;
            ok = grow(&items, n_open, &cap_open, sizeof *open);
            open = items;
            if (ok) open[n_open++] = at;
        } else if (n_open && is_tag(data, len, at, "</table")) {
            const char *end = memchr(less, '>', len - at);
            struct region found = {.begin = open[--n_open],
                                   .end = end ? (size_t)(end - data) + 1 : len};
            while (out->n && out->items[out->n - 1].begin >= found.begin) out->n--;
            void *items = out->items;
            ok = grow(&items, out->n, &out->cap, sizeof *out->items);
            out->items = items;
            if (ok) out->items[out->n++] = found;
        }
    }
    free(open);
    return ok;
}

/* ---- pipe tables ---- */

bool markdown_cell_next(const char *data, size_t end, size_t *at, size_t *cell_begin,
                        size_t *cell_end)
{
    size_t i = *at;
    if (i >= end) return false;
    *cell_begin = i;
    while (i < end && data[i] != '|') i += data[i] == '\\' && i + 1 < end ? 2 : 1;
    *cell_end = i;
    *at = i + 1;
    span_trim(data, cell_begin, cell_end);
    return true;
}

size_t markdown_row_span(const struct markdown_table *t, const char *data, size_t line_begin,
                         size_t *begin, size_t *end)
{
    struct text_line line;
    size_t at = line_begin, number = 0;
    if (!text_line_next(data, t->end, &at, &number, &line)) {
        *begin = *end = line_begin;
        return t->end;
    }
    *begin = line_begin + (t->prefix < line.len ? t->prefix : line.len);
    *end = line_begin + line.len;
    if (*begin < *end && data[*begin] == '|') ++*begin;
    return at;
}

/* Length of the indentation and the marks of block quotes in front of a line. */
static size_t prefix_length(const struct text_line *l)
{
    size_t i = 0;
    while (i < l->len && (l->text[i] == ' ' || l->text[i] == '\t' || l->text[i] == '>')) i++;
    return i;
}

static bool is_delimiter(const struct text_line *l, size_t prefix)
{
    bool bar = false, dash = false, colon = false;
    size_t dashes = 0;
    if (l->len < prefix + 2) return false;
    for (size_t i = prefix; i < l->len; i++) {
        switch (l->text[i]) {
        case '|':
            bar = true;
            dashes = 0;
            colon = false;
            break;
        case '-':
            if (colon && dashes) return false; /* "-:-" */
            dash = true;
            dashes++;
            break;
        case ':':
            colon = dashes > 0;
            break;
        case ' ':
        case '\t':
            break;
        default:
            return false;
        }
    }
    return bar && dash;
}

static bool has_bar(const struct text_line *l, size_t from)
{
    for (size_t i = from; i < l->len; i += l->text[i] == '\\' ? 2 : 1)
        if (l->text[i] == '|') return true;
    return false;
}

/* ---- lines ---- */

struct maker {
    struct markdown_source *s;
    const char *data;
    size_t len;
    struct regions html;
    size_t next_html; /* index into html.items */
    size_t run_lines; /* lines since the last that surely ended a paragraph */
    size_t run_cost;  /* lines walked over for its brackets */
    bool run_ordered; /* it began with a numbered item at the margin */
    bool footnote;    /* the line before is the text of a footnote */
    char fence;       /* the character of the code fence that is open; 0 */
    size_t fence_length;
};

/* Opens and closes code fences; true: the line is one, or inside. */
static bool follow_fence(struct maker *m, const struct text_line *l)
{
    size_t i = prefix_length(l);
    char c = i < l->len ? l->text[i] : 0;
    size_t n = 0;
    while (i + n < l->len && l->text[i + n] == c) n++;
    if (m->fence) {
        if (c == m->fence && n >= m->fence_length && i + n == l->len) m->fence = 0;
        return true;
    }
    if ((c != '`' && c != '~') || n < 3) return false;
    if (c == '`' && memchr(l->text + i + n, '`', l->len - i - n)) return false;
    m->fence = c;
    m->fence_length = n;
    return true;
}

/* "[label]: destination "title"" within one line and of a sane length. */
static bool is_short_definition(const char *text, size_t len)
{
    size_t i = 0;
    while (len && (unsigned char)text[len - 1] <= ' ') len--;
    while (i < len && (text[i] == ' ' || text[i] == '\t')) i++;
    size_t begin = i;
    if (i == len || len > DEFINITION_BYTES || memchr(text, '\\', len)) return false;
    while (i < len && text[i] != ' ' && text[i] != '\t') i++;
    if (i == begin) return false;
    while (i < len && (text[i] == ' ' || text[i] == '\t')) i++;
    if (i == len) return true;
    char quote = text[i];
    if (quote != '"' && quote != '\'' && quote != '(') return false;
    return len - i >= 2 && text[len - 1] == (quote == '(' ? ')' : quote);
}

/* Whether a title may begin the line that follows at data[at]: definitions may go on there. */
static bool may_be_title(const char *data, size_t len, size_t at)
{
    while (at < len && (data[at] == ' ' || data[at] == '\t' || data[at] == '>')) at++;
    return at < len && (data[at] == '"' || data[at] == '\'' || data[at] == '(');
}

/* Changes a line of the copy, at text[0, len), in place: the bytes that callers see are the
 * document's, so that a character that becomes another only loses its meaning. */
static void defuse(struct maker *m, char *text, size_t len, size_t next_line)
{
    size_t i = 0;
    while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '>')) i++;
    if (len - i > 1 && text[i] == '#' && text[i + 1] >= '0' && text[i + 1] <= '9')
        text[i] = 'x'; /* "#1 in its class" */
    for (; i < len; i++) {
        switch (text[i]) {
        case '\\':
            i++;
            break;
        case '~':
            /* One tilde is "about" or a range ("200~300"), no mark of struck out text. */
            if (i + 1 < len && text[i + 1] == '~')
                while (i + 1 < len && text[i + 1] == '~') i++;
            else
                text[i] = 'x';
            break;
        case '[':
            /* A footnote's mark stays as it is. */
            if (i + 1 < len && text[i + 1] == '^')
                text[i] = 'x';
            else if (m->run_cost > BRACKET_COST)
                text[i] = 'x';
            break;
        case ']':
            if (m->run_cost > BRACKET_COST)
                text[i] = 'x';
            else
                m->run_cost += m->run_lines;
            if (i + 1 < len && text[i + 1] == ':' &&
                (!is_short_definition(text + i + 2, len - i - 2) ||
                 may_be_title(m->data, m->len, next_line)))
                text[i + 1] = 'x';
            break;
        default:
            break;
        }
    }
}

/* Whether the line surely begins a block of its own, so that md4c walks over no lines before it. */
static void follow_run(struct maker *m, const struct text_line *l)
{
    const char *text = l->text;
    size_t i = 0, len = l->len;
    while (i < len && i < 4 && text[i] == ' ') i++;
    bool fresh = len == 0;
    if (i < 4 && i + 2 < len) {
        bool bullet = (text[i] == '-' || text[i] == '*' || text[i] == '+') && text[i + 1] == ' ' &&
                      text[i + 2] != ' ';
        size_t hashes = i;
        while (hashes < len && hashes < i + 7 && text[hashes] == '#') hashes++;
        fresh = bullet || (hashes > i && hashes < i + 7);
    }
    size_t digits = 0;
    while (digits < len && digits < 9 && text[digits] >= '0' && text[digits] <= '9') digits++;
    bool ordered = digits && digits + 2 < len && text[digits] == '.' && text[digits + 1] == ' ' &&
                   text[digits + 2] != ' ';
    if (ordered && (m->run_lines == 0 || m->run_ordered)) {
        fresh = true;
        m->run_ordered = true;
    } else if (fresh) {
        m->run_ordered = false;
    }
    if (fresh) {
        m->run_lines = 0;
        m->run_cost = 0;
    }
    m->run_lines += len > 0;
}

static void end_run(struct maker *m)
{
    m->run_lines = m->run_cost = 0;
    m->run_ordered = false;
}

/* Copies data[begin, end), a line or a part of one. */
static bool copy_line(struct maker *m, size_t begin, size_t end, size_t next_line)
{
    struct markdown_source *s = m->s;
    if (!add_segment(s, begin)) return false;
    size_t at = s->text.len;
    buffer_append(&s->text, m->data + begin, end - begin);
    if (s->text.failed) return false;
    if (end > begin) defuse(m, s->text.data + at, end - begin, next_line);
    return true;
}

/* Adds the cells of one row as headings. */
static bool add_row(struct maker *m, const struct markdown_table *t, size_t line_begin,
                    size_t *next_line)
{
    struct markdown_source *s = m->s;
    const char *data = m->data;
    size_t at, end, begin, behind;
    *next_line = markdown_row_span(t, data, line_begin, &at, &end);
    bool ok = true;
    while (ok && markdown_cell_next(data, end, &at, &begin, &behind)) {
        if (begin == behind) continue;
        ok = add_segment(s, begin);
        buffer_append(&s->text, data + t->begin, t->prefix);
        buffer_puts(&s->text, "# ");
        ok = ok && add_segment(s, begin);
        size_t text = s->text.len;
        buffer_append(&s->text, data + begin, behind - begin);
        if (s->text.failed) return false;
        end_run(m);
        defuse(m, s->text.data + text, behind - begin, m->len);
        buffer_puts(&s->text, " \x01");
        ok = ok && add_mark(s, (struct markdown_mark){.kind = MARK_CELL,
                                                      .at = s->text.len - 1,
                                                      .table = s->n_tables - 1,
                                                      .begin = begin,
                                                      .end = behind});
        ok = ok && add_segment(s, at < end ? at : end);
        buffer_putc(&s->text, '\n');
    }
    return ok;
}

/* Whether the line, which ends at `end`, may be a row of the table with that header. */
static bool is_row(const struct maker *m, const struct text_line *line,
                   const struct text_line *header, size_t prefix, size_t end)
{
    return line->len > prefix && memcmp(line->text, header->text, prefix) == 0 &&
           line->text[prefix] != '>' && line->text[prefix] != '#' &&
           !(m->next_html < m->html.n && m->html.items[m->next_html].begin < end);
}

/* The table whose header is `header` and whose dashes are the line at `*at`; gives where it ends.
 */
static bool add_table(struct maker *m, const struct text_line *header, size_t prefix, size_t *at,
                      size_t *number)
{
    struct markdown_source *s = m->s;
    struct text_line line;
    size_t end = *at, lines = *number, next = *at;
    text_line_next(m->data, m->len, &next, &lines, &line);
    if (!add_line_start(s, line.begin)) return false;
    do {
        *at = end = next;
        *number = lines;
        if (!text_line_next(m->data, m->len, &next, &lines, &line)) break;
        if (!is_row(m, &line, header, prefix, next)) break;
        if (!has_bar(&line, prefix)) { /* a band, where another row follows */
            struct text_line below;
            size_t behind = next, unused = lines;
            if (!text_line_next(m->data, m->len, &behind, &unused, &below) ||
                !is_row(m, &below, header, prefix, behind) || !has_bar(&below, prefix))
                break;
        }
    } while (add_line_start(s, line.begin));
    void *items = s->tables;
    if (!grow(&items, s->n_tables, &s->cap_tables, sizeof *s->tables)) return false;
    s->tables = items;
    struct markdown_table *t = &s->tables[s->n_tables++];
    *t = (struct markdown_table){
        .begin = header->begin, .end = end, .line = header->number, .prefix = prefix};
    bool ok = add_segment(s, header->begin);
    buffer_append(&s->text, header->text, prefix);
    buffer_putc(&s->text, '\n');
    size_t row = header->begin;
    for (size_t i = 0; ok && row < end; i++) {
        if (i == 1) { /* the dashes */
            size_t skip = 0;
            text_line_next(m->data, end, &row, &skip, &line);
            continue;
        }
        ok = add_row(m, t, row, &row);
    }
    ok = ok && add_segment(s, end);
    end_run(m);
    return ok && !s->text.failed;
}

static bool add_html(struct maker *m, const struct region *html)
{
    struct markdown_source *s = m->s;
    bool ok = add_segment(s, html->begin);
    buffer_puts(&s->text, "\n\n# \x01");
    ok = ok && add_mark(s, (struct markdown_mark){.kind = MARK_HTML,
                                                  .at = s->text.len - 1,
                                                  .begin = html->begin,
                                                  .end = html->end});
    ok = ok && add_segment(s, html->end);
    buffer_puts(&s->text, "\n\n");
    ok = ok && add_segment(s, html->end);
    end_run(m);
    return ok && !s->text.failed;
}

/* Bytes of the front matter: from "---" in the first line to the next such line. */
static size_t front_length(const char *data, size_t len)
{
    struct text_line line;
    size_t at = 0, number = 0, pairs = 0;
    if (!text_line_next(data, len, &at, &number, &line)) return 0;
    if (line.len != 3 || memcmp(line.text, "---", 3) != 0) return 0;
    while (text_line_next(data, len, &at, &number, &line)) {
        if (line.len == 3 && (memcmp(line.text, "---", 3) == 0 || memcmp(line.text, "...", 3) == 0))
            return pairs ? at : 0;
        if (number == 2 && line.len == 0) return 0; /* a rule above a paragraph */
        const char *colon = line.len ? memchr(line.text, ':', line.len) : NULL;
        if (colon && (colon + 1 == line.text + line.len || colon[1] == ' ')) pairs++;
    }
    return 0;
}

/* "[label]:", or "[^label]:" of a footnote. */
static bool begins_definition(const struct text_line *l, size_t prefix, bool footnote)
{
    if (prefix + 3 > l->len || l->text[prefix] != '[') return false;
    if (footnote && l->text[prefix + 1] != '^') return false;
    size_t limit = l->len < prefix + 100 ? l->len : prefix + 100;
    for (size_t i = prefix + 1; i + 1 < limit; i++)
        if (l->text[i] == ']') return l->text[i + 1] == ':';
    return false;
}

static bool make_lines(struct maker *m)
{
    struct markdown_source *s = m->s;
    const char *data = m->data;
    struct text_line line, below;
    size_t at = 0, number = 0;
    while (at < s->front && text_line_next(data, m->len, &at, &number, &line))
        if (!add_line_start(s, line.begin)) return false;
    if (!add_segment(s, at)) return false;
    while (text_line_next(data, m->len, &at, &number, &line)) {
        if (!add_line_start(s, line.begin)) return false;
        while (m->next_html < m->html.n && m->html.items[m->next_html].begin < line.begin)
            m->next_html++;
        bool code = follow_fence(m, &line);
        const struct region *html = m->next_html < m->html.n ? &m->html.items[m->next_html] : NULL;
        if (!code && html && html->begin < at) {
            /* What stands before it in the line, itself, and then the rest of its last line. */
            if (!copy_line(m, line.begin, html->begin, at) || !add_html(m, html)) return false;
            m->next_html++;
            size_t end = html->end;
            while (at < end) {
                struct text_line inner;
                if (!text_line_next(data, m->len, &at, &number, &inner)) break;
                if (!add_line_start(s, inner.begin)) return false;
            }
            /* More of them in the same line. */
            while (m->next_html < m->html.n && m->html.items[m->next_html].begin < at) {
                html = &m->html.items[m->next_html++];
                if (!copy_line(m, end, html->begin, at) || !add_html(m, html)) return false;
                end = html->end;
                while (at < end) {
                    struct text_line inner;
                    if (!text_line_next(data, m->len, &at, &number, &inner)) break;
                    if (!add_line_start(s, inner.begin)) return false;
                }
            }
            if (!copy_line(m, end, at, at)) return false;
            continue;
        }
        size_t prefix = prefix_length(&line), next = at, next_number = number;
        if (!code && prefix <= MAX_PREFIX && has_bar(&line, prefix) &&
            text_line_next(data, m->len, &next, &next_number, &below) &&
            prefix_length(&below) >= prefix && memcmp(below.text, line.text, prefix) == 0 &&
            is_delimiter(&below, prefix)) {
            if (!add_table(m, &line, prefix, &at, &number)) return false;
            continue;
        }
        /* Texts of footnotes are paragraphs of their own, as are definitions below them. */
        bool footnote = begins_definition(&line, prefix, true);
        if (footnote || (m->footnote && begins_definition(&line, prefix, false))) {
            if (!add_segment(s, line.begin)) return false;
            buffer_append(&s->text, line.text, prefix <= MAX_PREFIX ? prefix : 0);
            buffer_putc(&s->text, '\n');
            end_run(m);
        }
        m->footnote = footnote;
        follow_run(m, &line);
        if (!copy_line(m, line.begin, at, at)) return false;
    }
    return true;
}

bool markdown_source_make(struct markdown_source *out, const char *data, size_t len)
{
    *out = (struct markdown_source){0};
    struct maker m = {.s = out, .data = data, .len = len};
    out->front = front_length(data, len);
    bool ok = find_html_tables(data, len, &m.html) && make_lines(&m);
    free(m.html.items);
    out->len = out->text.len;
    for (size_t i = 0; i < MARKDOWN_PADDING; i++) buffer_putc(&out->text, '\n');
    if (ok && !out->text.failed) return true;
    markdown_source_free(out);
    return false;
}
