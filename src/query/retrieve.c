#include "query/retrieve.h"

#include <stdlib.h>
#include <string.h>

enum {
    TOP_K_VEHICLE = 4, /* one row holds most answers: more passages only cost time */
    TOP_K_OPEN = 6,
    LIST_LIMIT = 50,
    FILL_LIMIT = 1000, /* passages looked at when filling up */
    RRF_K = 60,        /* the constant of the paper */
};

static bool append_copy(struct hit_list *out, const struct hit *h, double score, struct error *err)
{
    if (out->n == out->cap) {
        size_t cap = out->cap ? out->cap * 2 : 16;
        struct hit *items = realloc(out->items, cap * sizeof *items);
        if (!items) return error_memory(err, "search results");
        out->items = items;
        out->cap = cap;
    }
    struct hit c = *h;
    c.score = score;
    c.path = arena_strdup(&out->arena, h->path);
    c.title = arena_strdup(&out->arena, h->title);
    c.text = arena_strdup(&out->arena, h->text);
    c.location = arena_strdup(&out->arena, h->location);
    if (!c.path || !c.title || !c.text || !c.location ||
        !vehicle_copy(&c.vehicle, &h->vehicle, &out->arena))
        return error_memory(err, "search results");
    out->items[out->n++] = c;
    return true;
}

static bool holds_chunk(const struct hit_list *l, int64_t chunk)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].chunk == chunk) return true;
    return false;
}

struct merged {
    const struct hit *hit;
    double score;
    size_t order; /* of first sight: decides between equal scores */
};

static int compare_merged(const void *a, const void *b)
{
    const struct merged *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

bool hit_lists_merge(const struct hit_list *const *lists, size_t n, size_t top_k,
                     struct hit_list *out, struct error *err)
{
    size_t total = 0, used = 0;
    for (size_t l = 0; l < n; l++) total += lists[l]->n;
    if (total == 0) return true;
    struct merged *all = calloc(total, sizeof *all);
    if (!all) return error_memory(err, "search results");
    for (size_t l = 0; l < n; l++)
        for (size_t i = 0; i < lists[l]->n; i++) {
            const struct hit *h = &lists[l]->items[i];
            size_t at = 0;
            while (at < used && all[at].hit->chunk != h->chunk) at++;
            if (at == used) all[used++] = (struct merged){h, 0, at};
            all[at].score += 1.0 / (double)(RRF_K + i + 1);
        }
    qsort(all, used, sizeof *all, compare_merged);
    bool ok = true;
    for (size_t i = 0; ok && i < used && i < top_k; i++)
        ok = append_copy(out, all[i].hit, all[i].score, err);
    free(all);
    return ok;
}

/* ---- one vehicle ---- */

struct ranking {
    bool trim_match;
    bool near_best; /* BM25 within a fifth of the best one */
    int year;
    size_t order;
    struct hit hit;
};

static int compare_ranking(const void *a, const void *b)
{
    const struct ranking *x = a, *y = b;
    if (x->trim_match != y->trim_match) return x->trim_match ? -1 : 1;
    if (x->near_best != y->near_best) return x->near_best ? -1 : 1;
    /* Among equals the newest year: a question without one means today's car. */
    if (x->near_best && x->year != y->year) return x->year > y->year ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Puts the trim that is asked for first, then what matches about as well as the best by year. */
static bool rank(struct hit_list *l, const struct mention *m, struct error *err)
{
    if (l->n < 2) return true;
    struct ranking *r = calloc(l->n, sizeof *r);
    if (!r) return error_memory(err, "search results");
    double best = l->items[0].score;
    struct buffer key = {0};
    for (size_t i = 0; i < l->n; i++) {
        const struct hit *h = &l->items[i];
        buffer_clear(&key);
        vehicle_key(h->vehicle.trim, strlen(h->vehicle.trim), &key);
        r[i] = (struct ranking){m->trim_key[0] && strcmp(buffer_text(&key), m->trim_key) == 0,
                                !m->vehicle.year && h->score >= 0.8 * best, h->vehicle.year, i, *h};
    }
    qsort(r, l->n, sizeof *r, compare_ranking);
    for (size_t i = 0; i < l->n; i++) l->items[i] = r[i].hit;
    buffer_free(&key);
    free(r);
    return true;
}

static bool append_new(struct hit_list *out, const struct hit_list *from, size_t at_most,
                       struct error *err)
{
    for (size_t i = 0, added = 0; i < from->n && added < at_most; i++) {
        if (holds_chunk(out, from->items[i].chunk)) continue;
        if (!append_copy(out, &from->items[i], from->items[i].score, err)) return false;
        added++;
    }
    return true;
}

/* Everything that may answer about one vehicle, best first. *matched: how many at the front hold
 * words of the question. */
static bool retrieve_mention(struct store *store, const struct question *q, const struct mention *m,
                             const struct metadata_filter *metadata, struct hit_list *out,
                             size_t *matched, struct error *err)
{
    struct vehicle_filter filter = {.manufacturer =
                                        m->manufacturer_key[0] ? m->manufacturer_key : NULL,
                                    .model = m->model_key[0] ? m->model_key : NULL,
                                    .model_prefix = m->model_prefix,
                                    .year = m->vehicle.year,
                                    .metadata = metadata};
    struct hit_list found = {0}, listed = {0}, loose = {0}, merged = {0};
    bool ok = true;
    int years[2] = {m->vehicle.year, 0};
    if (m->year_missing) memcpy(years, m->years_near, sizeof years);
    for (size_t pass = 0; pass < 2 && ok && !m->unknown; pass++) {
        /* A second pass without the year: the store may not know any of this model. */
        if (pass == 1 && (found.n || listed.n || !m->vehicle.year || m->year_missing)) break;
        for (size_t y = 0; ok && y < 2; y++) {
            if (y == 1 && !years[1]) break;
            filter.year = pass == 0 ? years[y] : 0;
            struct store_query query = {
                .terms = q->terms, .n_terms = q->n_terms, .filter = &filter, .limit = LIST_LIMIT};
            ok = store_search(store, &query, &found, err) &&
                 store_vehicle_chunks(store, &filter, LIST_LIMIT, &listed, err);
        }
    }
    const char *required[2];
    size_t n_required = 0;
    if (m->vehicle.model[0])
        required[n_required++] = m->vehicle.model;
    else if (m->vehicle.manufacturer[0])
        required[n_required++] = m->vehicle.manufacturer;
    struct store_query query = {.terms = q->terms,
                                .n_terms = q->n_terms,
                                .required = required,
                                .n_required = n_required,
                                .unattributed = true,
                                .limit = LIST_LIMIT};
    /* Of what belongs to no vehicle, nothing is known that a filter could let through. */
    ok = ok && (metadata || store_search(store, &query, &loose, err));
    ok = ok && rank(&found, m, err) && rank(&listed, m, err);
    if (ok) {
        /* The one place where a second list (embeddings) comes in. */
        const struct hit_list *lists[] = {&found};
        ok = hit_lists_merge(lists, 1, LIST_LIMIT, &merged, err);
    }
    ok = ok && append_new(out, &merged, SIZE_MAX, err) && append_new(out, &loose, 2, err);
    *matched = out->n;
    ok = ok && append_new(out, &listed, SIZE_MAX, err);
    hit_list_free(&found);
    hit_list_free(&listed);
    hit_list_free(&loose);
    hit_list_free(&merged);
    return ok;
}

bool hit_names(const struct hit *hit, const struct mention *m)
{
    const char *name = m->vehicle.model[0] ? m->vehicle.model : m->vehicle.manufacturer;
    return name[0] && (strcasestr(hit->title, name) || strcasestr(hit->text, name));
}

/* Adds passages that were not found up to top_k; see retrieve_options. */
static bool fill_up(struct store *store, const struct question *q, size_t top_k,
                    struct hit_list *out, struct error *err)
{
    struct hit_list all = {0};
    bool ok = store_first_chunks(store, FILL_LIMIT, &all, err);
    for (size_t i = 0; ok && i < all.n && out->n < top_k; i++) {
        const struct hit *h = &all.items[i];
        bool fits = q->n_mentions == 0 || !vehicle_is_known(&h->vehicle);
        for (size_t j = 0; !fits && j < q->n_mentions; j++) fits = hit_names(h, &q->mentions[j]);
        if (fits && !holds_chunk(out, h->chunk)) ok = append_copy(out, h, 0, err);
    }
    hit_list_free(&all);
    return ok;
}

bool retrieve(struct store *store, const struct question *q, const struct retrieve_options *options,
              struct hit_list *out, struct error *err)
{
    *out = (struct hit_list){0};
    struct hit_list each[QUESTION_MAX_MENTIONS] = {{{0}, 0, 0, 0}};
    size_t matched[QUESTION_MAX_MENTIONS] = {0};
    size_t top_k = options && options->top_k ? options->top_k
                   : q->n_mentions           ? TOP_K_VEHICLE
                                             : TOP_K_OPEN;
    const struct metadata_filter *metadata = options ? options->metadata : NULL;
    bool ok = true;
    if (q->n_mentions == 0) {
        struct hit_list found = {0};
        struct vehicle_filter filter = {.metadata = metadata};
        struct store_query query = {.terms = q->terms,
                                    .n_terms = q->n_terms,
                                    .filter = metadata ? &filter : NULL,
                                    .limit = LIST_LIMIT};
        const struct hit_list *lists[] = {&found};
        ok = store_search(store, &query, &found, err) && hit_lists_merge(lists, 1, top_k, out, err);
        hit_list_free(&found);
    }
    for (size_t i = 0; ok && i < q->n_mentions; i++)
        ok = retrieve_mention(store, q, &q->mentions[i], metadata, &each[i], &matched[i], err);
    /* By turns: the best of each vehicle, then the second of each, and so on. A comparison needs
     * one passage a vehicle; where it does not hold the words asked for, two. */
    if (q->n_mentions > top_k) top_k = q->n_mentions;
    for (size_t rank_at = 0; ok && rank_at < top_k; rank_at++)
        for (size_t i = 0; ok && i < q->n_mentions && out->n < top_k; i++) {
            if (rank_at >= each[i].n) continue;
            if (q->n_mentions > 1 && rank_at > (matched[i] ? 0u : 1u)) continue;
            if (holds_chunk(out, each[i].items[rank_at].chunk)) continue;
            const struct hit *h = &each[i].items[rank_at];
            ok = append_copy(out, h, h->score, err);
        }
    for (size_t i = 0; i < q->n_mentions; i++) hit_list_free(&each[i]);
    if (ok && options && options->fill) ok = fill_up(store, q, top_k, out, err);
    if (!ok) hit_list_free(out);
    return ok;
}
