#include "base/memory.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number that a file holds: after `name` at the start of a line, or the whole file's when name is
 * NULL. SIZE_MAX when there is none ("max"). */
static size_t read_number(const char *path, const char *name)
{
    FILE *f = fopen(path, "re");
    char line[256];
    size_t found = SIZE_MAX, len = name ? strlen(name) : 0;
    while (f && found == SIZE_MAX && fgets(line, sizeof line, f)) {
        if (name && (strncmp(line, name, len) != 0 || !strchr(": \t", line[len]))) continue;
        const char *digits = line + len + strspn(line + len, ": \t");
        char *end;
        unsigned long long v = strtoull(digits, &end, 10);
        if (end == digits) break;
        size_t unit = strstr(end, " kB") ? 1024 : 1;
        found = v > SIZE_MAX / 2 / unit ? SIZE_MAX : (size_t)v * unit;
    }
    if (f) fclose(f);
    return found;
}

/* Where one version of control groups keeps its figures. */
struct group_files {
    const char *mount, *limit, *usage, *inactive, *active;
};
static const struct group_files VERSION_1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                             "memory.usage_in_bytes", "total_inactive_file",
                                             "total_active_file"};
static const struct group_files VERSION_2 = {"/sys/fs/cgroup", "memory.max", "memory.current",
                                             "inactive_file", "active_file"};

static size_t read_group(const char *root, const struct group_files *g, const char *group,
                         const char *file, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s%s/%s", root, g->mount, group, file);
    return read_number(path, name);
}

static void bound(struct memory_available *m, const char *root, const struct group_files *g,
                  const char *group)
{
    size_t limit = read_group(root, g, group, g->limit, NULL);
    size_t usage = read_group(root, g, group, g->usage, NULL);
    if (limit == SIZE_MAX || usage == SIZE_MAX) return;
    size_t inactive = read_group(root, g, group, "memory.stat", g->inactive);
    size_t active = read_group(root, g, group, "memory.stat", g->active);
    size_t files = (inactive == SIZE_MAX ? 0 : inactive) + (active == SIZE_MAX ? 0 : active);
    usage -= files < usage ? files : usage;
    size_t left = usage < limit ? limit - usage : 0;
    if (left >= m->bytes) return;
    *m = (struct memory_available){.bytes = left, .total = limit, .by_group = true};
}

/* A group is bounded by those above it as well. In a namespace the path may lead nowhere; what is
 * mounted is then the group itself. */
static void bound_by_all(struct memory_available *m, const char *root, const struct group_files *g,
                         char *group)
{
    for (;;) {
        bound(m, root, g, group);
        char *slash = strrchr(group, '/');
        if (!slash) break;
        *slash = '\0';
    }
}

struct memory_available memory_available(const char *root)
{
    char path[PATH_MAX], line[PATH_MAX];
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    struct memory_available m = {.bytes = read_number(path, "MemAvailable"),
                                 .total = read_number(path, "MemTotal")};
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f)) { /* "4:memory:/a/b", "0::/a/b" */
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        if (strcmp(group, "/") == 0) *group = '\0';
        if (strcmp(controllers + 1, "memory") == 0) bound_by_all(&m, root, &VERSION_1, group);
        if (strcmp(line, "0:") == 0) bound_by_all(&m, root, &VERSION_2, group);
    }
    if (f) fclose(f);
    return m;
}
