/* The Hub's listing, as any server may send it: no input may crash the reader, and what it hands on
 * never leads out of a snapshot's folder. The same bytes are also tried as names. */
#include "base/log.h"
#include "hub/hub_listing.h"
#include "hub/hub_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void promise(bool kept)
{
    if (!kept) abort();
}

static void check_path(const char *path)
{
    char *copy = strdup(path), *rest = copy;
    promise(copy && *copy && *copy != '/');
    for (char *part; (part = strsep(&rest, "/"));)
        promise(*part && strcmp(part, ".") != 0 && strcmp(part, "..") != 0 && strlen(part) <= 255);
    for (const char *p = path; *p; p++) promise((unsigned char)*p >= 0x20);
    free(copy);
}

static void check_files(const struct hub_listing *l)
{
    for (size_t i = 0; i < l->n_files; i++) {
        const struct hub_file *f = &l->files[i];
        size_t len = f->kind == HUB_HASH_SHA256 ? 64 : f->kind == HUB_HASH_GIT ? 40 : 0;
        check_path(f->path);
        promise(f->size <= HUB_MAX_FILE_SIZE || f->size == HUB_SIZE_UNKNOWN);
        promise(strlen(f->sum) == len && strspn(f->sum, "0123456789abcdef") == len);
    }
}

static void try_as_names(const char *text)
{
    char etag[HUB_MAX_ETAG + 1];
    struct hub_name name;
    struct error err = {0};
    if (hub_path_is_valid(text)) check_path(text);
    if (hub_revision_is_valid(text)) check_path(text);
    if (hub_name_parse(text, &name, &err)) {
        check_path(name.repo);
        check_path(name.revision);
        promise(!strstr(name.repo, "--") && strlen(name.repo) < sizeof name.repo);
    } else {
        promise(err.code == ERROR_USAGE);
    }
    if (hub_etag_normalize(text, etag)) {
        check_path(etag);
        promise(!strchr(etag, '/'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hub_listing l;
    struct error err = {0};
    log_set_level(LOG_QUIET);
    if (hub_listing_parse(&l, (const char *)data, size, "a/b", &err)) {
        check_files(&l);
        if (hub_listing_select(&l, "a/b", &err)) {
            check_files(&l);
            promise(l.n_files >= 2);
        }
    }
    promise(err.code == ERROR_NONE || *err.text);
    hub_listing_free(&l);

    char *text = strndup((const char *)data, size);
    if (text) try_as_names(text);
    free(text);
    return 0;
}
