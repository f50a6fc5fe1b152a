#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens a regular file for reading and tells its size; -1 with *err filled otherwise. */
static int open_regular(const char *path, size_t *size, struct error *err)
{
    /* O_NONBLOCK: a FIFO given by mistake must not hang us before fstat can refuse it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        error_errno(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s", path);
        return -1;
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        error_errno(err, ERROR_IO, "%s", path);
        close(fd);
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        error_set(err, ERROR_INPUT, "%s: is %s, not a regular file", path,
                  S_ISDIR(st.st_mode) ? "a directory" : "a device or pipe");
        close(fd);
        return -1;
    }
    *size = (size_t)st.st_size;
    return fd;
}

/* The mapped files, for the signal handler: it takes no lock and follows no pointer that another
 * thread may free. Mappings beyond these are not named. */
enum { MAX_WATCHED = 256, MAX_PATH = 512 };
static struct watched {
    atomic_uintptr_t data; /* 0: free; set last, cleared first */
    size_t size;
    char path[MAX_PATH];
} watched[MAX_WATCHED];
static pthread_mutex_t watched_lock = PTHREAD_MUTEX_INITIALIZER;

static void watch(const struct mapping *m, const char *path)
{
    pthread_mutex_lock(&watched_lock);
    for (size_t i = 0; i < MAX_WATCHED; i++) {
        if (atomic_load(&watched[i].data)) continue;
        watched[i].size = m->size;
        snprintf(watched[i].path, MAX_PATH, "%s", path);
        atomic_store(&watched[i].data, (uintptr_t)m->data);
        break;
    }
    pthread_mutex_unlock(&watched_lock);
}

static void forget(const struct mapping *m)
{
    pthread_mutex_lock(&watched_lock);
    for (size_t i = 0; i < MAX_WATCHED; i++)
        if (atomic_load(&watched[i].data) == (uintptr_t)m->data) atomic_store(&watched[i].data, 0);
    pthread_mutex_unlock(&watched_lock);
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    uintptr_t at = (uintptr_t)info->si_addr;
    for (size_t i = 0; i < MAX_WATCHED; i++) {
        uintptr_t begin = atomic_load(&watched[i].data);
        if (!begin || at < begin || at - begin >= watched[i].size) continue;
        char line[MAX_PATH + 128] = "autospec: ";
        strcat(line, watched[i].path);
        strcat(line, ": cannot be read any more: another program has cut it, or its disk fails\n");
        ssize_t written = write(STDERR_FILENO, line, strlen(line));
        (void)written;
        _exit(1);
    }
    signal(signal_number, SIG_DFL); /* none of ours: it comes again, and ends the process */
}

void mapping_watch(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

bool mapping_open(struct mapping *m, const char *path, struct error *err)
{
    *m = (struct mapping){0};
    size_t size;
    int fd = open_regular(path, &size, err);
    if (fd < 0) return false;
    if (size > 0) {
        void *p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED) {
            error_errno(err, ERROR_IO, "%s: cannot map %zu bytes", path, size);
            close(fd);
            return false;
        }
        *m = (struct mapping){.data = p, .size = size, .fd = fd};
        watch(m, path);
    } else {
        close(fd);
    }
    return true;
}

void mapping_close(struct mapping *m)
{
    if (m->data) forget(m);
    if (m->data) {
        munmap((void *)(uintptr_t)m->data, m->size);
        close(m->fd);
    }
    *m = (struct mapping){0};
}

void mapping_drop(const struct mapping *m)
{
    if (m->data) madvise((void *)(uintptr_t)m->data, m->size, MADV_DONTNEED);
}

bool file_read(const char *path, size_t limit, char **data, size_t *len, struct error *err)
{
    *data = NULL;
    size_t size;
    int fd = open_regular(path, &size, err);
    if (fd < 0) return false;
    char *text = NULL;
    if (size > limit) {
        error_set(err, ERROR_INPUT, "%s: %zu bytes, more than the limit of %zu", path, size, limit);
        goto fail;
    }
    text = malloc(size + 1);
    if (!text) {
        error_memory(err, path);
        goto fail;
    }
    size_t got = 0;
    while (got < size) {
        ssize_t n = read(fd, text + got, size - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            error_errno(err, ERROR_IO, "%s: read at offset %zu", path, got);
            goto fail;
        }
        if (n == 0) break; /* the file shrank while we read it */
        got += (size_t)n;
    }
    text[got] = '\0';
    if (!len && memchr(text, 0, got)) {
        error_set(err, ERROR_INPUT, "%s: NUL byte at offset %zu", path, strlen(text));
        goto fail;
    }
    close(fd);
    *data = text;
    if (len) *len = got;
    return true;
fail:
    free(text);
    close(fd);
    return false;
}

bool file_write(const char *path, const void *data, size_t len, struct error *err)
{
    char *tmp = NULL;
    if (asprintf(&tmp, "%s.%ld.tmp", path, (long)getpid()) < 0) return error_memory(err, path);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0;
    if (!ok) error_errno(err, ERROR_IO, "%s", tmp);
    size_t done = 0;
    while (ok && done < len) {
        ssize_t n = write(fd, (const char *)data + done, len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            ok = error_errno(err, ERROR_IO, "%s: write at offset %zu", tmp, done);
        else
            done += (size_t)n;
    }
    if (fd >= 0 && close(fd) != 0 && ok) ok = error_errno(err, ERROR_IO, "%s: close", tmp);
    if (ok && rename(tmp, path) != 0) ok = error_errno(err, ERROR_IO, "%s: rename", path);
    if (!ok && fd >= 0) unlink(tmp);
    free(tmp);
    return ok;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool file_make_directories(const char *path, struct error *err)
{
    char *copy = strdup(path);
    if (!copy) return error_memory(err, path);
    bool ok = true;
    for (char *p = copy + 1; ok; p++) {
        if (*p != '/' && *p != '\0') continue;
        char saved = *p;
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST) ok = error_errno(err, ERROR_IO, "%s", copy);
        *p = saved;
        if (saved == '\0') break;
    }
    if (ok && !file_is_directory(path))
        ok = error_set(err, ERROR_IO, "%s: exists and is not a directory", path);
    free(copy);
    return ok;
}

char *path_join(const char *dir, const char *name)
{
    char *path = NULL;
    size_t n = strlen(dir);
    const char *slash = n && dir[n - 1] == '/' ? "" : "/";
    if (asprintf(&path, "%s%s%s", dir, slash, name) < 0) return NULL;
    return path;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *path_of_user(const char *variable, const char *below_home, const char *rest)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && base[0] == '/') return path_join(base, rest);
    if (!home || home[0] != '/') return NULL;
    char *dir = path_join(home, below_home);
    char *path = dir ? path_join(dir, rest) : NULL;
    free(dir);
    return path;
}
