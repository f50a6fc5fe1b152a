/* The socket that the server listens on. */
#ifndef SERVER_LISTEN_H
#define SERVER_LISTEN_H

#include "base/error.h"

#include <stddef.h>

/* Binds host (an address or a name; its first address is taken) and port (0: any that is free).
 * Writes "http://127.0.0.1:8000" to `url`. -1 with *err filled on failure. */
int listen_open(const char *host, unsigned port, char *url, size_t size, struct error *err);

#endif
