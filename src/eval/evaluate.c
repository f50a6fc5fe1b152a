#include "eval/evaluate.h"
#include "base/clock.h"
#include "base/json.h"
#include "answer/answer.h"
#include "answer/given.h"
#include "vehicle/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_PASSAGES = 64, MAX_LINE = 4 << 20 };

void eval_result_free(struct eval_result *r)
{
    free(r->answer);
    *r = (struct eval_result){0};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Text without the commas between groups of three digits. */
static void without_thousands(const char *text, struct buffer *out)
{
    for (size_t i = 0; text[i]; i++) {
        bool separator = text[i] == ',' && i > 0 && is_digit(text[i - 1]) &&
                         is_digit(text[i + 1]) && is_digit(text[i + 2]) && is_digit(text[i + 3]) &&
                         !is_digit(text[i + 4]);
        if (!separator) buffer_putc(out, text[i]);
    }
}

/* Whether text[at, at + len) is a token of its own: no digits, letters or decimals touch it. */
static bool is_token(const char *text, size_t at, size_t len)
{
    char first = text[at], last = text[at + len - 1], next = text[at + len];
    if (at > 0) {
        char before = text[at - 1];
        if (is_alnum(before) && is_alnum(first)) return false;
        if (is_digit(first) && (before == '.' || before == ',') && at > 1 && is_digit(text[at - 2]))
            return false;
    }
    if (is_digit(last)) {
        if (is_digit(next)) return false;
        return !((next == '.' || next == ',') && is_digit(text[at + len + 1]));
    }
    return !(is_alnum(last) && is_alnum(next));
}

/* Whether the unit stands right behind, after nothing, spaces or one hyphen, in this or another spelling
 * ("lbs", "lb"); or a currency's sign right before. */
static bool unit_follows(const char *answer, size_t begin, size_t end, const char *unit, size_t *len)
{
    const char *text = answer + end;
    size_t skip = strspn(text, " "), n = strlen(unit), used = 0;
    if (skip == 0 && text[0] == '-') skip = 1;
    *len = 0;
    if (n == 0) return true;
    if (strncasecmp(text + skip, unit, n) == 0 && !(is_alnum(unit[n - 1]) && is_alnum(text[skip + n]))) {
        *len = skip + n;
        return true;
    }
    const struct unit *wanted = unit_parse_all(unit, n);
    if (!wanted) return false;
    if (unit_parse(text + skip, strlen(text + skip), &used) == wanted) {
        *len = skip + used;
        return true;
    }
    size_t sign = strlen(wanted->symbol);
    return begin >= sign && memcmp(answer + begin - sign, wanted->symbol, sign) == 0;
}

/* The length of the value at text: the same text, or the same number ("32" for "32.0"); 0: it is not there. */
static size_t value_length(const char *text, const char *value)
{
    size_t n = strlen(value);
    if (strncasecmp(text, value, n) == 0) return n;
    if (!is_digit(*text) || value[strspn(value, "0123456789.")]) return 0;
    size_t own = strspn(text, "0123456789.");
    while (own && text[own - 1] == '.') own--;
    char *end;
    double a = strtod(value, &end), b = strtod(text, NULL);
    return own && !*end && !(a < b) && !(a > b) ? own : 0;
}

/* Whether the first citations behind text ("[1]", "[1][2]", "[1, 2]") hold this one. */
static bool citation_follows(const char *text, size_t cite)
{
    const char *p = strchr(text, '[');
    while (p && !is_digit(p[1])) p = strchr(p + 1, '[');
    while (p && *p == '[') {
        for (p++; is_digit(*p) || *p == ',' || *p == ' ';) {
            if (!is_digit(*p)) {
                p++;
                continue;
            }
            char *end;
            if (strtoul(p, &end, 10) == cite) return true;
            p = end;
        }
        if (*p != ']') return false;
        p++;
        while (*p == ' ') p++;
    }
    return false;
}

/* One expected value in an answer without thousands separators. All three are true only of the best
 * single place. */
static void score_value(const char *answer, const char *value, const char *unit, size_t cite,
                        bool *value_right, bool *unit_right, bool *citation_right)
{
    *value_right = *unit_right = *citation_right = false;
    int best = -1;
    for (size_t at = 0; *value && answer[at]; at++) {
        size_t n = value_length(answer + at, value);
        if (n == 0 || !is_token(answer, at, n)) continue;
        size_t unit_len;
        bool u = unit_follows(answer, at, at + n, unit, &unit_len);
        bool c = citation_follows(answer + at + n + unit_len, cite);
        int score = (u ? 2 : 0) + (c ? 1 : 0);
        if (score <= best) continue;
        best = score;
        *value_right = true;
        *unit_right = u;
        *citation_right = c;
    }
}

static void score_part(struct eval_result *out, const char *answer, char *value, const char *unit, size_t cite)
{
    /* A unit that stands in the value is one: "4 years", "37.0°". */
    char own[64];
    size_t digits = strspn(value, "0123456789."), used = 0, len = strlen(value);
    size_t skip = digits < len && value[digits] == ' ' ? digits + 1 : digits;
    if (!*unit && digits && skip < len && len - skip < sizeof own &&
        unit_parse(value + skip, len - skip, &used) && skip + used == len) {
        memcpy(own, value + skip, len - skip + 1);
        unit = own;
        value[digits] = '\0';
    }
    bool v, u, c;
    score_value(answer, value, unit, cite, &v, &u, &c);
    out->value_right = out->value_right && v;
    out->unit_right = out->unit_right && u;
    out->citation_right = out->citation_right && c;
}

/* "5 years / 60,000 km" is two values: the answer may name them apart. */
static void score_parts(struct eval_result *out, const char *answer, struct buffer *wanted, const char *unit, size_t cite)
{
    char *value = wanted->data, *slash = wanted->len ? strstr(value, " / ") : NULL;
    bool two = slash && is_digit(value[0]) && is_digit(slash[3]) && !strstr(answer, value);
    if (two) *slash = '\0';
    score_part(out, answer, wanted->len ? value : (char[]){""}, unit, cite);
    if (two) score_part(out, answer, slash + 3, unit, cite);
}

bool evaluate_score(struct eval_result *out, const json_t *item, const char *name,
                    const char *answer, bool refused, struct error *err)
{
    bool answerable = false;
    if (!json_get_bool(item, name, "answerable", true, &answerable, err)) return false;
    out->answerable = answerable;
    out->refused = refused;
    out->value_right = out->unit_right = out->citation_right = out->right = false;
    if (!answerable) {
        out->right = refused;
        return true;
    }
    const json_t *expect = json_object_get(item, "expect");
    if (!json_is_array(expect) || json_array_size(expect) == 0)
        return error_set(err, ERROR_INPUT, "%s: field \"expect\" is not a list of values", name);
    struct buffer plain = {0}, wanted = {0};
    without_thousands(answer, &plain);
    out->value_right = out->unit_right = out->citation_right = true;
    bool ok = true;
    for (size_t i = 0; ok && i < json_array_size(expect); i++) {
        const json_t *e = json_array_get(expect, i);
        const char *value = NULL, *unit = "";
        size_t cite = 0;
        if (!json_is_object(e)) {
            ok = error_set(err, ERROR_INPUT, "%s: field \"expect\": not an object", name);
            break;
        }
        ok = json_get_string(e, name, "value", true, &value, err) &&
             json_get_string(e, name, "unit", false, &unit, err) &&
             json_get_size(e, name, "cite", true, 1, MAX_PASSAGES, &cite, err);
        if (!ok) break;
        buffer_clear(&wanted);
        without_thousands(value, &wanted);
        score_parts(out, buffer_text(&plain), &wanted, unit, cite);
    }
    if (ok && (plain.failed || wanted.failed)) ok = error_memory(err, "an evaluation");
    out->right = out->value_right && out->unit_right && out->citation_right;
    buffer_free(&plain);
    buffer_free(&wanted);
    return ok;
}

/* The answer with the numbers of the item's passages in its marks. */
static char *renumbered(const struct answer *a, const struct given *given)
{
    struct buffer b = {0};
    for (const char *p = a->text; *p;) {
        char *end = NULL;
        size_t n = *p == '[' && is_digit(p[1]) ? strtoul(p + 1, &end, 10) : 0;
        const struct answer_citation *c = NULL;
        for (size_t i = 0; n && *end == ']' && i < a->n_citations; i++)
            if (a->citations[i].n == n && a->citations[i].valid) c = &a->citations[i];
        if (c && c->document >= 1 && (size_t)c->document <= given->n_documents) {
            buffer_printf(&b, "[%zu]", given->index[c->document - 1] + 1);
            p = end + 1;
        } else {
            buffer_putc(&b, *p++);
        }
    }
    char *out = b.failed ? NULL : strdup(buffer_text(&b));
    buffer_free(&b);
    return out;
}

bool evaluate_item(struct eval_result *out, const struct generator *g, const json_t *item,
                   const char *name, size_t max_tokens, struct error *err)
{
    *out = (struct eval_result){0};
    const char *question = NULL;
    struct given_document documents[MAX_PASSAGES] = {0};
    if (!json_is_object(item)) return error_set(err, ERROR_INPUT, "%s: not an object", name);
    if (!json_get_string(item, name, "question", true, &question, err)) return false;
    const json_t *list = json_object_get(item, "passages");
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > MAX_PASSAGES)
        return error_set(err, ERROR_INPUT,
                         "%s: field \"passages\" is not a list of at most %d passages", name,
                         MAX_PASSAGES);
    for (size_t i = 0; i < n; i++) {
        const json_t *p = json_array_get(list, i);
        const char *text = NULL;
        if (!json_is_object(p))
            return error_set(err, ERROR_INPUT, "%s: passage %zu is not an object", name, i + 1);
        if (!json_get_string(p, name, "title", true, &documents[i].title, err) ||
            !json_get_string(p, name, "text", true, &text, err))
            return false;
        documents[i].content = text;
        documents[i].len = strlen(text);
    }
    struct given given;
    struct answer a;
    struct answer_options options = answer_options_default();
    options.max_tokens = max_tokens;
    if (!given_read(&given, documents, n, NULL, err)) return false;
    bool ok = answer_question(&a, given.store, g, question, &options, err);
    if (ok) {
        out->usage = a.usage;
        out->generated = a.generated;
        out->answer = renumbered(&a, &given);
        ok = (out->answer || error_memory(err, "an answer")) &&
             evaluate_score(out, item, name, out->answer, a.refused, err);
        answer_free(&a);
    }
    given_free(&given);
    if (!ok) eval_result_free(out);
    return ok;
}

static void add(struct eval_totals *t, const struct eval_result *r)
{
    t->items++;
    if (r->answerable) {
        t->answerable++;
        t->right_answers += r->right;
        t->value_right += r->value_right;
        t->unit_right += r->unit_right;
        t->citation_right += r->citation_right;
        t->wrong_refusals += r->refused;
    } else {
        t->unanswerable++;
        t->right_refusals += r->right;
    }
    t->generated_answers += r->generated;
    t->prompt_tokens += r->usage.prompt_tokens;
    t->generated_tokens += r->usage.generated_tokens;
}

bool evaluate_file(struct eval_totals *totals, const struct generator *g, const char *path,
                   size_t limit, size_t max_tokens, eval_each *each, void *context,
                   struct error *err)
{
    *totals = (struct eval_totals){0};
    FILE *file = fopen(path, "re");
    if (!file) return error_errno(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s", path);
    char *line = NULL;
    size_t cap = 0, number = 0;
    bool ok = true, more = true;
    double start = clock_seconds();
    while (ok && more && (limit == 0 || totals->items < limit)) {
        ssize_t len = getline(&line, &cap, file);
        if (len < 0) break;
        number++;
        if (line[strspn(line, " \t\r\n")] == '\0') continue;
        char name[512];
        snprintf(name, sizeof name, "%.480s:%zu", path, number);
        if (len > MAX_LINE) {
            ok = error_set(err, ERROR_INPUT, "%s: a line of more than 4 MB", name);
            break;
        }
        json_t *item = json_read_text(line, (size_t)len, name, err);
        struct eval_result r;
        ok = item && evaluate_item(&r, g, item, name, max_tokens, err);
        if (ok) {
            add(totals, &r);
            totals->seconds = clock_seconds() - start;
            more = !each || each(context, item, &r, totals);
            eval_result_free(&r);
        }
        json_decref(item);
    }
    if (ok && ferror(file)) ok = error_errno(err, ERROR_IO, "%s", path);
    if (ok && totals->items == 0 && more)
        ok = error_set(err, ERROR_INPUT, "%s: holds no questions", path);
    free(line);
    fclose(file);
    return ok;
}
