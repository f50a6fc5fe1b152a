#include "vehicle/value_cell.h"
#include "vehicle/unit_table.h"

#include <string.h>

static bool add_item(struct cell *cell, enum item_kind kind, size_t begin, size_t end)
{
    if (cell->n_items == MAX_ITEMS) {
        cell->cut = true;
        return false;
    }
    cell->items[cell->n_items++] =
        (struct item){.kind = kind, .begin = begin, .end = end, .close = MAX_ITEMS};
    return true;
}

static bool last_is(const struct cell *cell, enum item_kind kind)
{
    return cell->n_items > 0 && cell->items[cell->n_items - 1].kind == kind;
}

bool char_is_opening(uint32_t c)
{
    return c == '(' || c == '[' || c == '{' || c == 0xFF08 || c == 0x3010 || c == 0xFF3B;
}

bool char_is_closing(uint32_t c)
{
    return c == ')' || c == ']' || c == '}' || c == 0xFF09 || c == 0x3011 || c == 0xFF3D;
}

static uint32_t separator_of(uint32_t c)
{
    switch (c) {
    case '/':
    case 0xFF0F:
    case 0x2044:
        return '/';
    case ';':
    case 0xFF1B:
    case '\n':
        return ';';
    case ',':
    case 0xFF0C:
    case 0x3001:
        return ',';
    case '|':
    case '&':
    case '=':
        return c;
    case 0x2022:
        return ';';
    default:
        return char_is_dash(c) ? '-' : 0;
    }
}

/* "[1]", "*", "¹" behind a value: a reference to a footnote. */
static size_t footnote(const struct cell *cell, size_t at)
{
    const char *text = cell->text;
    size_t n;
    uint32_t c = char_at(text, cell->len, at, &n);
    if (c == 0xB9 || c == 0xB2 || c == 0xB3 || (c >= 0x2074 && c <= 0x2079) || c == 0x2020 ||
        c == 0x2021)
        return n;
    if (c == '*') {
        uint32_t next = char_at(text, cell->len, at + 1, &n);
        return next >= '0' && next <= '9' && next ? 0 : 1;
    }
    if (c != '[' || at == 0 || text[at - 1] == ' ') return 0;
    size_t digits = digits_count(text, cell->len, at + 1);
    if (digits == 0 && at + 2 < cell->len && text[at + 1] >= 'a' && text[at + 1] <= 'z') digits = 1;
    size_t end = at + 1 + digits;
    return digits >= 1 && digits <= 3 && end < cell->len && text[end] == ']' ? digits + 2 : 0;
}

static bool number_follows(const struct cell *cell, size_t at)
{
    size_t n;
    at = spaces_end(cell->text, cell->len, at);
    if (number_digit(cell->text + at, cell->len - at, &n) >= 0) return true;
    const struct unit *u = at < cell->len ? unit_parse(cell->text + at, cell->len - at, &n) : NULL;
    return u && u->dimension == DIMENSION_MONEY;
}

/* The end of the word at text[at]. */
static size_t word_end(const struct cell *cell, size_t at)
{
    const char *text = cell->text;
    size_t len = cell->len, n, start = at;
    uint32_t c = char_at(text, len, at, &n);
    if (char_is_han(c)) {
        while (char_is_han(char_at(text, len, at, &n)) && n) at += n;
        return at;
    }
    while (at < len) {
        c = char_at(text, len, at, &n);
        if (at > start) {
            if (char_is_space(c) || char_is_opening(c) || char_is_closing(c) || c == ';' ||
                c == '|' || c == '@' || c == 0xFF1B || c == 0xFF0C || c == 0x3001)
                break;
            size_t m;
            uint32_t next = char_at(text, len, at + n, &m);
            if (c == ',' && !(next >= '0' && next <= '9')) break;
            if (c == '/' && next >= '0' && next <= '9') break;
            if (c == ':' && !(next >= '0' && next <= '9')) {
                at += n;
                break;
            }
        }
        at += n;
    }
    return at;
}

static bool add_words(struct cell *cell, size_t at, size_t end)
{
    cell->word_bytes += end - at;
    if (cell->word_bytes > MAX_WORD_BYTES) {
        cell->prose = true;
        return false;
    }
    if (last_is(cell, ITEM_WORDS)) {
        cell->items[cell->n_items - 1].end = end;
        return true;
    }
    return add_item(cell, ITEM_WORDS, at, end);
}

/* "at", "bei", "à" between a value and the speed at which it holds. */
static bool at_word(const struct cell *cell, size_t at, size_t *end)
{
    static const char *const WORDS[] = {"at", "bei", "à", "a", "bij", "en", "@", "＠", "ab"};
    return TEXT_ANY_WORD(cell->text, cell->len, at, WORDS, end) && number_follows(cell, *end);
}

static bool and_word(const struct cell *cell, size_t at, size_t *end)
{
    static const char *const WORDS[] = {"and", "or",    "und",  "oder", "et", "ou", "y",
                                        "o",   "resp.", "bzw.", "和",   "或", "及"};
    return TEXT_ANY_WORD(cell->text, cell->len, at, WORDS, end) && number_follows(cell, *end);
}

/* "+/-500 rpm", "±5 kW" behind a value, which takes the unit when it has none. */
static size_t tolerance_end(struct cell *cell, size_t at)
{
    const char *text = cell->text;
    size_t len = cell->len, n, end, used;
    if (len - at >= 3 && !memcmp(text + at, "+/-", 3))
        at += 3;
    else if (len - at >= 2 && !memcmp(text + at, "+-", 2))
        at += 2;
    else if (char_at(text, len, at, &n) == 0xB1)
        at += n;
    else
        return 0;
    double v;
    at = spaces_end(text, len, at);
    if (!number_parse(text + at, len - at, cell->c.style, &v, &used)) return 0;
    end = at + used;
    at = spaces_end(text, len, end);
    const struct unit *u = at < len ? unit_parse(text + at, len - at, &used) : NULL;
    if (!u) return end;
    struct item *last = &cell->items[cell->n_items - 1];
    if (last->kind == ITEM_PART && !cell->parts[last->part].unit_written) {
        cell->parts[last->part].value.unit = u;
        cell->parts[last->part].unit_written = true;
    }
    return at + used;
}

/* A unit of the expected kind behind words or brackets: "14 city / 20 hwy mpg", "5.1 (4.9)
 * l/100km". */
static size_t late_unit_end(struct cell *cell, size_t at)
{
    size_t used;
    if (cell->n_parts == 0 || cell->c.dimension == DIMENSION_NONE ||
        cell->c.dimension == DIMENSION_COUNT ||
        !(last_is(cell, ITEM_WORDS) || last_is(cell, ITEM_CLOSE)))
        return 0;
    struct part *last = &cell->parts[cell->n_parts - 1];
    const struct unit *u = unit_parse(cell->text + at, cell->len - at, &used);
    if (!u || u->dimension != cell->c.dimension || (used < 2 && u->dimension != DIMENSION_MONEY))
        return 0;
    if (last_is(cell, ITEM_CLOSE)) { /* of what stands before the brackets */
        size_t i = cell->n_items - 1;
        while (i > 0 && cell->items[i].kind != ITEM_OPEN) i--;
        if (i == 0 || cell->items[i - 1].kind != ITEM_PART) return 0;
        last = &cell->parts[cell->items[i - 1].part];
    }
    if (last->unit_written) return 0;
    last->value.unit = u; /* the rest of a list takes it from this one */
    last->unit_written = true;
    return at + used;
}

static void read_items(struct cell *cell)
{
    const char *text = cell->text;
    size_t len = cell->len, at = 0, n, end;
    while ((at = spaces_end(text, len, at)) < len) {
        bool after_value = last_is(cell, ITEM_PART) || last_is(cell, ITEM_CLOSE);
        uint32_t c = char_at(text, len, at, &n);
        size_t note = after_value || last_is(cell, ITEM_WORDS) ? footnote(cell, at) : 0;
        if (note) {
            at += note;
            continue;
        }
        if (after_value && (c == '*' || c == 0xD7 || c == 'x' || c == 'X' || c == 0x2715)) {
            if (number_follows(cell, at + n)) {
                if (!add_item(cell, ITEM_SEPARATOR, at, at + n)) return;
                cell->items[cell->n_items - 1].sign = 'x';
                at += n;
                continue;
            }
        }
        if (after_value && (end = tolerance_end(cell, at)) > at) {
            if (!add_words(cell, at, end)) return;
            at = end;
            continue;
        }
        struct part p;
        bool dash = after_value && char_is_dash(c);
        if (!dash &&
            (part_read(&cell->c, text, len, at, &p, &end) ||
             (cell->c.dimension != DIMENSION_COUNT && part_read_word(text, len, at, &p, &end)))) {
            if (cell->n_parts == MAX_PARTS) {
                cell->cut = true;
                return;
            }
            if (!add_item(cell, ITEM_PART, at, end)) return;
            cell->items[cell->n_items - 1].part = cell->n_parts;
            cell->parts[cell->n_parts++] = p;
            at = end;
            continue;
        }
        if (char_is_opening(c) || char_is_closing(c)) {
            if (!add_item(cell, char_is_opening(c) ? ITEM_OPEN : ITEM_CLOSE, at, at + n)) return;
            at += n;
            continue;
        }
        if (after_value && at_word(cell, at, &end)) {
            if (!add_item(cell, ITEM_AT, at, end)) return;
            at = end;
            continue;
        }
        if (c == '@') {
            if (!add_item(cell, ITEM_AT, at, at + n)) return;
            at += n;
            continue;
        }
        if (cell->n_items > 0 && and_word(cell, at, &end)) {
            if (!add_item(cell, ITEM_SEPARATOR, at, end)) return;
            cell->items[cell->n_items - 1].sign = '&';
            at = end;
            continue;
        }
        uint32_t sign = separator_of(c);
        if (c == '\\' && at + 1 < len && text[at + 1] == 'n') {
            sign = ';';
            n = 2;
        }
        if (c == '+' && after_value) sign = '+';
        if (sign && cell->n_items > 0) {
            if (!add_item(cell, ITEM_SEPARATOR, at, at + n)) return;
            cell->items[cell->n_items - 1].sign = sign;
            at += n;
            continue;
        }
        if ((end = late_unit_end(cell, at)) > at) {
            at = end;
            continue;
        }
        end = word_end(cell, at);
        if (!add_words(cell, at, end)) return;
        at = end;
    }
}

static void match_brackets(struct cell *cell)
{
    size_t open[MAX_ITEMS], depth = 0;
    for (size_t i = 0; i < cell->n_items; i++) {
        if (cell->items[i].kind == ITEM_OPEN) {
            cell->items[i].close = cell->n_items;
            open[depth++] = i;
        } else if (cell->items[i].kind == ITEM_CLOSE && depth > 0) {
            cell->items[open[--depth]].close = i;
        }
    }
}

void cell_read_items(struct cell *cell)
{
    cell->n_items = cell->n_parts = cell->word_bytes = 0;
    cell->cut = cell->prose = false;
    read_items(cell);
    match_brackets(cell);
}
