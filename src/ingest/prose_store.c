/* What was read of prose, into the store. */
#include "ingest/prose.h"

#include <stdlib.h>

void prose_free(struct prose *p)
{
    arena_free(&p->arena);
    *p = (struct prose){0};
}

bool prose_store_subject(const struct prose *p, struct store *store, struct error *err)
{
    const struct fact_source source = {.caption = "", .row_word = "", .prose = true};
    int64_t id;
    if (!p->named) return true;
    return store_add_source(store, &source, &id, err) && store_add_record(store, id, &p->subject, &id, err);
}

bool prose_store(const struct prose *p, struct store *store, size_t *n_values, struct error *err)
{
    struct fact_value *together = NULL;
    int64_t *columns = NULL;
    bool ok = false;
    if (n_values) *n_values = p->n_values;
    if (p->n_values == 0) return true;
    together = calloc(p->n_values, sizeof *together);
    columns = calloc(p->n_columns, sizeof *columns);
    if (!together || !columns) {
        error_memory(err, "the facts of a text");
        goto done;
    }
    for (size_t i = 0; i < p->n_sources; i++) {
        const struct prose_source *s = &p->sources[i];
        int64_t source, record = 0;
        if (!store_add_source(store, &s->fact, &source, err)) goto done;
        for (size_t c = s->first_column; c < s->first_column + s->n_columns; c++)
            if (!store_add_column(store, source, &p->columns[c], &columns[c], err)) goto done;
        size_t at = s->first_value, end = s->first_value + s->n_values, last = SIZE_MAX;
        while (at < end) {
            const struct prose_value *v = &p->values[at];
            size_t n = 0;
            while (at + n < end && v[n].record == v->record && v[n].column == v->column) {
                together[n] = v[n].fact;
                n++;
            }
            if (v->record != last &&
                !store_add_record(store, source, &p->records[v->record], &record, err))
                goto done;
            last = v->record;
            if (!store_add_values(store, record, columns[v->column], together, n, err)) goto done;
            at += n;
        }
    }
    ok = true;
done:
    free(together);
    free(columns);
    return ok;
}
