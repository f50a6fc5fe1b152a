/* KV pages kept in a file, so that a server that starts again still knows the documents and prompts
 * that it had computed. The file is a safetensors file: the tokens of each page, the page that it
 * follows, its bytes as the backend gave them, a checksum each; in "__metadata__" what it belongs
 * to. One that is damaged, or of another model, program or kind of page, is passed over with one
 * line in the log; and no page is believed before one of them was computed again and came out the
 * same to the bit. It holds the tokens of what was asked: nobody but its owner may read it.
 *
 * Belongs to whoever runs the engine; not thread-safe. */
#ifndef ENGINE_KV_FILE_H
#define ENGINE_KV_FILE_H

#include "engine/engine.h"

struct kv_file;

/* Takes the file, which need not be there yet, and reads what is in it into the engine's cache,
 * which has to be empty for that. `limit`: bytes that the file may take; those used longest ago are
 * left out. Never fails because of the file: the log says what is wrong. A file that another
 * process has taken is read, and not written. NULL: memory is out, or the backend cannot give its
 * pages away (the log says so). The engine is borrowed. */
struct kv_file *kv_file_open(struct engine *e, const char *path, size_t limit);

/* Writes what the cache knows now, if that has changed since it was read or written: to a file
 * beside it that then takes its name. Ends early, without a change, when *stop becomes true; it may
 * be NULL. */
void kv_file_write(struct kv_file *f, const atomic_bool *stop);

void kv_file_close(struct kv_file *f); /* does not write; NULL is fine */

#endif
