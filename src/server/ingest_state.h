/* What the write lane is doing and has done, for GET /ingest/status. All functions may be called
 * from any thread. */
#ifndef SERVER_INGEST_STATE_H
#define SERVER_INGEST_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct ingest_state;

struct ingest_state *ingest_state_create(void);
void ingest_state_free(struct ingest_state *s);

void ingest_state_begin(struct ingest_state *s, const char *name);
void ingest_state_progress(struct ingest_state *s, size_t done, size_t total); /* bytes */
void ingest_state_end(struct ingest_state *s, bool ok, size_t chunks);

/* busy, current, since_start */
json_t *ingest_state_json(struct ingest_state *s);

#endif
