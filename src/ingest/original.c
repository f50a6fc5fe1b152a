#include "ingest/original.h"

#include "ingest/ingest.h"
#include "store/pages.h"

#include <stdlib.h>
#include <string.h>

bool original_open(struct original *out, struct store *s, const struct store_document *d,
                   struct error *err)
{
    *out = (struct original){.kind = N_DOCUMENT_KINDS};
    for (int kind = 0; kind < N_DOCUMENT_KINDS; kind++)
        if (strcmp(document_kind_name((enum document_kind)kind), d->kind) == 0)
            out->kind = (enum document_kind)kind;
    if (!store_read_original(s, d->id, &out->copy, &out->len, err)) return false;
    out->data = out->copy;
    if (out->copy) return true;
    struct error failure = {0};
    if (!mapping_open(&out->map, d->path, &failure))
        return error_set(err, ERROR_NOT_FOUND, "%s: the file is not there any more, and no copy was kept",
                         path_base(d->path));
    out->data = out->map.data;
    out->len = out->map.size;
    if (ingest_hash(out->kind, out->data, out->len) == d->hash) return true;
    original_close(out);
    return error_set(err, ERROR_NOT_FOUND, "%s: the file has changed since it was read; ingest it again",
                     path_base(d->path));
}

void original_close(struct original *o)
{
    if (!o->copy && o->data) mapping_close(&o->map);
    free(o->copy);
    *o = (struct original){0};
}
