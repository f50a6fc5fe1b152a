/* Where the rows of a result are seen on the pages of their documents. */
#include "query/query.h"

#include <stdio.h>
#include <string.h>

/* "page 12, Rear axle" for a place that does not tell its page. */
static const char *with_page(struct arena *arena, size_t page, const char *place)
{
    static const char WORD[] = "page ";
    if (!place) place = "";
    if (strncmp(place, WORD, sizeof WORD - 1) == 0) return place;
    size_t size = strlen(place) + 40;
    char *text = arena_alloc(arena, size);
    if (text) snprintf(text, size, "%s%zu%s%s", WORD, page, *place ? ", " : "", place);
    return text;
}

bool result_locate(struct result *r, const struct catalog *c, struct store *store, struct error *err)
{
    for (size_t i = 0; i < r->n_rows && i < RESULT_MAX_LOCATED; i++) {
        struct fact_row *fact = &r->rows[i].fact;
        const struct catalog_document *d = &c->documents[c->sources[c->columns[fact->column].source].document];
        if (!d->has_pages) continue;
        if (!store_find_seen(store, d->id, fact->begin, fact->end, &r->arena, &fact->seen, err)) return false;
        if (fact->seen.page == 0) continue;
        fact->place = with_page(&r->arena, fact->seen.page, fact->place);
        if (!fact->place) return error_memory(err, "an answer");
    }
    return true;
}
