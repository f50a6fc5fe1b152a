#include "server/upload.h"
#include "base/file.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum { MAX_NAME = 255 };

struct upload *upload_create(const char *folder, struct budget_share *share, struct error *err)
{
    struct upload *u = calloc(1, sizeof *u);
    if (u) {
        u->folder = strdup(folder);
        u->share = share;
    }
    if (u && u->folder) return u;
    upload_free(u);
    error_memory(err, "an upload");
    return NULL;
}

void upload_free(struct upload *u)
{
    if (!u) return;
    for (size_t i = 0; i < u->n_files; i++) {
        free(u->files[i].name);
        if (u->files[i].fd >= 0) close(u->files[i].fd);
    }
    free(u->folder);
    explicit_bzero(u->password, sizeof u->password);
    free(u);
}

/* The last part of a path of any system; NULL where that is no fit name. */
static const char *last_part(const char *name)
{
    for (const char *p = name; *p; p++)
        if (*p == '/' || *p == '\\') name = p + 1;
    size_t len = strlen(name);
    bool dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    bool fit = len > 0 && len <= MAX_NAME && !dots && utf8_is_valid(name, len);
    for (const char *p = name; *p; p++) fit &= (unsigned char)*p >= 0x20 && *p != 0x7f;
    return fit ? name : NULL;
}

static bool begin_file(struct upload *u, const char *filename)
{
    if (u->n_files == UPLOAD_MAX_FILES)
        return error_set(&u->error, ERROR_USAGE, "more than %d files in one request",
                         UPLOAD_MAX_FILES);
    const char *name = last_part(filename);
    if (!name)
        return error_set(&u->error, ERROR_USAGE, "file %zu has no usable name", u->n_files + 1);
    if (u->share && !budget_share_add(u->share, BUDGET_FILES, 1))
        return error_set(&u->error, ERROR_BUSY, "as many files as the server takes are being uploaded already; try again later");
    struct upload_file *f = &u->files[u->n_files];
    *f = (struct upload_file){.name = strdup(name), .fd = -1};
    char *path = path_join(u->folder, ".autospec-upload-XXXXXX");
    u->n_files++;
    if (!f->name || !path) {
        free(path);
        return error_memory(&u->error, "an upload");
    }
    f->fd = open(u->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (f->fd < 0) { /* a file system that has no such files */
        f->fd = mkostemp(path, O_CLOEXEC);
        if (f->fd >= 0) unlink(path);
    }
    free(path);
    return f->fd >= 0 || error_errno(&u->error, ERROR_IO, "%s: making a file", u->folder);
}

/* A field's bytes as far as there is room for them; true: for all. */
static bool take_field(char *out, size_t size, uint64_t offset, const char *data, size_t len)
{
    for (size_t i = 0; i < len && offset + i + 1 < size; i++) out[offset + i] = data[i];
    return offset + len < size;
}

bool upload_piece(struct upload *u, const char *field, const char *filename, uint64_t offset,
                  const char *data, size_t len)
{
    if (u->error.code) return false;
    if (!filename) {
        if (field && strcmp(field, "async") == 0) take_field(u->async, sizeof u->async, offset, data, len);
        if (field && strcmp(field, "password") == 0 && !take_field(u->password, sizeof u->password, offset, data, len))
            return error_set(&u->error, ERROR_USAGE, "the password has more than %d bytes", UPLOAD_MAX_PASSWORD);
        return true;
    }
    /* MHD may tell of the beginning of a part twice, the first time without data. */
    const struct upload_file *last = u->n_files ? &u->files[u->n_files - 1] : NULL;
    const char *name = last_part(filename);
    bool again = last && last->bytes == 0 && name && strcmp(last->name, name) == 0;
    if (offset == 0 && !again && !begin_file(u, filename)) return false;
    struct upload_file *f = &u->files[u->n_files - 1];
    while (len) {
        ssize_t n = write(f->fd, data, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return error_errno(&u->error, ERROR_IO, "%s: writing a file", u->folder);
        data += n;
        len -= (size_t)n;
        f->bytes += (size_t)n;
    }
    return true;
}

void upload_path(const struct upload *u, size_t i, char *out, size_t size)
{
    snprintf(out, size, "/proc/self/fd/%d", u->files[i].fd);
}

static bool copy_file(int from, const char *path, struct error *err)
{
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) return error_errno(err, ERROR_IO, "keeping an upload");
    ssize_t n = 1;
    off_t at = 0;
    while (n > 0) n = sendfile(to, from, &at, 1 << 30);
    bool ok = n == 0 || error_errno(err, ERROR_IO, "keeping an upload");
    if (close(to) != 0 && ok) ok = error_errno(err, ERROR_IO, "keeping an upload");
    if (!ok) unlink(path);
    return ok;
}

bool upload_keep(const struct upload *u, size_t i, const char *path, struct error *err)
{
    char own[64];
    upload_path(u, i, own, sizeof own);
    if (linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) return true;
    return copy_file(u->files[i].fd, path, err);
}
