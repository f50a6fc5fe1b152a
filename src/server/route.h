/* From a method and a path to what answers it. "{id}" in a route's path stands for one segment that
 * is not empty; "{+id}" at its end for one or several. */
#ifndef SERVER_ROUTE_H
#define SERVER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

struct exchange;

enum lane_kind {
    LANE_DIRECT, /* at once, on the network's thread: must not block */
    LANE_READ,   /* reads the store */
    LANE_WRITE,  /* changes the store: one at a time */
    LANE_MODEL,  /* generates or embeds */
    N_LANES,
};

enum route_body {
    BODY_NONE,
    BODY_JSON,
    BODY_FORM, /* multipart/form-data, files to disk */
};

struct route {
    const char *method, *path;
    enum lane_kind lane;
    enum route_body body;
    bool open; /* without a key */
    void (*handle)(struct exchange *x);
};

enum route_result { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

enum { ROUTE_MAX_ARGUMENTS = 2 };
/* What stands for the names in braces, in their order: pieces of the path. */
struct route_arguments {
    const char *at[ROUTE_MAX_ARGUMENTS];
    size_t len[ROUTE_MAX_ARGUMENTS];
    size_t n;
};

/* HEAD finds what GET does. allow: of a path that is there with other methods, those ("GET, HEAD");
 * `size` bytes. */
enum route_result route_find(const struct route *routes, size_t n, const char *method,
                             const char *path, const struct route **route,
                             struct route_arguments *arguments, char *allow, size_t size);

#endif
