/* "Which is the dearest?", "how heavy is it?": the vehicle that the ranking gave. */
#include "query/reading.h"

#include <string.h>

static bool find_winners(struct query *p, const struct catalog *c, struct store *store, struct error *err)
{
    struct result r;
    if (!query_execute(&r, p, c, store, err)) return false;
    bool ok = true, found = r.status == STATUS_FOUND && r.n_rows > 0 && r.n_rows <= QUERY_MAX_SUBJECTS;
    if (found) {
        p->winners = arena_array(&p->arena, r.n_rows, sizeof *p->winners);
        ok = p->winners != NULL;
        for (size_t i = 0; i < r.n_rows && ok; i++) {
            const char *title = arena_strdup(&p->arena, c->records[r.rows[i].record].title);
            size_t *record = arena_array(&p->arena, 1, sizeof *record);
            ok = title && record;
            if (!ok) break;
            *record = r.rows[i].record;
            p->winners[i] = (struct query_subject){
                .name = title, .label = title, .records = record, .n_records = 1, .exact = true};
            p->n_winners = i + 1;
        }
    }
    result_free(&r);
    return ok || error_memory(err, "a question");
}

bool query_read_turn(struct query *out, const struct word_index *v, struct store *store, const char *question,
                     struct query *previous, struct error *err)
{
    if (!query_read(out, v, question, previous, err)) return false;
    bool ranked = previous && previous->op == QUERY_RANK && previous->limit <= 1 && !previous->n_unresolved;
    if (!out->refers || !ranked || previous->n_winners) return true;
    if (!find_winners(previous, word_index_catalog(v), store, err)) {
        query_free(out);
        return false;
    }
    if (previous->n_winners == 0) return true;
    query_free(out);
    return query_read(out, v, question, previous, err);
}
