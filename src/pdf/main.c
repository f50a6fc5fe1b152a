/* autospec-pdf: reads PDF files and pictures of pages for autospec, in a process of its own. It is
 * started by the main program, once a document; --dump shows by hand what it gives. */
#include "pdf/dump.h"
#include "pdf/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
    const char *file, *password;
    size_t first, last;
};

static bool map_file(int fd, const uint8_t **data, size_t *len, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return error_errno(err, ERROR_IO, "the document");
    if (!S_ISREG(st.st_mode)) return error_set(err, ERROR_INPUT, "not a file");
    if (st.st_size == 0) return error_set(err, ERROR_INPUT, "the file is empty");
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return error_errno(err, ERROR_IO, "the document");
    *data = p;
    *len = (size_t)st.st_size;
    return true;
}

static bool dump(const struct options *o, struct error *err)
{
    const uint8_t *data = NULL;
    size_t len = 0;
    int fd = open(o->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_errno(err, ERROR_IO, "open");
    struct source s;
    if (!map_file(fd, &data, &len, err) || !source_open(&s, data, len, o->password, err)) return false;
    dump_document(stdout, &s);
    for (size_t n = o->first; n <= s.n_pages && n <= o->last; n++) {
        struct arena arena = {0};
        struct page page;
        bool needs_ocr;
        struct error bad = {0};
        if (source_page(&s, n, &page, &needs_ocr, &arena, &bad)) dump_page(stdout, &page, needs_ocr);
        else fprintf(stderr, "autospec-pdf: %s: page %zu: %s\n", o->file, n, bad.text);
        arena_free(&arena);
    }
    source_close(&s);
    return true;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    *o = (struct options){.first = 1, .last = (size_t)-1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--dump") == 0) continue;
        if (strcmp(argv[i], "--password") == 0 && i + 1 < argc) o->password = argv[++i];
        else if (strcmp(argv[i], "--page") == 0 && i + 1 < argc) o->first = o->last = strtoul(argv[++i], NULL, 10);
        else if (argv[i][0] != '-' && !o->file) o->file = argv[i];
        else return false;
    }
    return o->file && o->first >= 1;
}

int main(int argc, char **argv)
{
    struct options o;
    if (!read_options(argc, argv, &o)) {
        fputs("usage: autospec-pdf --dump FILE [--page N] [--password PASSWORD]\n", stderr);
        return 2;
    }
    struct error err = {0};
    if (dump(&o, &err)) return 0;
    fprintf(stderr, "autospec-pdf: %s: %s\n", o.file, err.text);
    return 1;
}
