/* Whether what a model wrote stands in the passages that it cites. */
#include "answer/passages_read.h"
#include "vehicle/registry.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARTS = 64, MAX_SENTENCE = 4000, MAX_TOKENS = 512, MAX_IDS = 16 };

/* The attributes that a sentence names. */
static size_t attributes_of(const char *text, size_t len, int *ids, struct token *t)
{
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, MAX_TOKENS), n_ids = 0;
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, run = registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; run && k < n_terms && n_ids < MAX_IDS; k++)
            if (terms[k].kind == TERM_ATTRIBUTE && !terms[k].code) ids[n_ids++] = terms[k].id;
        i += run ? run : 1;
    }
    return n_ids;
}

static size_t sentence_length(const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == '\n') return i + 1;
        if (strchr(".!?", text[i]) && (text[i + 1] == ' ' || text[i + 1] == '\n' || !text[i + 1]))
            return i + 1;
    }
    return strlen(text);
}

static bool same_figure(const struct value_part *a, const struct value_part *b)
{
    if ((a->unit != NULL) != (b->unit != NULL)) return false;
    double low = b->low, high = b->high;
    if (a->unit && (!unit_convert(b->low, b->unit, a->unit, &low) ||
                    !unit_convert(b->high, b->unit, a->unit, &high)))
        return false;
    /* Rounding of a conversion, half a percent, where the unit was changed; none else. */
    double tolerance = a->unit != b->unit ? 0.005 : 1e-9;
    return fabs(a->low - low) <= tolerance * fabs(low) + 1e-9 &&
           fabs(a->high - high) <= tolerance * fabs(high) + 1e-9;
}

struct checker {
    struct token *tokens;
    struct value_part parts[MAX_PARTS], theirs[MAX_PARTS];
};

/* The sentence of the passage that has the figure and one of the attributes; NULL. */
static const char *find_sentence(struct checker *c, const struct hit *h, const struct value_part *figure,
                                 const int *ids, size_t n_ids, size_t *len)
{
    for (const char *p = h->text; *p;) {
        size_t n = sentence_length(p);
        size_t n_parts = value_scan(p, n < MAX_SENTENCE ? n : MAX_SENTENCE, NUMBER_POINT, c->theirs, MAX_PARTS);
        bool has = false;
        for (size_t i = 0; i < n_parts && !has; i++) has = same_figure(figure, &c->theirs[i]);
        if (has) {
            int theirs[MAX_IDS];
            size_t n_theirs = attributes_of(p, n, theirs, c->tokens);
            bool about = n_ids == 0;
            for (size_t i = 0; i < n_ids; i++)
                for (size_t k = 0; k < n_theirs; k++) about = about || ids[i] == theirs[k];
            if (about) {
                *len = n;
                return p;
            }
        }
        p += n;
        p += strspn(p, " \n");
    }
    return NULL;
}

static bool cite(struct passage_answer *out, size_t n, const struct hit_list *hits, const char *quote,
                 size_t len, struct arena *arena)
{
    struct passage_citation *c = NULL;
    for (size_t i = 0; i < out->n_citations; i++)
        if (out->citations[i].n == n) c = &out->citations[i];
    if (!c) {
        if (out->n_citations == MAX_PARTS) return true;
        c = &out->citations[out->n_citations++];
        *c = (struct passage_citation){.n = n, .valid = n >= 1 && n <= hits->n, .quote = ""};
    }
    if (quote && !c->quote[0]) {
        while (len && isspace((unsigned char)quote[len - 1])) len--;
        c->quote = arena_strndup(arena, quote, len);
    }
    return c->quote != NULL;
}

bool text_supported(struct passage_answer *out, const char *text, const struct hit_list *hits,
                    struct arena *arena, struct error *err)
{
    struct checker *c = malloc(sizeof *c);
    out->citations = arena_array(arena, MAX_PARTS, sizeof *out->citations);
    out->n_citations = out->n_unsupported = 0;
    if (c) c->tokens = malloc(MAX_TOKENS * sizeof *c->tokens);
    bool ok = c && c->tokens && out->citations;
    for (const char *p = text; ok && *p;) {
        size_t n = sentence_length(p), marks[16], n_marks = 0;
        /* A mark behind the full stop belongs to the sentence: "... 203 hp. [1]" */
        size_t more = strspn(p + n, " ");
        while (p[n + more] == '[' && isdigit((unsigned char)p[n + more + 1])) {
            const char *close = strchr(p + n + more, ']');
            if (!close) break;
            n = (size_t)(close - p) + 1;
            more = strspn(p + n, " ");
        }
        char *plain = arena_strndup(arena, p, n);
        ok = plain != NULL;
        for (size_t i = 0; ok && i < n; i++) {
            if (p[i] != '[' || !isdigit((unsigned char)p[i + 1])) continue;
            size_t number = 0, k = i + 1;
            while (k < n && isdigit((unsigned char)p[k]) && number < 10000)
                number = number * 10 + (size_t)(p[k++] - '0');
            if (p[k] != ']') continue;
            if (n_marks < 16) marks[n_marks++] = number;
            memset(plain + i, ' ', k + 1 - i); /* the mark's own number is no figure */
            ok = cite(out, number, hits, NULL, 0, arena);
            if (number < 1 || number > hits->n) out->n_unsupported++;
        }
        int ids[MAX_IDS];
        size_t n_ids = ok ? attributes_of(plain, n, ids, c->tokens) : 0;
        size_t n_parts = ok ? value_scan(plain, n, NUMBER_POINT, c->parts, MAX_PARTS) : 0;
        for (size_t i = 0; ok && i < n_parts; i++) {
            bool found = false;
            for (size_t k = 0; k < n_marks && !found; k++) {
                if (marks[k] < 1 || marks[k] > hits->n) continue;
                size_t len;
                const struct hit *h = &hits->items[marks[k] - 1];
                const char *sentence = find_sentence(c, h, &c->parts[i], ids, n_ids, &len);
                if (!sentence) {
                    /* Part of the vehicle's name: a year, the 150 of F-150. */
                    size_t n_title = value_scan(h->title, strlen(h->title), NUMBER_POINT, c->theirs, MAX_PARTS);
                    for (size_t j = 0; j < n_title; j++)
                        found = found || (!c->parts[i].unit && c->theirs[j].low == c->parts[i].low);
                    continue;
                }
                found = true;
                ok = cite(out, marks[k], hits, sentence, len, arena);
            }
            if (!found) out->n_unsupported++;
        }
        p += n;
        p += strspn(p, " \n");
    }
    if (c) free(c->tokens);
    free(c);
    return ok || error_memory(err, "an answer");
}
