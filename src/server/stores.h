/* Open connections to the store's file: a store serves one thread at a time, so each request that
 * reads takes one and gives it back; the write lane has one of its own. */
#ifndef SERVER_STORES_H
#define SERVER_STORES_H

#include "store/store.h"

struct stores;

/* Makes the file where there is none. One that another program has locked, or that can be read only, is
 * served all the same, with a warning. */
struct stores *stores_open(const char *path, struct error *err);
void stores_free(struct stores *s);

/* For reading; waits for one when all are out. NULL with *err filled on failure. */
struct store *stores_take(struct stores *s, struct error *err);
void stores_give(struct stores *s, struct store *store);

/* For the write lane's thread alone. NULL with *err filled where the store cannot be written now. */
struct store *stores_writer(struct stores *s, struct error *err);

const char *stores_path(const struct stores *s);

/* What the store's vocabulary is kept in between questions. */
struct knowledge_cache;
struct knowledge_cache *stores_knowledge(struct stores *s);

#endif
