#include "answer/verify.h"
#include "vehicle/chunk.h"
#include "vehicle/units.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DIGITS = 48, MAX_CITED = 64 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The bytes of a citation at text ("[1]", "[1, 2]"); 0 when it is none. Its numbers go to list. */
static size_t read_citation(const char *text, size_t *list, size_t cap, size_t *n)
{
    *n = 0;
    if (text[0] != '[') return 0;
    size_t i = 1;
    for (;;) {
        while (text[i] == ' ') i++;
        size_t value = 0, digits = 0;
        for (; is_digit(text[i]) && digits < 6; i++, digits++)
            value = value * 10 + (size_t)(text[i] - '0');
        if (digits == 0 || is_digit(text[i])) return 0;
        if (*n < cap) list[(*n)++] = value;
        while (text[i] == ' ') i++;
        if (text[i] == ']') return i + 1;
        if (text[i] != ',' && text[i] != ';') return 0;
        i++;
    }
}

bool answer_is_refusal(const char *answer)
{
    static const char *const STARTS[] = {"the passages do not", "the passages don't",
                                         "the documents do not", "the provided passages do not",
                                         "none of the passages"};
    answer += strspn(answer, " \t\r\n\"");
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++)
        if (strncasecmp(answer, STARTS[i], strlen(STARTS[i])) == 0) return true;
    return false;
}

/* ---- one number in one text ---- */

/* A number, or a word that holds one ("V6", "R1T"), at some place of a text. */
struct token {
    size_t offset, len;
    char digits[DIGITS]; /* canonical; "" for a word */
    double value;
    const char *unit; /* NULL: none known */
};

/* Finds the next number or word with digits at or behind *at. */
static bool next_token(const char *text, size_t *at, struct token *t)
{
    size_t i = *at, len = strlen(text);
    while (i < len) {
        bool starts = is_digit(text[i]) || (text[i] == '.' && is_digit(text[i + 1]) &&
                                            (i == 0 || !is_digit(text[i - 1])));
        if (!starts) {
            i++;
            continue;
        }
        size_t begin = i;
        while (begin > *at && (is_letter(text[begin - 1]) || is_digit(text[begin - 1]))) begin--;
        *t = (struct token){.offset = begin};
        if (begin < i) { /* "V6": letters go before the digits */
            while (i < len && (is_letter(text[i]) || is_digit(text[i]))) i++;
            t->len = i - begin;
            for (size_t k = begin; k < i; k++)
                if (is_digit(text[k])) {
                    t->value = strtod(text + k, NULL);
                    break;
                }
            *at = i;
            return true;
        }
        t->len = number_read(text + i, len - i, t->digits, sizeof t->digits, &t->value);
        if (t->len == 0) { /* more digits than any value has */
            while (i < len && is_digit(text[i])) i++;
            continue;
        }
        if (i > 0 && text[i - 1] == '$')
            t->unit = "USD";
        else if (i > 2 && memcmp(text + i - 3, "\xe2\x82\xac", 3) == 0)
            t->unit = "EUR";
        else
            t->unit = unit_at(text + i + t->len, len - i - t->len, NULL);
        *at = i + t->len;
        return true;
    }
    return false;
}

static size_t line_begin(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n') at--;
    return at;
}

static size_t line_length(const char *text, size_t begin)
{
    return strcspn(text + begin, "\n");
}

static bool same_word(const char *a, size_t n, const char *b, size_t m)
{
    return n == m && strncasecmp(a, b, n) == 0;
}

/* Where the answer's token stands in text. An occurrence in the same unit is taken before one whose
 * unit is not known; one in another unit never. */
static bool find_token(const char *answer, const struct token *t, const char *text,
                       struct token *where)
{
    bool found = false;
    struct token c;
    size_t at = 0;
    while (next_token(text, &at, &c)) {
        if (!t->digits[0]) {
            if (c.digits[0] || !same_word(answer + t->offset, t->len, text + c.offset, c.len))
                continue;
            *where = c;
            return true;
        }
        if (strcmp(t->digits, c.digits) != 0) continue;
        if (!c.unit) { /* from the line's name: "Curb weight (lb): 3,310" */
            size_t begin = line_begin(text, c.offset);
            const char *colon = memchr(text + begin, ':', c.offset - begin);
            if (colon) c.unit = unit_of_name(text + begin, (size_t)(colon - text) - begin);
        }
        if (t->unit && c.unit && strcmp(t->unit, c.unit) != 0) continue;
        if (t->unit && c.unit) {
            *where = c;
            return true;
        }
        if (!found) *where = c;
        found = true;
    }
    return found;
}

/* Whether the title's name holds the token without regard to hyphens: "CX50" in "CX-50". */
static bool title_holds_word(const char *answer, const struct token *t, const char *title)
{
    struct buffer word = {0}, key = {0};
    vehicle_key(answer + t->offset, t->len, &word);
    vehicle_key(title, strlen(title), &key);
    bool holds = word.len > 1 && strstr(buffer_text(&key), buffer_text(&word)) != NULL;
    buffer_free(&word);
    buffer_free(&key);
    return holds;
}

/* The word before (or behind) text[at], over one space or hyphen: where it is and how long. */
static size_t word_before(const char *text, size_t at, const char **word)
{
    if (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '-')) at--;
    size_t begin = at;
    while (begin > 0 && (is_letter(text[begin - 1]) || is_digit(text[begin - 1]))) begin--;
    *word = text + begin;
    return at - begin;
}

static size_t word_behind(const char *text, size_t at, const char **word)
{
    if (text[at] == ' ' || text[at] == '-') at++;
    size_t n = 0;
    while (is_letter(text[at + n]) || is_digit(text[at + n])) n++;
    *word = text + at;
    return n;
}

/* Finds a number without a unit as a part of the vehicle's name: a year, or with the same word
 * beside it as in the title. "5" of "CX-5" supports "the CX-5", not "it seats 5". */
static bool find_in_name(const char *answer, const struct token *t, const char *title,
                         struct token *where)
{
    size_t at = 0;
    while (next_token(title, &at, where)) {
        if (!where->digits[0] || strcmp(where->digits, t->digits) != 0) continue;
        if (year_parse(answer + t->offset, t->len)) return true;
        const char *a, *b;
        size_t n = word_before(answer, t->offset, &a), m = word_before(title, where->offset, &b);
        if (n && same_word(a, n, b, m)) return true;
        n = word_behind(answer, t->offset + t->len, &a);
        m = word_behind(title, where->offset + where->len, &b);
        if (n && same_word(a, n, b, m)) return true;
    }
    return false;
}

static bool check_in_passage(const char *answer, const struct token *t, const struct passage *p,
                             struct number_check *out, struct arena *arena)
{
    struct token where;
    /* Without a unit it may be a year or a part of the model's name. */
    bool in_name = t->digits[0] ? !t->unit && find_in_name(answer, t, p->title, &where)
                                : find_token(answer, t, p->title, &where);
    if (in_name) {
        out->in_title = true;
        out->quote = p->title;
        out->quote_offset = where.offset;
        return true;
    }
    if (find_token(answer, t, p->text, &where)) {
        size_t begin = line_begin(p->text, where.offset);
        out->quote = arena_strndup(arena, p->text + begin, line_length(p->text, begin));
        out->quote_offset = where.offset;
        if (!t->unit && where.unit) out->unit = where.unit;
        return true;
    }
    /* "5.3L" of the trim "LT Crew Cab 5.3L"; but "150 hp" is not the 150 of F-150. */
    bool with_unit = t->unit && find_token(answer, t, p->title, &where) && where.unit;
    if (with_unit || (!t->digits[0] && title_holds_word(answer, t, p->title))) {
        out->in_title = true;
        out->quote = p->title;
        out->quote_offset = with_unit ? where.offset : 0;
        return true;
    }
    return false;
}

/* ---- the answer ---- */

/* The citations right behind the number, within its sentence, come first; all others follow. */
static size_t order_cited(const char *answer, size_t from, const struct verification *v,
                          size_t *out)
{
    size_t n = 0, list[MAX_CITED], k;
    for (size_t i = from; answer[i] && n == 0; i++) {
        if (strchr(".!?", answer[i]) && (answer[i + 1] == ' ' || answer[i + 1] == '\n') &&
            answer[i + 2] != '[')
            break;
        size_t used;
        while ((used = read_citation(answer + i, list, MAX_CITED, &k))) {
            for (size_t j = 0; j < k && n < MAX_CITED; j++) out[n++] = list[j];
            i += used;
        }
        if (!answer[i]) break;
    }
    for (size_t i = 0; i < v->n_citations; i++) {
        bool there = false;
        for (size_t j = 0; j < n && !there; j++) there = out[j] == v->citations[i].n;
        if (!there && n < MAX_CITED) out[n++] = v->citations[i].n;
    }
    return n;
}

static bool find_citations(struct verification *out, const char *answer, size_t n_passages,
                           struct arena *arena)
{
    size_t brackets = 0, list[MAX_CITED], n;
    for (const char *p = answer; *p; p++) brackets += *p == '[' || *p == ',' || *p == ';';
    out->citations = arena_array(arena, brackets + 1, sizeof *out->citations);
    if (!out->citations) return false;
    for (size_t i = 0; answer[i];) {
        size_t used = read_citation(answer + i, list, MAX_CITED, &n);
        for (size_t j = 0; used && j < n; j++) {
            bool there = false;
            for (size_t k = 0; k < out->n_citations && !there; k++)
                there = out->citations[k].n == list[j];
            if (there || out->n_citations > brackets) continue;
            bool valid = list[j] >= 1 && list[j] <= n_passages;
            out->citations[out->n_citations++] = (struct citation_check){list[j], i, valid, ""};
            if (!valid) out->n_unsupported++;
        }
        i += used ? used : 1;
    }
    return true;
}

/* A citation that bears no number is quoted by the line that shares most words with the answer. */
static const char *likely_line(const char *answer, const char *text, struct arena *arena)
{
    size_t best = 0, best_begin = 0, begin = 0;
    while (text[begin]) {
        size_t len = line_length(text, begin), shared = 0;
        for (size_t i = begin; i < begin + len;) {
            size_t n = 0;
            while (i + n < begin + len && is_letter(text[i + n])) n++;
            for (const char *p = answer; n > 3 && *p; p++)
                if (strncasecmp(p, text + i, n) == 0) {
                    shared++;
                    break;
                }
            i += n ? n : 1;
        }
        if (shared > best) {
            best = shared;
            best_begin = begin;
        }
        begin += len + (text[begin + len] == '\n');
    }
    if (!best) return "";
    const char *line = arena_strndup(arena, text + best_begin, line_length(text, best_begin));
    return line ? line : "";
}

/* Whether a number is in a sentence such as "The passages do not name the 2023 Camry.": it claims
 * nothing. */
static bool in_refusal(const char *answer, size_t offset)
{
    static const char START[] = "The passages do not ";
    const char *last = NULL;
    for (const char *p = answer; (p = strstr(p, START)) && p < answer + offset; p++) last = p;
    if (!last) return false;
    const char *end = strstr(last, ". ");
    return !end || end > answer + offset;
}

/* Whether a number is part of a title that the answer writes out: the 3.5L of "the 2021 Ford F-150
 * 3.5L". */
static bool inside(const char *answer, const char *title, size_t offset)
{
    size_t n = strlen(title);
    for (const char *p = answer; n && (p = strstr(p, title)) && p <= answer + offset; p++)
        if (answer + offset < p + n) return true;
    return false;
}

bool verify_answer(struct verification *out, const char *answer, const struct passage *passages,
                   size_t n_passages, struct arena *arena, struct error *err)
{
    *out = (struct verification){0};
    if (!find_citations(out, answer, n_passages, arena)) return error_memory(err, "an answer");
    size_t cap = 0, at = 0, list[MAX_CITED], n;
    struct token t;
    while (next_token(answer, &at, &t)) cap++;
    out->numbers = arena_array(arena, cap + 1, sizeof *out->numbers);
    if (!out->numbers) return error_memory(err, "an answer");
    for (at = 0; answer[at];) {
        size_t next = at;
        if (!next_token(answer, &next, &t)) break;
        /* The numbers of citations are not claims. */
        size_t bracket = at, used = 0;
        for (; bracket < t.offset && !used; bracket++)
            used = read_citation(answer + bracket, list, MAX_CITED, &n);
        if (used) {
            at = bracket - 1 + used;
            continue;
        }
        at = next;
        if (in_refusal(answer, t.offset)) continue;
        if (out->n_numbers == cap) break;
        struct number_check *c = &out->numbers[out->n_numbers++];
        *c = (struct number_check){.text = arena_strndup(arena, answer + t.offset, t.len),
                                   .offset = t.offset,
                                   .unit = t.unit ? t.unit : "",
                                   .value = t.value,
                                   .quote = ""};
        if (!c->text) return error_memory(err, "an answer");
        size_t cited[MAX_CITED], n_cited = order_cited(answer, t.offset + t.len, out, cited);
        for (size_t i = 0; i < n_cited && !c->supported; i++) {
            if (cited[i] < 1 || cited[i] > n_passages) continue;
            c->supported = check_in_passage(answer, &t, &passages[cited[i] - 1], c, arena);
            if (c->supported) c->passage = cited[i];
        }
        for (size_t i = 0; i < n_passages && !c->passage; i++)
            if (check_in_passage(answer, &t, &passages[i], c, arena)) {
                c->passage = i + 1;
                c->uncited = true;
            }
        if (!c->quote) return error_memory(err, "an answer");
        for (size_t i = 0; i < n_passages && !c->in_title; i++)
            c->in_title = inside(answer, passages[i].title, t.offset);
        if (!c->supported) out->n_unsupported++;
    }
    for (size_t i = 0; i < out->n_citations; i++) {
        struct citation_check *c = &out->citations[i];
        if (!c->valid) continue;
        /* The last number before it is the value; those before are of the vehicle's name. */
        for (size_t j = 0; j < out->n_numbers; j++) {
            const struct number_check *n_j = &out->numbers[j];
            if (n_j->offset > c->offset && c->quote[0]) break;
            if (n_j->passage == c->n && !n_j->in_title) c->quote = n_j->quote;
        }
        if (!c->quote[0]) c->quote = likely_line(answer, passages[c->n - 1].text, arena);
    }
    return true;
}
