#include "document/text_cells.h"

#include "base/utf8.h"
#include "document/text_pairs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    MAX_WIDTH = 4096, /* display columns; a line that is longer is no row of a table */
    TAB_WIDTH = 8,
};

bool text_line_next(const char *data, size_t len, size_t *at, size_t *number, struct text_line *out)
{
    if (*at >= len) return false;
    size_t begin = *at, end = begin;
    while (end < len && data[end] != '\n' && data[end] != '\r') end++;
    *at = end + (end + 1 < len && data[end] == '\r' && data[end + 1] == '\n' ? 2 : end < len);
    size_t full = end - begin;
    while (end > begin && (data[end - 1] == ' ' || data[end - 1] == '\t' || data[end - 1] == '\f' ||
                           data[end - 1] == '\v'))
        end--;
    *out = (struct text_line){.text = data + begin,
                              .len = end - begin,
                              .full = full,
                              .number = ++*number,
                              .begin = begin};
    return true;
}

size_t text_bar_length(const char *text, size_t len, size_t at)
{
    if (text[at] == '|') return 1;
    return len - at >= 3 && (memcmp(text + at, "│", 3) == 0 || memcmp(text + at, "┃", 3) == 0 ||
                             memcmp(text + at, "║", 3) == 0)
               ? 3
               : 0;
}

/* Only of rule characters, with at least three dashes or the like. */
static bool is_rule(const char *text, size_t len)
{
    size_t marks = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '-' || c == '=' || c == '_' || c == '~' || c == '*') {
            marks++;
        } else if (c == 0xe2 && i + 2 < len && (unsigned char)text[i + 1] >= 0x94 &&
                   (unsigned char)text[i + 1] <=
                       0x95) { /* box drawing, without its vertical bars */
            if (text_bar_length(text, len, i) == 0) marks++;
            i += 2;
        } else if (c == 0xe2 && i + 2 < len && (unsigned char)text[i + 1] == 0x80 &&
                   ((unsigned char)text[i + 2] & 0xfc) == 0x94) { /* the dashes */
            marks++;
            i += 2;
        } else if (c != '|' && c != '+' && c != ':' && c != '#' && c != ' ' && c != '\t') {
            return false;
        }
    }
    return marks >= 3;
}

/* Length of what parts two cells at text[at]; 0: nothing does. */
static size_t gap_at(const char *text, size_t len, size_t at, size_t cell_begin)
{
    char c = text[at];
    if (c == '.' || c == '_' || (unsigned char)c == 0xe2 || (unsigned char)c == 0xc2) {
        size_t n = leader_length(text, len, at);
        if (n == 0 || at == cell_begin) return 0;
        while (at + n < len && (text[at + n] == ' ' || text[at + n] == '\t')) n++;
        return n;
    }
    if (c != ' ' && c != '\t' && (unsigned char)c != 0xe3) return 0;
    size_t i = at, spaces = 0;
    bool wide = false;
    while (i < len) {
        if (text[i] == '\t') {
            wide = true;
            i++;
        } else if (text[i] == ' ') {
            spaces++;
            i++;
        } else if (len - i >= 3 && memcmp(text + i, "\xe3\x80\x80", 3) == 0) {
            wide = true;
            i += 3;
        } else {
            break;
        }
    }
    if (!wide && spaces < 2) {
        /* "Power ........ 203": the space belongs to the leader. */
        size_t n = spaces && i < len && at > cell_begin ? leader_length(text, len, i) : 0;
        return n ? i - at + gap_at(text, len, i, cell_begin) : 0;
    }
    /* Two spaces behind a full stop are a habit of typing. */
    if (!wide && spaces == 2 && at > cell_begin + 20 &&
        (text[at - 1] == '.' || text[at - 1] == '?' || text[at - 1] == '!'))
        return 0;
    size_t n = i < len && at > cell_begin ? leader_length(text, len, i) : 0;
    if (n) return i - at + gap_at(text, len, i, cell_begin);
    /* "Power      : 203 hp" */
    if (at > cell_begin && i + 1 < len && (text[i] == ':' || text[i] == '=') &&
        (text[i + 1] == ' ' || text[i + 1] == '\t')) {
        i++;
        while (i < len && (text[i] == ' ' || text[i] == '\t')) i++;
    }
    return i - at;
}

size_t text_indent(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        if (text[i] == ' ' || text[i] == '\t')
            i++;
        else if (len - i >= 3 && memcmp(text + i, "\xe3\x80\x80", 3) == 0)
            i += 3;
        else
            break;
    }
    return i;
}

enum line_shape line_shape_of(const struct text_line *line)
{
    const char *text = line->text;
    size_t len = line->len;
    if (len == 0) return LINE_BLANK;
    if (is_rule(text, len)) return LINE_RULE;
    size_t begin = text_indent(text, len), bars = 0;
    for (size_t i = begin; i < len; i++) {
        size_t n = text_bar_length(text, len, i);
        bars += n > 0;
        i += n ? n - 1 : 0;
    }
    if (bars >= 2 || (bars == 1 && !text_bar_length(text, len, begin))) return LINE_BARS;
    for (size_t i = begin; i < len; i++)
        if (gap_at(text, len, i, begin)) return LINE_CELLS;
    return LINE_PLAIN;
}

size_t text_word_count(const char *text, size_t len)
{
    size_t words = 0;
    bool inside = false;
    for (size_t i = 0; i < len; i++) {
        bool space = text[i] == ' ' || text[i] == '\t';
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

bool text_has_digit(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= '0' && text[i] <= '9') return true;
    return false;
}

void segments_add(struct segments *s, struct segment item)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        struct segment *items = realloc(s->items, cap * sizeof *items);
        if (!items) {
            s->failed = true;
            return;
        }
        s->items = items;
        s->cap = cap;
    }
    s->items[s->n++] = item;
}

size_t text_display_width(const char *text, size_t len, size_t at, size_t column, size_t *bytes)
{
    uint32_t cp;
    if (text[at] == '\t') {
        *bytes = 1;
        return TAB_WIDTH - column % TAB_WIDTH;
    }
    *bytes = 1;
    if ((unsigned char)text[at] < 0x80) return 1;
    size_t n = utf8_decode(text + at, len - at, &cp);
    if (n == 0) return 1;
    *bytes = n;
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width < 0 ? 0 : (size_t)width;
}

/* Adds the cells of a line; false: it is too wide. */
bool text_split_cells(struct segments *s, const struct text_line *line, size_t index)
{
    const char *text = line->text;
    size_t len = line->len, column = 0, bytes;
    size_t first = s->n;
    bool leader = false;
    for (size_t i = 0; i < len;) {
        size_t gap = i == 0 ? text_indent(text, len) : 0;
        for (size_t to = i + gap; i < to; i += bytes)
            column += text_display_width(text, len, i, column, &bytes);
        struct segment item = {.line = index, .begin = i, .left = column, .leader = leader};
        while (i < len && !(gap = i > item.begin ? gap_at(text, len, i, item.begin) : 0)) {
            column += text_display_width(text, len, i, column, &bytes);
            i += bytes;
        }
        item.end = i;
        item.right = column;
        if (column > MAX_WIDTH) {
            s->n = first;
            return false;
        }
        if (item.end > item.begin) segments_add(s, item);
        leader = false;
        for (size_t to = i + gap; i < to; i += bytes) {
            column += text_display_width(text, len, i, column, &bytes);
            leader =
                leader || (text[i] != ' ' && text[i] != '\t' && (unsigned char)text[i] != 0xe3);
        }
    }
    return true;
}
