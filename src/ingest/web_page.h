/* One page of the web as a document: fetched by HTTP, redirects followed a few times, size and time
 * bounded. Addresses of this machine and of private networks are refused, checked where the connection
 * is made, so that no name and no redirect leads there unseen.
 */
#ifndef INGEST_WEB_PAGE_H
#define INGEST_WEB_PAGE_H

#include "ingest/ingest.h"

#include <sys/socket.h>

enum { WEB_MAX_BYTES = 64 << 20, WEB_MAX_REDIRECTS = 5, WEB_MAX_SECONDS = 120 };

bool web_is_url(const char *text); /* begins with http:// or https:// */

/* Fetches url and ingests it; its path in the store is the URL as given. The content type decides the
 * kind, then the name, then the contents. allow_private: addresses of private networks too, and the
 * proxy of the environment, which looks up names itself. */
bool ingest_url(struct store *store, const char *url, bool allow_private, const struct ingest_options *options,
                struct ingest_totals *totals, struct error *err);

/* Whether the address is this machine's, a private network's, or no single machine's at all. */
bool web_address_is_private(const struct sockaddr *address);

#endif
