#include "vehicle/unit_table.h"
#include "vehicle/value_part.h"

#include <string.h>

/* The end of the run of letters and digits (and what joins them: "F-150", "4x4", "1.2.3",
 * "LJ10/20") at text[at]. */
static size_t token_end(const char *text, size_t len, size_t at)
{
    size_t n;
    while (at < len) {
        uint32_t c = char_at(text, len, at, &n);
        size_t digit;
        bool word = char_is_letter(c) || number_digit(text + at, len - at, &digit) >= 0;
        if (!word) {
            size_t m;
            uint32_t next = char_at(text, len, at + n, &m);
            bool joint = c == '-' || c == '.' || c == ',' || c == '/' || c == ':' || c == 0xD7 ||
                         c == 0x2010 || c == 0x2011;
            if (!joint || !(char_is_letter(next) || (next >= '0' && next <= '9'))) return at;
        }
        at += n;
    }
    return at;
}

static size_t letters_end(const char *text, size_t len, size_t at)
{
    size_t n;
    while (at < len && char_is_letter(char_at(text, len, at, &n))) at += n;
    return at;
}

/* "Ioniq 5 160 kW": a name's number and another, or 5160 kW? Nobody can tell. */
static bool is_doubtful_group(const char *text, size_t at, const struct part *p)
{
    if (!p->form.space_groups || at == 0) return false;
    size_t end = at;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t')) end--;
    size_t begin = end;
    while (begin > 0 && char_is_letter((unsigned char)text[begin - 1])) begin--;
    return begin < end && text[begin] >= 'A' && text[begin] <= 'Z';
}

/* Whether nothing but what joins two units of one quantity stands in text[from, to): " (", " / ",
 * ", ". */
static bool joins(const char *text, size_t from, size_t to)
{
    size_t n, end;
    bool sign = false;
    for (size_t at = from; at < to; at += n) {
        uint32_t c = char_at(text, to, at, &n);
        if (char_is_space(c)) continue;
        if (text_word(text, to, at, "or", &end) || text_word(text, to, at, "oder", &end) ||
            text_word(text, to, at, "ou", &end)) {
            n = end - at;
            sign = true;
            continue;
        }
        bool is_sign = c == '(' || c == '[' || c == '/' || c == ';' || c == ',' || c == '=' ||
                       c == 0xFF08 || char_is_dash(c) || c == 0xFF0C || c == 0xFF0F;
        if (!is_sign) return false;
        sign = true;
    }
    return sign;
}

/* Whether text[from, to) separates two numbers of one list: ", ", " or ", "/", " and ". */
static bool lists(const char *text, size_t from, size_t to)
{
    static const char *const WORDS[] = {"or", "and", "oder", "und", "ou",
                                        "et", "o",   "y",    "和",  "或"};
    size_t n, end;
    bool sign = false;
    if (to - from > 24) return false;
    for (size_t at = from; at < to; at += n) {
        uint32_t c = char_at(text, to, at, &n);
        if (char_is_space(c)) continue;
        if (c == ',' || c == '/' || c == 0x3001 || c == '*' || c == 0xD7 || c == 'x') {
            sign = true;
            continue;
        }
        if (!TEXT_ANY_WORD(text, to, at, WORDS, &end)) return false;
        n = end - at;
        sign = true;
    }
    return sign;
}

static bool year_like(const struct part *p)
{
    return !p->form.separated && p->form.digits == 4 && p->value.low >= 1850 && p->value.low < 2100;
}

/* "60, 70, 85, or 90 kWh": the bare numbers of a list take the unit at its end, when they are of
 * its size. */
static void spread_back(const char *text, struct part *parts, size_t last)
{
    const struct part *end = &parts[last];
    if (!end->value.unit || end->range) return;
    for (size_t i = last; i-- > 0;) {
        struct part *p = &parts[i];
        if (p->value.unit || p->range || year_like(p)) return;
        if (!lists(text, p->value.end, parts[i + 1].value.begin)) return;
        if (p->value.low > 10 * end->value.low || p->value.low * 10 < end->value.low) return;
        p->value.unit = end->value.unit;
    }
}

enum { MAX_SCANNED = 32 }; /* parts that are looked at together */

size_t value_scan(const char *text, size_t len, enum number_style style, struct value_part *out,
                  size_t max)
{
    const struct part_context c = {.style = style, .prose = true};
    struct part recent[MAX_SCANNED];
    size_t n_recent = 0, found = 0, at = 0, n;
    unsigned group = 0;
    while (at < len && found < max) {
        uint32_t ch = char_at(text, len, at, &n);
        bool digit = number_digit(text + at, len - at, &n) >= 0;
        if (n == 0) n = 1;
        bool letter = char_is_letter(ch), han = char_is_han(ch);
        bool sign = ch == '-' || ch == '.' || ch == 0x2212 || ch == '$' || ch >= 0xA2 ||
                    ch == '<' || ch == '>' || ch == '~';
        if (!digit && !letter && !han && !sign) {
            at += n;
            continue;
        }
        struct part p;
        size_t end;
        if (digit && value_is_size(text + at, len - at)) {
            at = token_end(text, len, at);
            continue;
        }
        bool read = part_read(&c, text, len, at, &p, &end);
        if (!read && (letter || han)) read = part_read_word(text, len, at, &p, &end);
        if (!read) {
            if (digit)
                at = token_end(text, len, at);
            else if (letter) {
                size_t word = letters_end(text, len, at);
                /* a digit that a word runs into is part of it: "V6", "F-150", "CX-5" */
                size_t used;
                unit_parse(text + at, len - at, &used); /* "(l/100 km)" */
                used += at;
                at = word < len ? token_end(text, len, word) : word;
                if (at > word && text[word] == '/') at = word;
                if (used > at) at = used;
            } else {
                size_t used;
                const struct unit *u = han ? NULL : unit_parse(text + at, len - at, &used);
                at += n;
                if (u && u->dimension == DIMENSION_MONEY) /* "$300 per month": not 300 either */
                    at = token_end(text, len, at - n + used);
            }
            continue;
        }
        at = end;
        if (is_doubtful_group(text, p.value.begin, &p)) continue;
        struct part *last = n_recent > 0 ? &recent[n_recent - 1] : NULL;
        bool same = false;
        if (last && p.value.unit && joins(text, last->value.end, p.value.begin)) {
            for (size_t i = n_recent;
                 i-- > 0 && recent[i].value.group == last->value.group && !same;)
                same = parts_agree(&recent[i], &p);
        }
        if (found > 0 && !same) group++;
        p.value.group = group;
        if (n_recent == MAX_SCANNED) {
            memmove(recent, recent + MAX_SCANNED / 2, sizeof recent / 2);
            n_recent = MAX_SCANNED / 2;
        }
        recent[n_recent++] = p;
        if (p.value.unit && !same) spread_back(text, recent, n_recent - 1);
        found++;
        for (size_t i = 0; i < n_recent && i < found; i++) {
            struct value_part *v = &out[found - 1 - i];
            *v = recent[n_recent - 1 - i].value;
            v->remark_begin = v->remark_end = v->end;
        }
    }
    return found;
}
