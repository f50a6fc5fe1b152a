#include "engine/kv.h"
#include "backend/backend.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = -1 };

/* A page is also its own node of the tree. */
struct page {
    int32_t tokens[KV_PAGE];
    size_t n_tokens; /* 0: not in the tree */
    size_t refs;     /* chains that have it; of a page in the tree */
    int32_t parent, first_child, next_sibling, prev_sibling;
    int32_t next_in_bucket;
    int32_t prev, next; /* in the list of idle pages, or next free one */
};

struct kv_cache {
    kv_copy *copy;
    void *context;
    size_t n_pages, n_buckets; /* the latter a power of two */
    struct page *pages;        /* (n_pages + 1): the last is the root of the tree */
    int32_t *buckets;          /* full pages by parent and tokens */
    int32_t free;
    int32_t oldest, newest; /* of the idle pages. A page stands before its parent: the chain that
                               gives both up gives the child up first */
    size_t n_free, n_idle;
};

struct kv_cache *kv_create(size_t n_pages, kv_copy *copy, void *context, struct error *err)
{
    struct kv_cache *kv = calloc(1, sizeof *kv);
    if (!kv || n_pages >= INT32_MAX) goto fail;
    *kv = (struct kv_cache){.copy = copy, .context = context, .n_pages = n_pages, .n_buckets = 1};
    while (kv->n_buckets < n_pages * 2) kv->n_buckets *= 2;
    kv->pages = calloc(n_pages + 1, sizeof *kv->pages);
    kv->buckets = malloc(kv->n_buckets * sizeof *kv->buckets);
    if (!kv->pages || !kv->buckets) goto fail;
    for (size_t i = 0; i < kv->n_buckets; i++) kv->buckets[i] = NONE;
    kv->free = kv->oldest = kv->newest = NONE;
    for (size_t i = n_pages; i-- > 0;) {
        kv->pages[i].next = kv->free;
        kv->free = (int32_t)i;
    }
    kv->n_free = n_pages;
    kv->pages[n_pages].first_child = NONE;
    return kv;
fail:
    kv_free(kv);
    error_memory(err, "KV page table");
    return NULL;
}

void kv_free(struct kv_cache *kv)
{
    if (!kv) return;
    free(kv->pages);
    free(kv->buckets);
    free(kv);
}

/* ---- the list of idle pages, and the free ones ---- */

static void idle_remove(struct kv_cache *kv, int32_t p)
{
    struct page *page = &kv->pages[p];
    *(page->prev == NONE ? &kv->oldest : &kv->pages[page->prev].next) = page->next;
    *(page->next == NONE ? &kv->newest : &kv->pages[page->next].prev) = page->prev;
    kv->n_idle--;
}

static void idle_append(struct kv_cache *kv, int32_t p)
{
    struct page *page = &kv->pages[p];
    page->prev = kv->newest;
    page->next = NONE;
    *(kv->newest == NONE ? &kv->oldest : &kv->pages[kv->newest].next) = p;
    kv->newest = p;
    kv->n_idle++;
}

static void page_hold(struct kv_cache *kv, int32_t p)
{
    if (kv->pages[p].refs++ == 0) idle_remove(kv, p);
}

static void page_drop(struct kv_cache *kv, int32_t p)
{
    if (--kv->pages[p].refs == 0) idle_append(kv, p);
}

static void page_give_back(struct kv_cache *kv, int32_t p)
{
    kv->pages[p].next = kv->free;
    kv->free = p;
    kv->n_free++;
}

/* ---- the tree ---- */

static int32_t *bucket_of(struct kv_cache *kv, int32_t parent, const int32_t *tokens)
{
    uint64_t h = (uint64_t)(uint32_t)parent;
    for (size_t i = 0; i < KV_PAGE; i++) {
        h = (h ^ (uint32_t)tokens[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    return &kv->buckets[h & (kv->n_buckets - 1)];
}

static int32_t find_full(struct kv_cache *kv, int32_t parent, const int32_t *tokens)
{
    int32_t p = *bucket_of(kv, parent, tokens);
    for (; p != NONE; p = kv->pages[p].next_in_bucket)
        if (kv->pages[p].parent == parent &&
            memcmp(kv->pages[p].tokens, tokens, sizeof kv->pages[p].tokens) == 0)
            return p;
    return NONE;
}

static void tree_remove(struct kv_cache *kv, int32_t p)
{
    struct page *page = &kv->pages[p];
    *(page->prev_sibling == NONE ? &kv->pages[page->parent].first_child
                                 : &kv->pages[page->prev_sibling].next_sibling) =
        page->next_sibling;
    if (page->next_sibling != NONE) kv->pages[page->next_sibling].prev_sibling = page->prev_sibling;
    if (page->n_tokens == KV_PAGE) {
        int32_t *at = bucket_of(kv, page->parent, page->tokens);
        while (*at != p) at = &kv->pages[*at].next_in_bucket;
        *at = page->next_in_bucket;
    }
    page->n_tokens = 0;
}

/* How many tokens at the start of a page are those given. */
static size_t same_tokens(const struct page *page, const int32_t *tokens, size_t n)
{
    size_t same = 0;
    while (same < n && same < page->n_tokens && page->tokens[same] == tokens[same]) same++;
    return same;
}

/* Idle children of `parent` that hold a beginning of these tokens and no more know nothing of
 * their own. */
static void drop_shorter(struct kv_cache *kv, int32_t parent, const int32_t *tokens, size_t n)
{
    for (int32_t p = kv->pages[parent].first_child, next; p != NONE; p = next) {
        struct page *page = &kv->pages[p];
        next = page->next_sibling;
        if (page->refs || page->n_tokens >= n || same_tokens(page, tokens, n) < page->n_tokens)
            continue;
        tree_remove(kv, p);
        idle_remove(kv, p);
        page_give_back(kv, p);
    }
}

/* The page becomes known, held once. */
static void tree_insert(struct kv_cache *kv, int32_t p, int32_t parent, const int32_t *tokens,
                        size_t n)
{
    drop_shorter(kv, parent, tokens, n);
    struct page *page = &kv->pages[p];
    memcpy(page->tokens, tokens, n * sizeof *tokens);
    page->n_tokens = n;
    page->refs = 1;
    page->parent = parent;
    page->first_child = page->prev_sibling = NONE;
    page->next_sibling = kv->pages[parent].first_child;
    if (page->next_sibling != NONE) kv->pages[page->next_sibling].prev_sibling = p;
    kv->pages[parent].first_child = p;
    if (n == KV_PAGE) {
        int32_t *bucket = bucket_of(kv, parent, tokens);
        page->next_in_bucket = *bucket;
        *bucket = p;
    }
}

/* A page for new tokens: a free one, else the idle one that was not used for longest. */
static int32_t page_take(struct kv_cache *kv)
{
    int32_t p = kv->free;
    if (p != NONE) {
        kv->free = kv->pages[p].next;
        kv->n_free--;
        return p;
    }
    p = kv->oldest;
    if (p == NONE) return NONE;
    idle_remove(kv, p);
    tree_remove(kv, p);
    return p;
}

/* ---- chains ---- */

static bool chain_reserve(struct kv_chain *c, size_t n)
{
    if (n <= c->cap) return true;
    size_t cap = c->cap ? c->cap : 16;
    while (cap < n) cap *= 2;
    int32_t *pages = realloc(c->pages, cap * sizeof *pages);
    if (!pages) return false;
    c->pages = pages;
    c->cap = cap;
    return true;
}

static int32_t last_known(const struct kv_cache *kv, const struct kv_chain *c)
{
    return c->n_known ? c->pages[c->n_known - 1] : (int32_t)kv->n_pages;
}

size_t kv_skip(struct kv_cache *kv, struct kv_chain *c, const int32_t *tokens, size_t done,
               size_t n)
{
    while (done == c->n_known * KV_PAGE && done + KV_PAGE <= n &&
           chain_reserve(c, c->n_known + 1)) {
        int32_t p = find_full(kv, last_known(kv, c), tokens + done);
        if (p == NONE) break;
        page_hold(kv, p);
        if (c->n_pages > c->n_known)
            page_give_back(kv, c->pages[c->n_known]);
        else
            c->n_pages++;
        c->pages[c->n_known++] = p;
        done += KV_PAGE;
    }
    return done;
}

size_t kv_match(struct kv_cache *kv, struct kv_chain *c, const int32_t *tokens, size_t n)
{
    size_t done = kv_skip(kv, c, tokens, 0, n), best = 0;
    int32_t from = NONE;
    for (int32_t p = kv->pages[last_known(kv, c)].first_child; p != NONE;
         p = kv->pages[p].next_sibling) {
        size_t same = same_tokens(&kv->pages[p], tokens + done, n - done);
        if (same > best) {
            best = same;
            from = p;
        }
    }
    if (from == NONE || !chain_reserve(c, c->n_pages + 1)) return done;
    page_hold(kv, from);
    int32_t to = page_take(kv);
    if (to != NONE) {
        kv->copy(kv->context, from, to);
        c->pages[c->n_pages++] = to;
        done += best;
    }
    page_drop(kv, from);
    return done;
}

bool kv_extend(struct kv_cache *kv, struct kv_chain *c, size_t n)
{
    size_t want = (n + KV_PAGE - 1) / KV_PAGE;
    if (want <= c->n_pages) return true;
    if (want - c->n_pages > kv->n_free + kv->n_idle || !chain_reserve(c, want)) return false;
    while (c->n_pages < want) c->pages[c->n_pages++] = page_take(kv);
    return true;
}

void kv_fill(struct kv_cache *kv, struct kv_chain *c, const int32_t *tokens, size_t n)
{
    while ((c->n_known + 1) * KV_PAGE <= n && c->n_known < c->n_pages) {
        int32_t own = c->pages[c->n_known], parent = last_known(kv, c);
        const int32_t *at = tokens + c->n_known * KV_PAGE;
        int32_t other = find_full(kv, parent, at);
        if (other == NONE) {
            tree_insert(kv, own, parent, at, KV_PAGE);
        } else { /* somebody was quicker; the contents are the same */
            page_hold(kv, other);
            page_give_back(kv, own);
            c->pages[c->n_known] = other;
        }
        c->n_known++;
    }
}

void kv_release(struct kv_cache *kv, struct kv_chain *c, const int32_t *tokens, size_t n)
{
    kv_fill(kv, c, tokens, n);
    size_t known = c->n_known, first = known;
    if (n > known * KV_PAGE && known < c->n_pages) { /* a page that is not full */
        const int32_t *at = tokens + known * KV_PAGE;
        size_t part = n - known * KV_PAGE;
        int32_t parent = last_known(kv, c), p = kv->pages[parent].first_child;
        while (p != NONE && same_tokens(&kv->pages[p], at, part) < part)
            p = kv->pages[p].next_sibling;
        if (p == NONE) {
            tree_insert(kv, c->pages[known], parent, at, part);
            page_drop(kv, c->pages[known]);
            first++;
        }
    }
    for (size_t i = first; i < c->n_pages; i++) page_give_back(kv, c->pages[i]);
    for (size_t i = known; i-- > 0;) page_drop(kv, c->pages[i]);
    free(c->pages);
    *c = (struct kv_chain){0};
}

/* ---- pages kept between runs ---- */

size_t kv_list(const struct kv_cache *kv, struct kv_known *out, size_t max)
{
    size_t n = 0;
    int32_t *place = malloc(kv->n_pages * sizeof *place); /* in the list, or NONE */
    if (!place) return 0;
    for (size_t i = 0; i < kv->n_pages; i++) place[i] = NONE;
    /* Pages in use first, then the idle ones. Who comes brings what he stands on. */
    int32_t idle = kv->newest;
    for (size_t i = 0; i < kv->n_pages || idle != NONE; i++) {
        int32_t p = (int32_t)i;
        if (i >= kv->n_pages) {
            p = idle;
            idle = kv->pages[p].prev;
        } else if (!kv->pages[p].n_tokens || !kv->pages[p].refs) {
            continue;
        }
        while (place[p] == NONE && n < max) {
            int32_t next = p;
            while (kv->pages[next].parent != (int32_t)kv->n_pages &&
                   place[kv->pages[next].parent] == NONE)
                next = kv->pages[next].parent;
            const struct page *page = &kv->pages[next];
            int32_t parent = page->parent == (int32_t)kv->n_pages ? NONE : place[page->parent];
            out[n] = (struct kv_known){next, parent, page->tokens, page->n_tokens};
            place[next] = (int32_t)n++;
        }
    }
    free(place);
    return n;
}

int32_t kv_restore(struct kv_cache *kv, int32_t parent, const int32_t *tokens, size_t n)
{
    if (parent == NONE) parent = (int32_t)kv->n_pages;
    for (int32_t p = kv->pages[parent].first_child; p != NONE; p = kv->pages[p].next_sibling)
        if (same_tokens(&kv->pages[p], tokens, n) == n) return NONE;
    if (kv->free == NONE) return NONE;
    int32_t p = page_take(kv);
    tree_insert(kv, p, parent, tokens, n);
    struct page *page = &kv->pages[p];
    page->refs = 0;
    page->prev = NONE;
    page->next = kv->oldest;
    *(kv->oldest == NONE ? &kv->newest : &kv->pages[kv->oldest].prev) = p;
    kv->oldest = p;
    kv->n_idle++;
    return p;
}

struct kv_counts kv_count(const struct kv_cache *kv)
{
    return (struct kv_counts){kv->n_pages, kv->n_pages - kv->n_free - kv->n_idle, kv->n_idle};
}
