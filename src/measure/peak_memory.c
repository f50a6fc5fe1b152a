#include "measure/peak_memory.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void peak_memory_reset(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t n = write(fd, "5", 1); /* resets VmHWM; where it does not, the peak is the process's */
    (void)n;
    close(fd);
}

/* A file whose size is not known before; NULL when it cannot be read. */
static char *read_text(const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f) return NULL;
    char *text = NULL;
    size_t cap = 0;
    ssize_t n = getdelim(&text, &cap, '\0', f);
    fclose(f);
    if (n > 0) return text;
    free(text);
    return NULL;
}

/* "Name:   123 kB" at the beginning of a line of text, up to `end`. */
static bool find_kilobytes(const char *text, const char *end, const char *name, size_t *bytes)
{
    size_t len = strlen(name);
    for (const char *at = text; at && at < end; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, name, len) == 0 && at[len] == ':') {
            *bytes = (size_t)strtoull(at + len + 1, NULL, 10) * 1024;
            return true;
        }
    return false;
}

/* "7f00-7f80 r--p ..." */
static bool parse_range(const char *line, size_t *begin, size_t *end)
{
    char *after;
    *begin = (size_t)strtoull(line, &after, 16);
    if (after == line || *after != '-') return false;
    const char *second = after + 1;
    *end = (size_t)strtoull(second, &after, 16);
    return after != second && *after == ' ';
}

static const char *next_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end ? end + 1 : text + strlen(text);
}

bool peak_memory_parse(struct peak_memory *out, const char *status, const char *smaps,
                       size_t address)
{
    *out = (struct peak_memory){0};
    if (!find_kilobytes(status, status + strlen(status), "VmHWM", &out->peak)) return false;
    for (const char *line = smaps, *next; *line; line = next) {
        size_t begin, end, ignored;
        for (next = next_line(line); *next && !parse_range(next, &ignored, &ignored);)
            next = next_line(next);
        if (parse_range(line, &begin, &end) && begin <= address && address < end)
            return find_kilobytes(line, next, "Rss", &out->mapping);
    }
    return false;
}

bool peak_memory_read(struct peak_memory *out, const void *address)
{
    char *status = read_text("/proc/self/status"), *smaps = read_text("/proc/self/smaps");
    bool ok = status && smaps && peak_memory_parse(out, status, smaps, (size_t)(uintptr_t)address);
    free(status);
    free(smaps);
    return ok;
}
