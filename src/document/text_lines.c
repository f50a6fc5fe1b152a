#include "document/text_lines.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEADING_BYTES = 90,
    HEADING_WORDS = 12,
    TITLE_WORDS = 7,
    TOPIC_WORDS = 4,   /* of a title that is no name, alone above its text */
    TITLE_BYTES = 60,
    PAIR_WORDS = 4,    /* of a name in "name: value" */
    TEXT_BYTES = 30,   /* of a line that is text below a title, at least */
    TITLE_WINDOW = 12, /* lines that tell how wide a text is */
    WINDOW_LINES = 2 + TITLE_WINDOW,
    LEVEL_TITLE = 1,
    LEVEL_CAPITALS = 2,
    LEVEL_SHORT = 3,
};

void text_run_init(struct text_run *run, struct document_reader *r)
{
    *run = (struct text_run){.reader = r, .heading_level = LEVEL_SHORT, .headings = true};
    pair_list_init(&run->pairs, r);
}

void text_run_free(struct text_run *run)
{
    pair_list_free(&run->pairs);
    buffer_free(&run->text);
    free(run->pieces);
}

void text_run_end(struct text_run *run)
{
    pair_list_flush(&run->pairs);
}

/* ---- forms of lines ---- */

static size_t indent_of(const struct text_line *l)
{
    size_t i = 0;
    while (i < l->len && (l->text[i] == ' ' || l->text[i] == '\t')) i++;
    return i;
}

size_t text_bullet_length(const char *text, size_t len)
{
    static const char *const BULLETS[] = {"- ", "* ", "+ ", "•", "◦", "▪", "▫",
                                          "●",  "○",  "■",  "□", "‣", "►", "▶",
                                          "·",  "– ", "— ", "✓", "✔", "➢", "»"};
    size_t i = 0;
    for (size_t k = 0; k < sizeof BULLETS / sizeof *BULLETS && !i; k++) {
        size_t n = strlen(BULLETS[k]);
        if (len > n && memcmp(text, BULLETS[k], n) == 0) i = n;
    }
    if (!i) { /* "1.", "12)", "(3)", "a)" */
        size_t at = text[0] == '(', digits = at;
        while (digits < len && digits < at + 3 && text[digits] >= '0' && text[digits] <= '9')
            digits++;
        if (digits == at && len > at && text[at] >= 'a' && text[at] <= 'z') digits++;
        bool letter = digits > at && text[at] >= 'a';
        if (digits == at || digits >= len) return 0;
        if (text[digits] != ')' && (text[digits] != '.' || at || letter)) return 0;
        i = digits + 1;
        if (i >= len || (text[i] != ' ' && text[i] != '\t')) return 0;
    }
    size_t spaces = i;
    while (i < len && (text[i] == ' ' || text[i] == '\t')) i++;
    /* "-      -      72" is a row of a table. */
    return i < len && i - spaces <= 8 ? i : 0;
}

static bool is_upper_text(const char *text, size_t len)
{
    size_t upper = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] >= 'a' && text[i] <= 'z') return false;
        upper += text[i] >= 'A' && text[i] <= 'Z';
    }
    return upper >= 3;
}

/* Dots and digits at the beginning: "2.1 Dimensions" is 2 deep; 0: no number. */
static int number_depth(const char *text, size_t len, size_t *used)
{
    int depth = 0;
    size_t i = 0;
    while (i < len && text[i] >= '0' && text[i] <= '9') {
        size_t digits = i;
        while (i < len && text[i] >= '0' && text[i] <= '9') i++;
        if (i - digits > 2) return 0; /* a year */
        depth++;
        if (i < len && text[i] == '.')
            i++;
        else
            break;
    }
    *used = i;
    bool dot = i > 0 && (text[i - 1] == '.' || depth > 1);
    return dot && i + 1 < len && text[i] == ' ' && depth <= 5 ? depth : 0;
}

static bool is_heading_text(const char *text, size_t len)
{
    struct pair p;
    if (len == 0 || len > HEADING_BYTES) return false;
    size_t words = 1;
    bool letter = false;
    for (size_t i = 0; i < len; i++) {
        words += text[i] == ' ';
        letter = letter || (text[i] >= 'a' && text[i] <= 'z') ||
                 (text[i] >= 'A' && text[i] <= 'Z') || (unsigned char)text[i] >= 0xc3;
        /* A sentence ends inside it. */
        if ((text[i] == '.' || text[i] == '!' || text[i] == '?') && i > 3 && i + 2 < len &&
            text[i + 1] == ' ' && text[i - 1] >= 'a' && text[i - 1] <= 'z' && text[i + 2] >= 'A' &&
            text[i + 2] <= 'Z' && i > 12)
            return false;
    }
    if (!letter || words > HEADING_WORDS) return false;
    if (strchr(".,;!?", text[len - 1])) return false;
    if (len > 3 && (memcmp(text + len - 3, "。", 3) == 0 || memcmp(text + len - 3, "，", 3) == 0))
        return false;
    if (text[0] >= 'a' && text[0] <= 'z' && words > 6) return false;
    return pairs_find(text, len, &p, 1) == 0 || p.form == PAIR_DASH;
}

bool text_is_heading(const struct text_line *line)
{
    size_t indent = indent_of(line), used;
    const char *text = line->text + indent;
    size_t len = line->len - indent;
    if (len == 0 || line_shape_of(line) != LINE_PLAIN) return false;
    if (text_bullet_length(text, len) && !number_depth(text, len, &used)) return false;
    return is_heading_text(text, len);
}

static size_t first_word(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && text[i] != ' ' && text[i] != '\t') i++;
    return i;
}

static bool is_capital(const char *text, size_t len)
{
    /* Latin letters beyond ASCII: those of two bytes with the first 0xc3 are capitals up to 0x9e */
    return (text[0] >= 'A' && text[0] <= 'Z') ||
           (len > 1 && (unsigned char)text[0] == 0xc3 && (unsigned char)text[1] <= 0x9e) ||
           (len > 1 && ((unsigned char)text[0] == 0xc4 || (unsigned char)text[0] == 0xc5) &&
            (unsigned char)text[1] % 2 == 0);
}

/* Two to seven words, each with a capital, a digit or at most three letters, the first and one more
 * of the first kinds. */
static bool has_name_form(const char *text, size_t len)
{
    size_t words = 0, names = 0;
    for (size_t i = 0; i < len;) {
        size_t n = first_word(text + i, len - i);
        if (n) {
            size_t from = i + (n > 1 && strchr("(\"'", text[i]) != NULL);
            bool digit = false;
            for (size_t k = i; k < i + n; k++)
                digit = digit || (text[k] >= '0' && text[k] <= '9');
            bool name = digit || is_capital(text + from, i + n - from);
            if (!name && (words == 0 || n > 3)) return false;
            names += name;
            words++;
        }
        i += n + 1;
    }
    return words >= 2 && words <= TITLE_WORDS && names >= 2;
}

/* "Capacities", "Tightening torques": one to four words, the first with a capital, the others names or small ones. */
static bool has_topic_form(const char *text, size_t len)
{
    size_t words = 0;
    for (size_t i = 0; i < len; i++) {
        bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') || (text[i] & 0x80);
        if (!letter && !strchr(" -,/&'", text[i])) return false;
        words += i == 0 || text[i - 1] == ' ';
    }
    return words >= 1 && words <= TOPIC_WORDS && is_capital(text, len);
}

static bool ends_sentence(const struct text_line *l)
{
    size_t len = l->len;
    while (len && strchr(")\"'", l->text[len - 1])) len--;
    return len && strchr(".!?:", l->text[len - 1]) != NULL;
}

bool text_is_title_line(const struct text_line *lines, size_t n, size_t at)
{
    const struct text_line *l = &lines[at], *next = l + 1;
    size_t indent = indent_of(l), len = l->len - indent;
    if (at + 1 >= n || len > TITLE_BYTES || !text_is_heading(l)) return false;
    if (at > 0 && !ends_sentence(&lines[at - 1])) return false;
    if (text_bullet_length(l->text + indent, len) || line_shape_of(next) != LINE_PLAIN)
        return false;
    size_t below = indent_of(next), text = next->len - below;
    bool topic = at == 0 && below == indent && is_capital(next->text + below, text) && text >= 2 * len &&
                 has_topic_form(l->text + indent, len);
    if (text < TEXT_BYTES || (!topic && !has_name_form(l->text + indent, len))) return false;
    if (!is_capital(next->text + below, text) && text_bullet_length(next->text + below, text))
        return false;
    if (next->text[below] >= 'a' && next->text[below] <= 'z') return false;
    struct pair p; /* "The Rocca is the SUV of the family: 4.5 m long" is text */
    if (pairs_find(next->text + below, text, &p, 1) &&
        text_word_count(next->text + below + p.name_begin, p.name_end - p.name_begin) <= PAIR_WORDS)
        return false;
    /* The text is a sentence: longer than the title, or with an end. */
    if (!ends_sentence(next) && text < 2 * len && text < len + TEXT_BYTES) return false;
    size_t width = 0;
    for (size_t i = at; i < n && i < at + TITLE_WINDOW; i++)
        if (lines[i].len > width) width = lines[i].len;
    return l->len + 1 + first_word(next->text + below, text) <= width;
}

bool text_has_titles(const char *data, size_t len)
{
    struct text_line w[WINDOW_LINES] = {{.text = "", .len = 0}}; /* as if below a blank line */
    size_t at = 0, number = 0, have = 1, inside = 0;
    bool more = true;
    while (more || have > 1) {
        while (more && have < WINDOW_LINES &&
               (more = text_line_next(data, len, &at, &number, &w[have])))
            have++;
        /* w[0] is the line before the one that is looked at */
        size_t n = 0;
        while (1 + n < have && w[1 + n].len) n++;
        if (n > 1) {
            bool alone = w[0].len == 0;
            if (text_is_title_line(alone ? w + 1 : w, alone ? n : n + 1, alone ? 0 : 1) &&
                (alone || ++inside > 1))
                return true;
        }
        if (have) memmove(w, w + 1, --have * sizeof *w);
    }
    return false;
}

/* "=== Engine ===", "[Engine]": the text between the signs; false: it is none. */
static bool is_framed(const struct text_line *l, size_t *begin, size_t *end)
{
    const char *text = l->text;
    *begin = indent_of(l);
    *end = l->len;
    if (*end - *begin < 4 || line_shape_of(l) == LINE_BARS) return false;
    char c = text[*begin];
    if (c == '[' && text[*end - 1] == ']') {
        ++*begin;
        --*end;
        return !memchr(text + *begin, ']', *end - *begin) &&
               is_heading_text(text + *begin, *end - *begin);
    }
    if (!strchr("=-*#~_+", c)) return false;
    bool hash = c == '#' && text[*begin + 1] == ' ', frame = text[*begin + 1] == c;
    while (*begin < *end && strchr("=-*#~_+ ", text[*begin])) ++*begin;
    while (*end > *begin && strchr("=-*#~_+ ", text[*end - 1])) --*end;
    frame = frame && *end < l->len;
    return (frame || hash) && *begin < *end && is_heading_text(text + *begin, *end - *begin);
}

static bool is_underline(const struct text_line *l)
{
    size_t indent = indent_of(l);
    if (l->len - indent < 3) return false;
    char c = l->text[indent];
    if (c != '=' && c != '-' && c != '~' && c != '*' && c != '_') return false;
    for (size_t i = indent; i < l->len; i++)
        if (l->text[i] != c) return false;
    return true;
}

bool text_is_laid_out(const struct text_line *lines, size_t n)
{
    size_t cells = 0, bars = 0;
    for (size_t i = 0; i < n; i++) {
        enum line_shape shape = line_shape_of(&lines[i]);
        cells = shape == LINE_CELLS ? cells + 1 : shape == LINE_RULE ? cells : 0;
        bars = shape == LINE_BARS ? bars + 1 : shape == LINE_RULE ? bars : 0;
        if (cells >= 2 || bars >= 2) return true;
    }
    return false;
}

/* ---- blocks ---- */

static void start_text(struct text_run *run)
{
    buffer_clear(&run->text);
    run->n_pieces = 0;
}

/* Adds a line to the text at hand, behind a space; a word that a hyphen parts keeps its hyphen. */
static void add_text(struct text_run *run, const struct text_line *l, size_t from)
{
    if (run->n_pieces == run->cap_pieces) {
        size_t cap = run->cap_pieces ? run->cap_pieces * 2 : 16;
        struct text_piece *pieces = realloc(run->pieces, cap * sizeof *pieces);
        if (!pieces) {
            run->reader->failed = true;
            return;
        }
        run->pieces = pieces;
        run->cap_pieces = cap;
    }
    size_t n = run->text.len;
    if (n) {
        char last = run->text.data[n - 1], before = n > 1 ? run->text.data[n - 2] : ' ';
        bool hyphen = last == '-' && before >= 'a' && before <= 'z' && from < l->len &&
                      l->text[from] >= 'a' && l->text[from] <= 'z';
        /* Scripts without spaces have none where a line ends. */
        bool ideograph = (unsigned char)last >= 0x80 && from < l->len &&
                         (unsigned char)l->text[from] >= 0xe3 && n > 2 &&
                         (unsigned char)run->text.data[n - 3] >= 0xe3;
        if (!hyphen && !ideograph) buffer_putc(&run->text, ' ');
    }
    run->pieces[run->n_pieces++] =
        (struct text_piece){.at = run->text.len, .begin = l->begin + from};
    buffer_append(&run->text, l->text + from, l->len - from);
    if (run->text.failed) run->reader->failed = true;
}

static void emit_text(struct text_run *run, enum block_kind kind, int level,
                      const struct text_line *first, const struct text_line *last)
{
    pair_list_flush(&run->pairs);
    run->below_heading = false;
    reader_add_block(run->reader, kind, level, buffer_text(&run->text), run->text.len,
                     first->number, last->number, first->begin, last->begin + last->len);
}

static void emit_heading(struct text_run *run, const struct text_line *l, int level)
{
    size_t indent, used, len;
    const char *text = l->text;
    if (!is_framed(l, &indent, &len)) {
        indent = indent_of(l);
        len = l->len;
    }
    int depth = number_depth(text + indent, len - indent, &used);
    if (depth) {
        level = depth + 1;
        indent += used;
    }
    while (len > indent && (text[len - 1] == ':' || text[len - 1] == ' ')) len--;
    pair_list_flush(&run->pairs);
    run->below_heading = true;
    reader_add_block(run->reader, BLOCK_HEADING, level, text + indent, len - indent, l->number,
                     l->number, l->begin, l->begin + l->len);
}

/* Whether the text at hand is one or more pairs; they wait for others to come. */
static bool add_pairs(struct text_run *run, enum block_kind kind, int level,
                      const struct text_line *first, const struct text_line *last)
{
    struct pair_block b = {.kind = kind,
                           .level = level,
                           .text = buffer_text(&run->text),
                           .len = run->text.len,
                           .pieces = run->pieces,
                           .n_pieces = run->n_pieces,
                           .line_first = first->number,
                           .line_last = last->number,
                           .begin = first->begin,
                           .end = last->begin + last->len,
                           .alone = run->below_heading && kind == BLOCK_PARAGRAPH,
                           .sole = run->sole};
    if (!pair_list_add(&run->pairs, &b)) return false;
    run->below_heading = false;
    return true;
}

static bool is_pair(const struct text_line *l, size_t from)
{
    struct pair pairs[PAIRS_MAX];
    return pairs_find(l->text + from, l->len - from, pairs, PAIRS_MAX) > 0;
}

/* A bullet or numbered line with the lines that go on with it. */
static size_t add_item(struct text_run *run, const struct text_line *lines, size_t n)
{
    size_t indent = indent_of(&lines[0]), i = 1;
    size_t bullet = text_bullet_length(lines[0].text + indent, lines[0].len - indent);
    int level = indent < 2 ? 1 : indent < 4 ? 2 : indent / 4 < 5 ? (int)(indent / 4) + 1 : 6;
    start_text(run);
    add_text(run, &lines[0], indent + bullet);
    for (; i < n; i++) {
        size_t more = indent_of(&lines[i]);
        if (text_bullet_length(lines[i].text + more, lines[i].len - more)) break;
        if (more <= indent && line_shape_of(&lines[i]) != LINE_PLAIN) break;
        if (more <= indent && is_pair(&lines[i], more)) break;
        add_text(run, &lines[i], more);
    }
    if (!add_pairs(run, BLOCK_LIST_ITEM, level, &lines[0], &lines[i - 1]))
        emit_text(run, BLOCK_LIST_ITEM, level, &lines[0], &lines[i - 1]);
    return i;
}

/* "Heron 1.6 T - technical data" above "Power: 120 hp": a dash in a title, not in a pair. */
static bool is_dashed_title(const struct text_line *lines, size_t n)
{
    struct pair p, next;
    size_t indent = indent_of(&lines[0]);
    if (n < 2 || !text_is_heading(&lines[0])) return false;
    size_t below = indent_of(&lines[1]);
    return pairs_find(lines[0].text + indent, lines[0].len - indent, &p, 1) && p.form == PAIR_DASH &&
           pairs_find(lines[1].text + below, lines[1].len - below, &next, 1) && next.form != PAIR_DASH;
}

/* Lines that are pairs, each with lines that go on with its value. 0: there is but one, among
 * others. */
static size_t add_pair_lines(struct text_run *run, const struct text_line *lines, size_t n,
                             bool whole)
{
    size_t indent = indent_of(&lines[0]);
    if (!is_pair(&lines[0], indent) || is_dashed_title(lines, n)) return 0;
    size_t second = 1;
    while (second < n && indent_of(&lines[second]) > indent &&
           !is_pair(&lines[second], indent_of(&lines[second])))
        second++;
    bool run_on = second < n ? is_pair(&lines[second], indent_of(&lines[second])) : whole;
    if (!run_on && !(run->pairs.n && second >= n)) return 0;
    size_t i = 0;
    while (i < n) {
        size_t first = i, own = indent_of(&lines[i]);
        if (text_bullet_length(lines[i].text + own, lines[i].len - own) || !is_pair(&lines[i], own))
            break;
        start_text(run);
        add_text(run, &lines[i++], own);
        while (i < n && indent_of(&lines[i]) > own && !is_pair(&lines[i], indent_of(&lines[i])) &&
               line_shape_of(&lines[i]) == LINE_PLAIN) {
            add_text(run, &lines[i], indent_of(&lines[i]));
            i++;
        }
        if (!add_pairs(run, BLOCK_PARAGRAPH, 0, &lines[first], &lines[i - 1]))
            emit_text(run, BLOCK_PARAGRAPH, 0, &lines[first], &lines[i - 1]);
    }
    return i;
}

static bool begins_block(const struct text_line *lines, size_t n)
{
    size_t indent = indent_of(&lines[0]);
    if (text_bullet_length(lines[0].text + indent, lines[0].len - indent)) return true;
    return n > 1 && is_pair(&lines[0], indent) && is_pair(&lines[1], indent_of(&lines[1]));
}

/* "2025 Heron; Seats = 5; Doors = 4; Tank (L) = 60": a title before the pairs of the only line. */
static bool split_title(struct text_run *run, const struct text_line *l)
{
    struct pair pairs[PAIRS_MAX];
    const char *sign = memchr(l->text, ';', l->len);
    size_t cut = sign ? (size_t)(sign - l->text) : 0;
    if (!cut || cut + 2 >= l->len || pairs_find(l->text, l->len, pairs, PAIRS_MAX)) return false;
    struct text_line title = *l, rest = *l;
    title.len = cut;
    size_t skip = cut + 1 + (l->text[cut + 1] == ' ');
    rest.text += skip;
    rest.len -= skip;
    rest.begin += skip;
    if (!is_heading_text(title.text, title.len) || pairs_find(rest.text, rest.len, pairs, PAIRS_MAX) < 3) return false;
    emit_heading(run, &title, LEVEL_SHORT);
    text_run_add(run, &rest, 1, false);
    return true;
}

/* "4. Filling quantities" right above its text, which is no other item and not indented as one that goes on. */
static bool is_numbered_title(const struct text_line *lines, size_t n, size_t number)
{
    size_t indent = indent_of(&lines[0]), begin = indent + number;
    while (begin < lines[0].len && lines[0].text[begin] == ' ') begin++;
    struct text_line w[WINDOW_LINES];
    size_t m = n < WINDOW_LINES ? n : WINDOW_LINES;
    if (begin >= lines[0].len || lines[1].len - indent_of(&lines[1]) < TEXT_BYTES) return false;
    memcpy(w, lines, m * sizeof *w);
    w[0].text += begin;
    w[0].len -= begin;
    if (indent_of(&lines[1]) != indent || !has_topic_form(w[0].text, w[0].len)) return false;
    size_t below = indent_of(&w[1]);
    if (text_bullet_length(w[1].text + below, w[1].len - below)) return false;
    w[1].text += below;
    w[1].len -= below;
    return text_is_title_line(w, m, 0);
}

void text_run_add(struct text_run *run, const struct text_line *lines, size_t n, bool more)
{
    if (run->sole && n == 1 && split_title(run, lines)) return;
    size_t i = 0, skip = 0, taken; /* no table begins before `skip` */
    while (i < n && !run->reader->failed) {
        const struct text_line *l = &lines[i];
        size_t left = n - i, tried = 0, indent = indent_of(l);
        bool plain = line_shape_of(l) == LINE_PLAIN;
        if (run->headings && plain && left > 1 && is_underline(&lines[i + 1]) &&
            l->len <= 4 * HEADING_BYTES &&
            !(left > 2 && line_shape_of(&lines[i + 2]) == LINE_CELLS && is_pair(l, indent))) {
            emit_heading(run, l, lines[i + 1].text[indent_of(&lines[i + 1])] == '=' ? 1 : 2);
            i += 2;
            continue;
        }
        size_t bullet = text_bullet_length(l->text + indent, l->len - indent), used, end;
        if (run->headings && is_framed(l, &used, &end)) {
            emit_heading(run, l, LEVEL_CAPITALS);
            i++;
            continue;
        }
        bool numbered = bullet && i == 0 && run->headings && number_depth(l->text + indent, l->len - indent, &used) &&
                        text_is_heading(l) && (left == 1 ? more : is_numbered_title(lines, n, used));
        if (bullet && !numbered && line_shape_of(l) != LINE_BARS) {
            i += add_item(run, l, left);
            continue;
        }
        if (i >= skip && !numbered) {
            taken = layout_table(run->reader, l, left, &run->pairs, &tried);
            if (taken) {
                run->below_heading = false;
                i += taken;
                continue;
            }
            skip = i + tried;
        }
        if ((taken = add_pair_lines(run, l, left, i == 0 || run->below_heading))) {
            i += taken;
            continue;
        }
        if (line_shape_of(l) == LINE_RULE) {
            pair_list_flush(&run->pairs);
            i++;
            continue;
        }
        /* A short line alone, or right above a table or a list. */
        bool heading = run->headings && text_is_heading(l);
        if (heading && left == 1 && i == 0 && more) {
            emit_heading(run, l,
                         is_upper_text(l->text, l->len) ? LEVEL_CAPITALS : run->heading_level);
            i++;
            continue;
        }
        if (heading && left > 1) {
            const struct text_line *next = l + 1;
            bool above = (run->pairs.n && is_pair(next, indent_of(next))) ||
                         line_shape_of(next) == LINE_CELLS || line_shape_of(next) == LINE_BARS ||
                         begins_block(next, left - 1);
            if (above || (i == 0 && is_upper_text(l->text, l->len) &&
                          !is_upper_text(next->text, next->len))) {
                emit_heading(run, l, is_upper_text(l->text, l->len) ? LEVEL_CAPITALS : LEVEL_SHORT);
                i++;
                continue;
            }
        }
        if (numbered || (run->titles && text_is_title_line(lines, n, i))) {
            emit_heading(run, l, is_upper_text(l->text, l->len) ? LEVEL_CAPITALS : LEVEL_SHORT);
            i++;
            continue;
        }
        const struct text_line *first = l;
        start_text(run);
        do {
            l = &lines[i++];
            add_text(run, l, indent_of(l));
        } while (i < n && !begins_block(&lines[i], n - i) &&
                 !(run->titles && text_is_title_line(lines, n, i)) &&
                 (i < skip || line_shape_of(&lines[i]) == LINE_PLAIN ||
                  (line_shape_of(&lines[i]) == LINE_CELLS &&
                   (i + 1 >= n || line_shape_of(&lines[i + 1]) != LINE_CELLS))));
        emit_text(run, BLOCK_PARAGRAPH, 0, first, l);
    }
}
