#include "store/page_sums.h"
#include "base/file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static const char NAME[] = "autospec-sums";
enum {
    HEADER = 100, /* of the file: sqlite.org/fileformat.html */
    AT_PAGE_SIZE = 16,
    AT_RESERVED = 20,
    MIN_PAGE = 512,
    PENDING_BYTE = 0x40000000, /* the page with it is never written */
    FCNTL_CHECKED = 0x61737063, /* of ours: an int, whether pages are compared */
    FCNTL_ACTIVE,               /* an int, whether there is anything to compare */
};

/* A database file: SQLite's own behind it in memory. */
struct sum_file {
    sqlite3_file base;
    bool unchecked;
    size_t page; /* bytes of a page with a checksum; 0: the file has none */
    uint8_t *copy; /* (page), of one that is written */
};

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct sum_file *)(void *)file + 1);
}

/* The size of pages by the header's beginning; 0 where they have no checksums. */
static size_t summed_page(const uint8_t *header)
{
    size_t size = (size_t)header[AT_PAGE_SIZE] << 8 | header[AT_PAGE_SIZE + 1];
    if (size == 1) size = 65536;
    bool fits = size >= MIN_PAGE && (size & (size - 1)) == 0;
    return fits && header[AT_RESERVED] == PAGE_SUM_BYTES ? size : 0;
}

static uint64_t page_sum(const uint8_t *page, size_t size, uint64_t number)
{
    return XXH3_64bits_withSeed(page, size - PAGE_SUM_BYTES, number);
}

static bool sum_matches(const uint8_t *page, size_t size, uint64_t number)
{
    uint64_t sum;
    memcpy(&sum, page + size - PAGE_SUM_BYTES, sizeof sum);
    return sum == page_sum(page, size, number);
}

/* ---- reading and writing ---- */

static void set_page(struct sum_file *f, size_t page)
{
    if (page == f->page) return;
    free(f->copy);
    f->copy = NULL;
    f->page = page;
}

static int file_read_at(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    struct sum_file *f = (struct sum_file *)(void *)file;
    int rc = real(file)->pMethods->xRead(real(file), out, n, at);
    if (rc != SQLITE_OK) return rc;
    if (at == 0 && n >= HEADER) set_page(f, summed_page(out));
    if (!f->page || f->unchecked || (size_t)n != f->page || (uint64_t)at % f->page != 0) return rc;
    return sum_matches(out, f->page, (uint64_t)at / f->page + 1) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int file_write_at(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
    struct sum_file *f = (struct sum_file *)(void *)file;
    if (at == 0 && n >= HEADER) set_page(f, summed_page(data));
    if (f->page && (size_t)n == f->page && (uint64_t)at % f->page == 0) {
        if (!f->copy && !(f->copy = malloc(f->page))) return SQLITE_IOERR_NOMEM;
        memcpy(f->copy, data, f->page);
        uint64_t sum = page_sum(f->copy, f->page, (uint64_t)at / f->page + 1);
        memcpy(f->copy + f->page - PAGE_SUM_BYTES, &sum, sizeof sum);
        data = f->copy;
    }
    return real(file)->pMethods->xWrite(real(file), data, n, at);
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
    struct sum_file *f = (struct sum_file *)(void *)file;
    if (op == FCNTL_CHECKED) {
        f->unchecked = !*(const int *)argument;
        return SQLITE_OK;
    }
    if (op == FCNTL_ACTIVE) {
        uint8_t header[HEADER]; /* another process may have made the file anew */
        int rc = real(file)->pMethods->xRead(real(file), header, HEADER, 0);
        if (rc == SQLITE_OK) set_page(f, summed_page(header));
        *(int *)argument = f->page != 0;
        return SQLITE_OK;
    }
    return real(file)->pMethods->xFileControl(real(file), op, argument);
}

/* ---- what is handed on ---- */

static int file_close(sqlite3_file *file)
{
    struct sum_file *f = (struct sum_file *)(void *)file;
    free(f->copy);
    f->copy = NULL;
    return real(file)->pMethods->xClose(real(file));
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    return real(file)->pMethods->xSync(real(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_check_lock(sqlite3_file *file, int *out)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
}

static int file_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_traits(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int delete)
{
    return real(file)->pMethods->xShmUnmap(real(file), delete);
}

/* Version 2: a file that is mapped (3) would not be read through here. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read_at,
    .xWrite = file_write_at,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ---- the VFS ---- */

static sqlite3_vfs vfs;
static bool registered;

static int vfs_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    sqlite3_vfs *below = self->pAppData;
    struct sum_file *f = (struct sum_file *)(void *)file;
    /* Journals have checksums of SQLite's own, and temporary files none that outlive the process. */
    if (!(flags & SQLITE_OPEN_MAIN_DB)) return below->xOpen(below, name, file, flags, out_flags);
    *f = (struct sum_file){0};
    memset(real(file), 0, (size_t)below->szOsFile);
    int rc = below->xOpen(below, name, real(file), flags, out_flags);
    if (real(file)->pMethods) f->base.pMethods = &METHODS;
    return rc;
}

static void vfs_register(void)
{
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    if (!below) return;
    vfs = *below; /* all but opening is the system's own */
    vfs.pNext = NULL;
    vfs.zName = NAME;
    vfs.pAppData = below;
    vfs.szOsFile = (int)sizeof(struct sum_file) + below->szOsFile;
    vfs.xOpen = vfs_open;
    registered = sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}

const char *page_sums_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, vfs_register);
    return registered ? NAME : NULL;
}

void page_sums_reserve(sqlite3 *db)
{
    int bytes = PAGE_SUM_BYTES;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

bool page_sums_active(sqlite3 *db)
{
    int active = 0;
    return sqlite3_file_control(db, "main", FCNTL_ACTIVE, &active) == SQLITE_OK && active;
}

void page_sums_set_checked(sqlite3 *db, bool checked)
{
    int value = checked;
    sqlite3_file_control(db, "main", FCNTL_CHECKED, &value);
}

bool page_sums_scan(const char *path, uint32_t *pages, size_t max, size_t *n, size_t *n_pages, struct error *err)
{
    struct mapping m;
    *n = *n_pages = 0;
    if (!mapping_open(&m, path, err)) return false;
    size_t size = m.size >= HEADER ? summed_page(m.data) : 0;
    if (size)
        for (size_t at = 0; at + size <= m.size; at += size, ++*n_pages) {
            if (sum_matches(m.data + at, size, *n_pages + 1) || at == PENDING_BYTE / size * size) continue;
            if (*n < max) pages[*n] = (uint32_t)*n_pages + 1;
            ++*n;
        }
    mapping_close(&m);
    return size || error_set(err, ERROR_INPUT, "%s: its pages have no checksums", path);
}
