#include "ingest/file_makes.h"

#include "ingest/subject.h"
#include "vehicle/registry.h"

#include <string.h>
#include <strings.h>
#include <xxhash.h>

enum {
    SLOTS = 2048, /* a power of two */
    MAX_NAMES = 1024,
    NAME_TOKENS = 8,
    SHORT_NAME = 4, /* bytes: a shorter word alone names nothing: "GT" */
};

/* The words of a model; 0: it is too short, or too long, to tell it from others. */
static uint64_t hash_of(const char *model)
{
    struct token t[NAME_TOKENS];
    size_t n = tokens_split(model, strlen(model), TOKENS_TEXT, t, NAME_TOKENS);
    uint64_t h = 1;
    bool letters = false;
    for (size_t i = 0; i < n; i++) {
        h = XXH3_64bits_withSeed(t[i].key, strlen(t[i].key), h);
        letters |= t[i].kind != TOKEN_NUMBER;
    }
    return n == 0 || n == NAME_TOKENS || !letters || (n == 1 && strlen(t[0].key) < SHORT_NAME) ? 0 : h;
}

static struct file_make *slot_of(const struct file_makes *m, uint64_t h)
{
    size_t at = (size_t)h & (SLOTS - 1);
    while (m->slots[at].make && m->slots[at].model != h) at = (at + 1) & (SLOTS - 1);
    return &m->slots[at];
}

bool file_makes_add(struct file_makes *m, const char *make, const char *model)
{
    uint64_t h = *make ? hash_of(model) : 0;
    if (!h) return true;
    if (!m->slots) {
        m->slots = arena_array(&m->arena, SLOTS, sizeof *m->slots);
        if (!m->slots) return false;
        memset(m->slots, 0, SLOTS * sizeof *m->slots);
    }
    struct file_make *s = slot_of(m, h);
    if (s->make) {
        if (strcasecmp(s->make, make) != 0) s->make = "";
        return true;
    }
    if (m->n == MAX_NAMES) return true;
    char *copy = arena_strndup(&m->arena, make, strlen(make));
    if (!copy) return false;
    *s = (struct file_make){h, copy};
    m->n++;
    return true;
}

const char *file_makes_find(const struct file_makes *m, const char *model)
{
    uint64_t h = m->slots ? hash_of(model) : 0;
    const struct file_make *s = h ? slot_of(m, h) : NULL;
    return s && s->make ? s->make : "";
}

/* Whether a word may be the make at the front of a heading's name: no kind of vehicle, no word of documents. */
static bool may_be_make(const struct token *t)
{
    const struct term *terms = NULL;
    size_t n = 0;
    return t->kind == TOKEN_WORD && t->upper && strlen(t->key) >= 3 && !is_document_word(t->key) &&
           !is_small_word(t->key) && !registry_match(t, 1, &terms, &n);
}

bool file_makes_read_headings(struct file_makes *m, const struct document *d)
{
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct block *b = &d->blocks[i];
        struct subject s;
        struct token t[NAME_TOKENS];
        if (b->kind != BLOCK_HEADING || b->len == 0 || b->len > DOCUMENT_MAX_NAME || is_section_heading(b->text, b->len))
            continue;
        if (!subject_read(&s, &m->arena, b->text, b->len, SUBJECT_HEADING)) return false;
        if (s.make_number >= 0) {
            if (!file_makes_add(m, s.make, s.model)) return false;
            continue;
        }
        size_t n = tokens_split(s.model, strlen(s.model), TOKENS_TEXT, t, NAME_TOKENS);
        if (n < 2 || n == NAME_TOKENS || t[1].gap != GAP_SPACE || !may_be_make(&t[0])) continue;
        char *make = arena_strndup(&m->arena, s.model, t[0].end);
        if (!make || !file_makes_add(m, make, s.model + t[1].begin)) return false;
    }
    return true;
}

void file_makes_free(struct file_makes *m)
{
    arena_free(&m->arena);
    *m = (struct file_makes){0};
}
