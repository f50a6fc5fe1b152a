#include "server/job_files.h"

#include "base/file.h"
#include "base/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_RECORD = 64 << 10 };

bool job_files_init(struct job_files *f, const char *store, struct error *err)
{
    *f = (struct job_files){.lock = -1};
    if (asprintf(&f->folder, "%s-jobs", store) >= 0) return true;
    f->folder = NULL;
    return error_memory(err, "the jobs");
}

void job_files_free(struct job_files *f)
{
    if (f->lock >= 0) {
        close(f->lock);
        char *path = path_join(f->folder, "lock");
        if (path) unlink(path);
        free(path);
        rmdir(f->folder); /* where nothing is kept */
    }
    free(f->folder);
    *f = (struct job_files){.lock = -1};
}

bool job_files_open(struct job_files *f, struct error *err)
{
    if (f->lock >= 0) return true;
    if (mkdir(f->folder, 0700) != 0 && errno != EEXIST)
        return error_errno(err, ERROR_IO, "%s", path_base(f->folder));
    char *path = path_join(f->folder, "lock");
    if (!path) return error_memory(err, "the jobs");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (fd < 0) return error_errno(err, ERROR_IO, "%s", path_base(f->folder));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return error_set(err, ERROR_BUSY, "another server keeps the jobs of this store");
    }
    f->lock = fd;
    return true;
}

static char *record_path(const struct job_files *f, int64_t id)
{
    char *path;
    return asprintf(&path, "%s/%lld.json", f->folder, (long long)id) < 0 ? NULL : path;
}

char *job_files_path(const struct job_files *f, int64_t id)
{
    char *path;
    return asprintf(&path, "%s/%lld", f->folder, (long long)id) < 0 ? NULL : path;
}

void job_files_load(struct job_files *f, void (*take)(void *context, int64_t id, const json_t *record),
                    void *context)
{
    DIR *dir = opendir(f->folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        size_t digits = strspn(entry->d_name, "0123456789");
        if (digits == 0 || digits > 18) continue;
        int64_t id = strtoll(entry->d_name, NULL, 10);
        const char *rest = entry->d_name + digits;
        char *data = job_files_path(f, id), *record = record_path(f, id), *own = path_join(f->folder, entry->d_name);
        json_t *json = NULL;
        if (data && record && own && strcmp(rest, ".json") == 0 && file_exists(data))
            json = json_read_file(record, MAX_RECORD, NULL);
        if (json)
            take(context, id, json);
        else if (own && record && (*rest || !file_exists(record)))
            unlink(own); /* half of what was added or removed when the program ended */
        json_decref(json);
        free(data);
        free(record);
        free(own);
    }
    if (dir) closedir(dir);
}

bool job_files_write(struct job_files *f, int64_t id, json_t *record, struct error *err)
{
    char *text = record ? json_dumps(record, JSON_COMPACT) : NULL, *path = record_path(f, id);
    bool ok = text && path ? file_write(path, text, strlen(text), err) : error_memory(err, "a job");
    json_decref(record);
    free(text);
    free(path);
    return ok;
}

void job_files_remove(struct job_files *f, int64_t id)
{
    char *data = job_files_path(f, id), *record = record_path(f, id);
    if (record) unlink(record);
    if (data) unlink(data);
    free(data);
    free(record);
}
