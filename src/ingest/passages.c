#include "ingest/passages.h"

#include "ingest/subject.h"
#include "store/facts.h"

#include <string.h>

enum { MAX_DEPTH = 8 };

size_t estimate_tokens(const char *text, size_t len)
{
    /* Words of about four letters; an ideograph is a token of its own. */
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80) n += (unsigned char)text[i] >= 0xe3 ? 4 : 1;
    return n / 4 + 1;
}

struct gatherer {
    struct store *store;
    const struct document *document;
    const char *name;
    struct vehicle vehicle;
    const char *headings[MAX_DEPTH];
    int levels[MAX_DEPTH];
    size_t n_headings;
    struct buffer title, location, text;
    size_t tokens, line_first, line_last;
    uint64_t begin, end;
    const char *place; /* of its first block; NULL: its lines tell it */
    size_t n;
    struct arena arena;
};

/* The page that the byte stands on; 0: the document has none. */
static size_t page_of(const struct document *d, uint64_t byte)
{
    size_t low = 0, high = d->n_pages;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->pages[middle].end <= byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->n_pages ? d->pages[low].number : 0;
}

static bool flush(struct gatherer *g, struct error *err)
{
    if (g->text.len == 0) return true;
    buffer_clear(&g->title);
    buffer_clear(&g->location);
    size_t page = page_of(g->document, g->begin);
    if (page) buffer_printf(&g->location, "page %zu", page);
    for (size_t i = 0; i < g->n_headings; i++) {
        if (i) buffer_puts(&g->title, " - ");
        if (page && i == 0) buffer_puts(&g->location, ", ");
        if (i) buffer_puts(&g->location, " > ");
        buffer_puts(&g->title, g->headings[i]);
        buffer_puts(&g->location, g->headings[i]);
    }
    if (g->n_headings == 0) buffer_puts(&g->title, g->name);
    if (g->place && !page) {
        buffer_printf(&g->location, "%s%s", g->n_headings ? ", " : "", g->place);
    } else if (g->n_headings == 0 && !page) {
        if (g->line_first == g->line_last)
            buffer_printf(&g->location, "line %zu", g->line_first);
        else
            buffer_printf(&g->location, "lines %zu-%zu", g->line_first, g->line_last);
    }
    struct vehicle v = g->vehicle;
    if (!vehicle_is_known(&v))
        for (size_t i = g->n_headings; i-- > 0;)
            if (vehicle_parse_heading(&v, g->headings[i], strlen(g->headings[i]), NULL, NULL, &g->arena))
                break;
    if (g->title.failed || g->location.failed || g->text.failed) return error_memory(err, "a passage");
    struct chunk c = {.title = buffer_text(&g->title),
                      .text = buffer_text(&g->text),
                      .location = buffer_text(&g->location),
                      .line_first = g->line_first,
                      .line_last = g->line_last,
                      .byte_begin = (size_t)g->begin,
                      .byte_end = (size_t)g->end,
                      .vehicle = v};
    if (!store_add_passage(g->store, &c, 0, err)) return false;
    g->n++;
    buffer_clear(&g->text);
    g->tokens = 0;
    return true;
}

/* The end of the last sentence or word in text[0, len) that leaves at most `room` bytes. */
static size_t cut_at(const char *text, size_t len, size_t room)
{
    if (len <= room) return len;
    size_t sentence = 0, word = 0;
    for (size_t i = room / 2; i < room; i++) {
        if (text[i] != ' ' && text[i] != '\n') continue;
        word = i;
        if (i > 0 && strchr(".!?", text[i - 1])) sentence = i;
    }
    if (sentence) return sentence;
    if (word) return word;
    while (room > 1 && ((unsigned char)text[room] & 0xc0) == 0x80) room--;
    return room;
}

static bool add(struct gatherer *g, const struct block *b, struct error *err)
{
    for (size_t at = 0; at < b->len;) {
        size_t n = cut_at(b->text + at, b->len - at, PASSAGE_TOKENS * 5);
        size_t tokens = estimate_tokens(b->text + at, n);
        if (g->text.len && g->tokens + tokens > PASSAGE_TOKENS && !flush(g, err)) return false;
        if (g->text.len == 0) {
            g->line_first = b->line_first;
            g->place = b->place;
            g->begin = b->begin;
        } else {
            buffer_putc(&g->text, '\n');
        }
        if (b->kind == BLOCK_LIST_ITEM && at == 0) buffer_puts(&g->text, "- ");
        buffer_append(&g->text, b->text + at, n);
        g->tokens += tokens;
        g->line_last = b->line_last;
        g->end = b->end;
        at += n;
        while (at < b->len && (b->text[at] == ' ' || b->text[at] == '\n')) at++;
    }
    return true;
}

bool passages_store(struct store *store, const struct document *d, const char *name,
                    const struct vehicle *vehicle, const atomic_bool *cancel, size_t *n,
                    struct error *err)
{
    struct gatherer g = {.store = store, .document = d, .name = name, .vehicle = vehicle ? *vehicle : vehicle_none()};
    bool ok = true;
    for (size_t i = 0; ok && i < d->n_blocks; i++) {
        const struct block *b = &d->blocks[i];
        if (i % 256 == 0 && cancel && atomic_load_explicit(cancel, memory_order_relaxed))
            ok = error_set(err, ERROR_CANCELLED, "%s: cancelled", d->path);
        if (!ok) break;
        if (b->kind == BLOCK_HEADING) {
            ok = flush(&g, err);
            while (g.n_headings && g.levels[g.n_headings - 1] >= b->level) g.n_headings--;
            if (g.n_headings == MAX_DEPTH) g.n_headings--;
            g.levels[g.n_headings] = b->level;
            g.headings[g.n_headings++] = b->text;
        } else if (b->kind != BLOCK_TABLE) {
            ok = add(&g, b, err);
        }
    }
    ok = ok && flush(&g, err);
    *n = g.n;
    buffer_free(&g.title);
    buffer_free(&g.location);
    buffer_free(&g.text);
    arena_free(&g.arena);
    return ok;
}
