#include "server/route.h"

#include <stdio.h>
#include <string.h>

static bool path_matches(const char *pattern, const char *path, struct route_arguments *out)
{
    out->n = 0;
    for (;;) {
        const char *open = strchr(pattern, '{');
        size_t fixed = open ? (size_t)(open - pattern) : strlen(pattern) + 1;
        if (strncmp(pattern, path, fixed) != 0) return false;
        if (!open) return true;
        path += fixed;
        size_t len = open[1] == '+' ? strlen(path) : strcspn(path, "/");
        const char *close = strchr(open, '}');
        if (len == 0 || !close || out->n == ROUTE_MAX_ARGUMENTS) return false;
        out->at[out->n] = path;
        out->len[out->n++] = len;
        path += len;
        pattern = close + 1;
    }
}

enum route_result route_find(const struct route *routes, size_t n, const char *method,
                             const char *path, const struct route **route,
                             struct route_arguments *arguments, char *allow, size_t size)
{
    bool head = strcmp(method, "HEAD") == 0, any = false;
    *allow = '\0';
    for (size_t i = 0; i < n; i++) {
        struct route_arguments found;
        if (!path_matches(routes[i].path, path, &found)) continue;
        any = true;
        if (strcmp(routes[i].method, head ? "GET" : method) == 0) {
            *route = &routes[i];
            *arguments = found;
            return ROUTE_FOUND;
        }
        size_t used = strlen(allow);
        bool get = strcmp(routes[i].method, "GET") == 0;
        snprintf(allow + used, size - used, "%s%s%s", used ? ", " : "", routes[i].method,
                 get ? ", HEAD" : "");
    }
    return any ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}
