/* Who may ask: keys, compared in constant time; the Host and Origin of a request, so that no page
 * elsewhere can ask in the name of a visitor (DNS rebinding, cross-site requests). Pure functions
 * of the rules and a request's headers. */
#ifndef SERVER_GUARD_H
#define SERVER_GUARD_H

#include "base/error.h"

struct guard;

struct guard_rules { /* lists are separated by commas or blanks, keys by commas alone; NULL: empty */
    const char *keys;
    const char *hosts;   /* names that the server may be called by; "*": any */
    const char *origins; /* of pages elsewhere that may ask: "https://tools.example" */
    const char *bind;    /* the address or name that it listens on */
};

/* Errors name the entry that is no name or origin, and keys that are none. */
struct guard *guard_create(const struct guard_rules *rules, struct error *err);
void guard_free(struct guard *g);

bool guard_has_keys(const struct guard *g);

/* authorization and token: the values of Authorization and x-token; NULL where there is none. True
 * without keys. The time does not depend on how much of a key is right, nor on which is. */
bool guard_admits(const struct guard *g, const char *authorization, const char *token);

/* Addresses and localhost are always fine: only a name can be made to point elsewhere. */
bool guard_host(const struct guard *g, const char *host);

enum guard_origin {
    ORIGIN_OWN,     /* none, or the page's own server */
    ORIGIN_FRIEND,  /* one of the list: it gets CORS headers */
    ORIGIN_FOREIGN, /* refused */
};
enum guard_origin guard_origin(const struct guard *g, const char *origin, const char *host);

/* Whether only this machine can reach an address or name ("127.0.0.1", "::1", "localhost"). */
bool address_is_loopback(const char *address);

#endif
