/* Text of manuals that says all of the question's words: a step, a line of a list or of a table that no fact was
 * made of, with the headings above it. "Tighten the capscrews to 65 lb-ft" below "Flywheel". */
#include "answer/passages_read.h"

#include "query/document_words.h"
#include "query/word_match.h"
#include "vehicle/unit.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_HITS = 40,
    MAX_LINE = 400,    /* bytes of a line that is quoted; of a longer one a sentence and the next */
    MAX_HEADING = 60,  /* bytes of a line that is a heading by itself */
    MAX_TOKENS = 400,
    MAX_QUOTES = 2,
    MAX_PAGES = 3, /* that a passage goes over */
};

struct quoted {
    size_t hit, begin, len;
    int score;
};

struct path_quoter {
    const struct query *q;
    const struct catalog *c;
    struct store *store;
    struct error *err;
    struct word_sets words;
    struct document_words about;
    struct token tokens[MAX_TOKENS];
    struct quoted best[MAX_QUOTES];
    size_t n_best;
    size_t n_equal; /* places that say as much as the best */
};

static uint32_t words_in(struct path_quoter *p, const char *text, size_t len)
{
    uint32_t bits = 0;
    size_t n = tokens_split(text, len, TOKENS_TEXT, p->tokens, MAX_TOKENS);
    for (size_t k = 0; k < p->q->n_cell_words; k++)
        if (word_in_tokens(p->tokens, n, &p->q->cell_words[k])) bits |= 1u << k;
    return bits;
}

static bool names_another(struct path_quoter *p, const char *text, size_t len, uint32_t codes)
{
    if (!codes) return false;
    size_t n = tokens_split(text, len, TOKENS_TEXT, p->tokens, MAX_TOKENS);
    for (size_t k = 0; k < p->q->n_cell_words; k++)
        if (codes >> k & 1 && other_code_in_tokens(p->tokens, n, &p->q->cell_words[k])) return true;
    return false;
}

/* Figures of a text with a unit: their dimensions, a bit each; and those that convert to the unit that is wanted. */
struct figures {
    uint64_t dimensions;
    size_t n_convert;
    bool has_wanted;          /* one is in the wanted unit itself */
    const struct unit *unit;  /* of the last that converts */
    double value;
};

static struct figures figures_in(const char *text, size_t len, const struct unit *wanted)
{
    struct figures f = {0};
    double v;
    for (size_t i = 0; i + 1 < len; i++) {
        if (text[i] < '0' || text[i] > '9' || (text[i + 1] >= '0' && text[i + 1] <= '9')) continue;
        size_t at = i + 1, used, begin = i;
        while (at < len && (text[at] == ' ' || text[at] == '-')) at++;
        const struct unit *u = at < len ? unit_parse(text + at, len - at, &used) : NULL;
        if (!u) continue;
        f.dimensions |= UINT64_C(1) << u->dimension;
        if (!wanted || !unit_convert(1, u, wanted, &v)) continue;
        f.n_convert++;
        f.has_wanted = f.has_wanted || u == wanted;
        while (begin && ((text[begin - 1] >= '0' && text[begin - 1] <= '9') || text[begin - 1] == '.')) begin--;
        bool range = begin && strchr("-,/", text[begin - 1]); /* "44-52 lb-ft" */
        f.unit = range ? NULL : u;
        f.value = strtod(text + begin, NULL);
    }
    return f;
}

static bool has_digit(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= '0' && text[i] <= '9') return true;
    return false;
}

static void keep(struct path_quoter *p, const struct quoted *quote)
{
    if (p->n_best && quote->score < p->best[0].score) return;
    if (p->n_best && quote->score > p->best[0].score) p->n_best = p->n_equal = 0;
    p->n_equal++;
    if (p->n_best < MAX_QUOTES) p->best[p->n_best++] = *quote;
}

/* What stands above a line: the headings of its passage and the last heading in it. */
struct heading {
    const char *title;
    uint32_t bits;     /* of the title */
    const char *inner; /* in the passage's text; NULL: none */
    size_t inner_len;
    uint32_t inner_bits;
    uint32_t about;    /* of the document */
};

/* Whether text[0, len) with its headings says all; its rank then, 0 else. */
static int rank_of(struct path_quoter *p, const struct heading *h, const char *text, size_t len)
{
    uint32_t own = words_in(p, text, len), near = h->bits | h->inner_bits, units = 0;
    const struct figures found = figures_in(text, len, p->q->cell_unit);
    bool converts = !p->q->cell_unit || found.n_convert;
    uint64_t figures = found.dimensions;
    if (p->words.quantities && !(figures & p->words.quantities)) return 0;
    if ((p->q->cell_figure && !has_digit(text, len)) || !converts) return 0;
    for (size_t k = 0; k < p->q->n_cell_words; k++)
        if (p->q->cell_words[k].dimensions & figures) units |= 1u << k;
    uint32_t needed = p->words.needed, plain = needed & ~p->words.codes;
    if ((own | near | units | h->about) != (own | near | units | h->about | needed)) return 0;
    /* What is asked about stands in the line itself, or right above it. */
    uint32_t here = own | near;
    bool coded = p->words.codes && !(p->words.codes & ~here);
    if (!(own & needed) || !(here & plain) || (!coded && !(here & plain & ~p->words.measured))) return 0;
    if (__builtin_popcount(plain & ~(here | units)) > 1) return 0;
    uint32_t codes = p->words.codes & ~own;
    if (names_another(p, text, len, codes)) return 0;
    codes &= ~h->inner_bits;
    if (h->inner && names_another(p, h->inner, h->inner_len, codes)) return 0;
    if (names_another(p, h->title, strlen(h->title), codes & ~h->bits)) return 0;
    return 1 + 100 * __builtin_popcount(own & needed) + 10 * __builtin_popcount(near & p->words.codes & ~own) +
           __builtin_popcount((own | near) & ~needed);
}

/* "b. Flywheel": a short line without a figure's unit or a full stop. */
static bool is_heading(const char *text, size_t len)
{
    if (len == 0 || len > MAX_HEADING || memchr(text, '|', len)) return false;
    return !strchr(".:;,", text[len - 1]) && !figures_in(text, len, NULL).dimensions;
}

static size_t sentence_length(const char *text, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++)
        if (strchr(".!?", text[i]) && text[i + 1] == ' ' && (i < 2 || text[i - 1] != '.' )) return i + 1;
    return len;
}

static void look_at_line(struct path_quoter *p, const struct heading *h, size_t hit, const char *text, size_t begin,
                         size_t len)
{
    if (len <= MAX_LINE) {
        int score = rank_of(p, h, text + begin, len);
        if (score) keep(p, &(struct quoted){hit, begin, len, score});
        return;
    }
    for (size_t at = 0; at < len;) {
        size_t one = sentence_length(text + begin + at, len - at), both = one;
        int score = one <= MAX_LINE ? rank_of(p, h, text + begin + at, one) : 0;
        if (!score && at + one < len) {
            both += sentence_length(text + begin + at + one, len - at - one);
            score = both <= MAX_LINE ? rank_of(p, h, text + begin + at, both) : 0;
        }
        if (score) keep(p, &(struct quoted){hit, begin + at, both, score});
        at += one;
        while (at < len && text[begin + at] == ' ') at++;
    }
}

/* The words of a passage's headings, "Cooling - Water pump"; a sentence that was set as a heading is none. */
static uint32_t words_of_title(struct path_quoter *p, const char *title)
{
    uint32_t bits = 0;
    while (*title) {
        const char *end = strstr(title, " - "), *deeper = strstr(title, " > ");
        if (!end || (deeper && deeper < end)) end = deeper;
        size_t len = end ? (size_t)(end - title) : strlen(title);
        if (len <= MAX_HEADING) bits |= words_in(p, title, len);
        title += len + (end ? 3 : 0);
    }
    return bits;
}

static void look_at_hit(struct path_quoter *p, const struct hit *hit, size_t number, uint32_t about)
{
    const char *text = hit->text;
    struct heading h = {.title = hit->title, .bits = words_of_title(p, hit->title), .about = about};
    for (size_t at = 0; text[at];) {
        size_t len = strcspn(text + at, "\n"), begin = at, end = at + len;
        at = end + (text[end] == '\n');
        if (len > 2 && text[begin] == '-' && text[begin + 1] == ' ') begin += 2;
        bool header = h.inner == NULL && begin == 0 && memchr(text, '|', len); /* of a table */
        if (header || is_heading(text + begin, end - begin)) {
            h.inner = text + begin;
            h.inner_len = end - begin;
            h.inner_bits = words_in(p, h.inner, h.inner_len);
        }
        if (!is_heading(text + begin, end - begin)) look_at_line(p, &h, number, text, begin, end - begin);
    }
}

/* Where the quote stands in the document: the passage may go over several pages. */
static bool find_place(struct path_quoter *p, const struct hit *hit, const char *quote, struct passage_citation *out)
{
    struct arena arena = {0};
    struct store_seen seen;
    struct error none = {0};
    bool ok = store_find_seen(p->store, hit->document, hit->begin, hit->end, &arena, &seen, p->err);
    for (size_t n = seen.page; ok && seen.page && n <= seen.page + MAX_PAGES; n++) {
        struct store_page page;
        if (!store_read_page(p->store, hit->document, n, &arena, &page, &none)) break;
        const char *at = strstr(page.text, quote);
        if (!at) continue;
        out->begin = page.begin + (uint64_t)(at - page.text);
        out->end = out->begin + strlen(quote);
        break;
    }
    arena_free(&arena);
    return ok;
}

/* The only figure of the quote that converts, in the wanted unit: " (20 Nm)". */
static void write_converted(const struct path_quoter *p, const char *quote, struct buffer *b)
{
    const struct unit *wanted = p->q->cell_unit;
    const struct figures f = figures_in(quote, strlen(quote), wanted);
    double v;
    if (!wanted || f.has_wanted || f.n_convert != 1 || !f.unit || !unit_convert(f.value, f.unit, wanted, &v)) return;
    buffer_printf(b, " (%.4g %s = %.4g %s)", f.value, f.unit->symbol, v, wanted->symbol);
}

static bool write_answer(struct path_quoter *p, struct passage_answer *out, const struct hit_list *hits,
                         struct arena *arena)
{
    struct buffer b = {0};
    buffer_puts(&b, "The documents say: ");
    out->citations = arena_array(arena, MAX_QUOTES, sizeof *out->citations);
    bool ok = out->citations != NULL;
    for (size_t k = 0; ok && k < p->n_best; k++) {
        const struct quoted *best = &p->best[k];
        char *quote = arena_strndup(arena, hits->items[best->hit].text + best->begin, best->len);
        if (!(ok = quote != NULL)) break;
        buffer_printf(&b, "%s\"%s\" [%zu]", k ? " " : "", quote, best->hit + 1);
        write_converted(p, quote, &b);
        struct passage_citation *citation = &out->citations[out->n_citations++];
        *citation = (struct passage_citation){.n = best->hit + 1, .valid = true, .quote = quote};
        ok = find_place(p, &hits->items[best->hit], quote, citation);
        if (best->hit + 1 > out->n_passages) out->n_passages = best->hit + 1;
    }
    out->text = ok && !b.failed ? arena_strdup(arena, buffer_text(&b)) : NULL;
    buffer_free(&b);
    return out->text != NULL;
}

bool passages_quote_path(struct passage_answer *out, const struct query *q, const struct catalog *c,
                         struct store *store, struct hit_list *hits, struct arena *arena, struct error *err)
{
    *out = (struct passage_answer){.text = "", .reasoning = ""};
    *hits = (struct hit_list){0};
    if (q->n_cell_words < 2 || !q->cell_figure || q->n_terms == 0) return true;
    const struct store_query search = {.terms = q->terms, .n_terms = q->n_terms, .limit = MAX_HITS};
    if (!store_search(store, &search, hits, err)) return false;
    struct path_quoter *p = calloc(1, sizeof *p);
    if (!p) return error_memory(err, "an answer");
    p->q = q;
    p->c = c;
    p->store = store;
    p->err = err;
    p->words = word_sets_of(q);
    bool ok = true;
    for (size_t i = 0; ok && i < hits->n; i++) {
        size_t document = catalog_document(c, hits->items[i].document);
        uint32_t about;
        if (document == SIZE_MAX || !c->documents[document].has_pages) continue;
        ok = document_words(&p->about, q, c, store, document, &about, err);
        if (ok) look_at_hit(p, &hits->items[i], i, about);
    }
    /* What many places say is no answer to one question. */
    if (ok && p->n_best && p->n_equal <= MAX_QUOTES)
        ok = write_answer(p, out, hits, arena) || error_memory(err, "an answer");
    free(p);
    return ok;
}
