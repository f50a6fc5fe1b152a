/* The conclusion of a comparison: drawn by arithmetic from verified numbers, not by the model. */
#include "answer/answer.h"
#include "vehicle/chunk.h"

#include <string.h>
#include <strings.h>

enum { MAX_SIDES = QUESTION_MAX_MENTIONS };

/* A verified number that could take part. */
static bool is_candidate(const struct number_check *n)
{
    return n->supported && !n->in_title && n->passage > 0;
}

/* The name before the colon in the line that a number stands in; 0 when there is none. */
static size_t quote_name(const struct number_check *n)
{
    struct fact f;
    if (!fact_parse(&f, n->quote, strlen(n->quote))) return 0;
    return f.name_len;
}

static bool same_name(const struct number_check *a, const struct number_check *b)
{
    size_t n = quote_name(a), m = quote_name(b);
    return n && n == m && strncasecmp(a->quote, b->quote, n) == 0;
}

static bool comparable(const struct number_check *a, const struct number_check *b, bool by_name,
                       const char *const *titles)
{
    if (strcmp(titles[a->passage - 1], titles[b->passage - 1]) == 0) return false;
    if (strcmp(a->unit, b->unit) != 0) return false;
    return by_name ? same_name(a, b) : a->unit[0] != '\0';
}

static void write_value(const struct number_check *n, struct buffer *out)
{
    if (strcmp(n->unit, "USD") == 0)
        buffer_printf(out, "$%s", n->text);
    else if (strcmp(n->unit, "%") == 0)
        buffer_printf(out, "%s%%", n->text);
    else
        buffer_printf(out, n->unit[0] ? "%s %s" : "%s%s", n->text, n->unit);
}

const char *comparison_conclude(enum comparison comparison, const struct verification *v,
                                const char *const *titles, size_t n_passages, struct arena *arena)
{
    if (comparison == COMPARE_NONE) return NULL;
    const struct number_check *sides[MAX_SIDES];
    size_t n = 0;
    /* The same name in both sources is surest; the same unit will do where the sources differ. */
    for (int by_name = 1; by_name >= 0 && n < 2; by_name--)
        for (size_t i = 0; i < v->n_numbers && n < 2; i++) {
            if (!is_candidate(&v->numbers[i]) || v->numbers[i].passage > n_passages) continue;
            n = 0;
            sides[n++] = &v->numbers[i];
            for (size_t j = i + 1; j < v->n_numbers && n < MAX_SIDES; j++) {
                const struct number_check *c = &v->numbers[j];
                bool fits = is_candidate(c) && c->passage <= n_passages;
                for (size_t k = 0; k < n && fits; k++)
                    fits = comparable(sides[k], c, by_name == 1, titles);
                if (fits) sides[n++] = c;
            }
        }
    if (n < 2) return NULL;

    bool time = strcmp(sides[0]->unit, "s") == 0;
    bool least = comparison == COMPARE_LESS || (comparison == COMPARE_FASTER && time);
    size_t winner = 0, equal = 0;
    for (size_t i = 1; i < n; i++) {
        double a = sides[i]->value, b = sides[winner]->value;
        if (least ? a < b : a > b) winner = i;
    }
    for (size_t i = 0; i < n; i++) equal += sides[i]->value == sides[winner]->value;
    struct buffer b = {0};
    if (equal == n) {
        buffer_puts(&b, n == 2 ? "Equal: both " : "Equal: all ");
        write_value(sides[0], &b);
    } else if (equal > 1) {
        buffer_free(&b);
        return NULL; /* two first ones of three: no single sentence says it well */
    } else {
        buffer_printf(&b, "%s: %s (",
                      comparison == COMPARE_FASTER ? "Faster"
                      : least                      ? "Lower"
                                                   : "Higher",
                      titles[sides[winner]->passage - 1]);
        write_value(sides[winner], &b);
        buffer_puts(&b, " against ");
        bool first = true;
        for (size_t i = 0; i < n; i++) {
            if (i == winner) continue;
            if (!first) buffer_puts(&b, " and ");
            first = false;
            write_value(sides[i], &b);
        }
        buffer_putc(&b, ')');
    }
    buffer_putc(&b, '.');
    const char *text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return text;
}
