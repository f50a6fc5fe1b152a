#include "server/route.h"

#include <stdio.h>
#include <string.h>

static bool path_matches(const char *pattern, const char *path, const char **argument)
{
    const char *open = strchr(pattern, '{');
    *argument = "";
    if (!open) return strcmp(pattern, path) == 0;
    size_t fixed = (size_t)(open - pattern);
    if (strncmp(pattern, path, fixed) != 0 || !path[fixed]) return false;
    if (open[1] != '+' && strchr(path + fixed, '/')) return false;
    *argument = path + fixed;
    return true;
}

enum route_result route_find(const struct route *routes, size_t n, const char *method,
                             const char *path, const struct route **route, const char **argument,
                             char *allow, size_t size)
{
    bool head = strcmp(method, "HEAD") == 0, any = false;
    *allow = '\0';
    for (size_t i = 0; i < n; i++) {
        const char *found;
        if (!path_matches(routes[i].path, path, &found)) continue;
        any = true;
        if (strcmp(routes[i].method, head ? "GET" : method) == 0) {
            *route = &routes[i];
            *argument = found;
            return ROUTE_FOUND;
        }
        size_t used = strlen(allow);
        bool get = strcmp(routes[i].method, "GET") == 0;
        snprintf(allow + used, size - used, "%s%s%s", used ? ", " : "", routes[i].method,
                 get ? ", HEAD" : "");
    }
    return any ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}
