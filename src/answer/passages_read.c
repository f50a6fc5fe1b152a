#include "answer/passages_read.h"

#include "answer/prompt.h"
#include "base/clock.h"
#include "query/lexicon.h"

#include <stdlib.h>
#include <string.h>

enum { TOP_K = 6, MAX_SENTENCE = 600, MAX_QUOTES = 2 };

bool passages_find(struct store *store, const struct query *q, const struct reading_options *o,
                   struct hit_list *hits, struct error *err)
{
    *hits = (struct hit_list){0};
    if (q->n_terms == 0) return true;
    const struct vehicle_filter filter = {.metadata = o->metadata};
    const struct store_query query = {.terms = q->terms,
                                      .n_terms = q->n_terms,
                                      .filter = o->metadata ? &filter : NULL,
                                      .limit = o->top_k ? o->top_k : TOP_K};
    return store_search(store, &query, hits, err);
}

/* ---- quoting ---- */

static bool has_key(const struct token *t, size_t n, const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i < n; i++) {
        size_t have = strlen(t[i].key), least = len < have ? len : have;
        if (strcmp(t[i].key, key) == 0) return true;
        /* Endings aside: "resetting" and "reset", "lights" and "light". */
        if (least >= 4 && memcmp(t[i].key, key, least) == 0 && len - least <= 3 && have - least <= 4)
            return true;
    }
    return false;
}

/* The end of the sentence that begins at text. */
static size_t sentence_end(const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == '\n') return i;
        if (strchr(".!?", text[i]) && (text[i + 1] == ' ' || text[i + 1] == '\n' || !text[i + 1]))
            return i + 1;
    }
    return strlen(text);
}

struct quote {
    size_t hit, begin, len;
    double score;
};

bool passages_quote(struct passage_answer *out, const struct query *q, const struct hit_list *hits,
                    struct arena *arena, struct error *err)
{
    *out = (struct passage_answer){.text = "", .reasoning = ""};
    struct quote best[MAX_QUOTES] = {0};
    size_t n_best = 0;
    struct token *t = malloc(512 * sizeof *t);
    if (!t) return error_memory(err, "an answer");
    for (size_t h = 0; h < hits->n; h++) {
        const char *text = hits->items[h].text;
        size_t n_title = tokens_split(hits->items[h].title, strlen(hits->items[h].title), TOKENS_TEXT, t, 128);
        for (size_t at = 0; text[at];) {
            size_t len = sentence_end(text + at);
            size_t n = n_title + tokens_split(text + at, len < MAX_SENTENCE ? len : MAX_SENTENCE,
                                              TOKENS_TEXT, t + n_title, 512 - n_title);
            double score = 0;
            for (size_t k = 0; k < q->n_terms; k++) score += has_key(t, n, q->terms[k]);
            /* Most of the question's words stand in it or in its heading. */
            if (len > 0 && len < MAX_SENTENCE && score >= 2 && score >= 0.6 * (double)q->n_terms) {
                size_t slot = n_best;
                for (size_t k = 0; k < n_best; k++)
                    if (score > best[k].score) {
                        slot = k;
                        break;
                    }
                if (slot < MAX_QUOTES) {
                    for (size_t k = n_best < MAX_QUOTES ? n_best : MAX_QUOTES - 1; k > slot; k--)
                        best[k] = best[k - 1];
                    best[slot] = (struct quote){h, at, len, score};
                    if (n_best < MAX_QUOTES) n_best++;
                }
            }
            at += len;
            at += strspn(text + at, " \n");
        }
    }
    free(t);
    if (n_best == 0) return true;
    struct buffer b = {0};
    buffer_puts(&b, "The documents say: ");
    out->citations = arena_array(arena, MAX_QUOTES, sizeof *out->citations);
    if (!out->citations) return error_memory(err, "an answer");
    for (size_t k = 0; k < n_best; k++) {
        if (k && best[k].score < best[0].score) break;
        const struct hit *h = &hits->items[best[k].hit];
        char *quote = arena_strndup(arena, h->text + best[k].begin, best[k].len);
        if (!quote) return error_memory(err, "an answer");
        if (k) buffer_putc(&b, ' ');
        buffer_printf(&b, "\"%s\" [%zu]", quote, best[k].hit + 1);
        out->citations[out->n_citations++] = (struct passage_citation){.n = best[k].hit + 1, .valid = true, .quote = quote};
        if (best[k].hit + 1 > out->n_passages) out->n_passages = best[k].hit + 1;
    }
    out->text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return out->text || error_memory(err, "an answer");
}

/* ---- reading by a model ---- */

struct collector {
    struct buffer text, reasoning;
};

/* Nothing is passed on before it was checked. */
static bool collect(void *context, const char *text, size_t len, bool reasoning)
{
    struct collector *c = context;
    buffer_append(reasoning ? &c->reasoning : &c->text, text, len);
    return !c->text.failed && !c->reasoning.failed;
}

static const char *trimmed(const struct buffer *b, struct arena *arena)
{
    const char *text = buffer_text(b);
    size_t skip = strspn(text, " \t\r\n"), len = strlen(text);
    while (len > skip && strchr(" \t\r\n", text[len - 1])) len--;
    return arena_strndup(arena, text + skip, len - skip);
}

/* The checked text to the sink, word by word, so that the listener can end it as any other. */
static bool stream_text(struct passage_answer *out, const struct reading_options *o, struct arena *arena)
{
    for (const char *p = out->text; *p && o->sink;) {
        size_t n = strspn(p, " ");
        n += strcspn(p + n, " ");
        bool cancelled = o->cancel && atomic_load(o->cancel);
        if (cancelled || !o->sink(o->sink_context, p, n, false)) {
            out->usage.finish = FINISH_CANCELLED;
            out->text = arena_strndup(arena, out->text, (size_t)(p - out->text) + (cancelled ? 0 : n));
            return out->text != NULL;
        }
        p += n;
    }
    return true;
}

bool passages_read(struct passage_answer *out, const struct generator *g, const struct query *q,
                   const struct hit_list *hits, const struct reading_options *o, struct arena *arena,
                   struct error *err)
{
    *out = (struct passage_answer){.text = "", .reasoning = ""};
    if (o->max_tokens == 0 || o->max_tokens >= g->context_tokens)
        return error_set(err, ERROR_USAGE,
                         "an answer of %zu tokens does not fit into a context of %zu", o->max_tokens,
                         g->context_tokens);
    struct passage *passages = calloc(hits->n + 1, sizeof *passages);
    if (!passages) return error_memory(err, "an answer");
    for (size_t i = 0; i < hits->n; i++)
        passages[i] = (struct passage){hits->items[i].title, hits->items[i].text};
    double start = clock_seconds();
    struct prompt prompt;
    bool ok = prompt_build(&prompt, g, passages, hits->n, q->text, o->thinking,
                           g->context_tokens - o->max_tokens, err);
    free(passages);
    if (!ok) return false;
    out->n_passages = prompt.n_passages;
    out->prompt_seconds = clock_seconds() - start;
    struct collector c = {0};
    const struct generate_options options = {
        .max_tokens = o->max_tokens, .sampler = o->sampler, .cancel = o->cancel};
    ok = g->generate(g->context, &prompt.tokens, &options, collect, &c, &out->usage, err);
    prompt_free(&prompt);
    out->generated = true;
    if (ok && (c.text.failed || c.reasoning.failed)) ok = error_memory(err, "an answer");
    if (ok) {
        out->text = trimmed(&c.text, arena);
        out->reasoning = trimmed(&c.reasoning, arena);
        ok = (out->text && out->reasoning) || error_memory(err, "an answer");
    }
    buffer_free(&c.text);
    buffer_free(&c.reasoning);
    ok = ok && text_supported(out, out->text, hits, arena, err);
    if (!ok) return false;
    /* A figure that nothing supports is not shown, nor is a statement that cites nothing. */
    if (out->n_unsupported) out->text = "";
    return stream_text(out, o, arena) || error_memory(err, "an answer");
}
