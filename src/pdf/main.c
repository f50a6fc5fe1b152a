/* autospec-pdf: reads PDF files and pictures of pages for autospec, in a process of its own. It is
 * started by the main program, once a document; --dump shows by hand what it gives. */
#include "document/pdf_protocol.h"
#include "pdf/dump.h"
#include "pdf/ocr.h"
#include "pdf/sandbox.h"
#include "pdf/serve.h"
#include "pdf/source.h"

#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
    bool dump, serve;
    const char *file, *password, *languages;
    size_t first, last;
    struct sandbox_limits limits;
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

/* What has to be read from files is read before they are out of reach. The document's own size comes
 * on top of the memory that may be taken. */
static bool confine(const struct options *o, size_t len, struct ocr **ocr, struct error *err)
{
    *ocr = NULL;
    if (o->languages && !(*ocr = ocr_open(o->languages, err))) return false;
    struct sandbox_limits limits = o->limits;
    limits.memory += len;
    FcInit();
    return sandbox_enter(&limits, err);
}

static void dump_pages(struct source *s, const struct options *o)
{
    dump_document(stdout, s);
    for (size_t n = o->first; n <= s->n_pages && n <= o->last; n++) {
        struct arena arena = {0};
        struct page page;
        bool needs_ocr;
        struct error bad = {0};
        sandbox_start_timer(o->limits.page_seconds);
        if (source_page(s, n, &page, &needs_ocr, &arena, &bad)) dump_page(stdout, &page, needs_ocr);
        else fprintf(stderr, "autospec-pdf: %s: page %zu: %s\n", o->file, n, bad.text);
        arena_free(&arena);
    }
}

static bool dump(const struct options *o, struct error *err)
{
    const uint8_t *data = NULL;
    size_t len = 0;
    struct ocr *ocr = NULL;
    struct source s;
    int fd = open(o->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_errno(err, ERROR_IO, "open");
    if (!map_file(fd, &data, &len, err) || !confine(o, len, &ocr, err)) return false;
    sandbox_start_timer(o->limits.page_seconds);
    if (!source_open(&s, data, len, o->password, ocr, err)) return false;
    dump_pages(&s, o);
    source_close(&s);
    return true;
}

static bool serve_document(const struct options *o, struct error *err)
{
    const uint8_t *data = NULL;
    size_t len = 0;
    struct ocr *ocr = NULL;
    if (!map_file(PDF_DOCUMENT_FD, &data, &len, err) || !confine(o, len, &ocr, err)) return false;
    close(PDF_DOCUMENT_FD);
    return serve(data, len, ocr, o->limits.page_seconds) == 0;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    *o = (struct options){.first = 1, .last = (size_t)-1,
                          .limits = {.memory = (size_t)1536 << 20, .page_seconds = 60}};
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(name, "--dump") == 0) o->dump = true;
        else if (strcmp(name, "--serve") == 0) o->serve = true;
        else if (name[0] != '-' && !o->file) o->file = name;
        else if (!value) return false;
        else if (strcmp(name, "--password") == 0) o->password = argv[++i];
        else if (strcmp(name, "--ocr") == 0) o->languages = argv[++i];
        else if (strcmp(name, "--page") == 0) o->first = o->last = strtoul(argv[++i], NULL, 10);
        else if (strcmp(name, "--memory") == 0) o->limits.memory = strtoul(argv[++i], NULL, 10);
        else if (strcmp(name, "--seconds") == 0) o->limits.page_seconds = atoi(argv[++i]);
        else return false;
    }
    return (o->serve ? !o->file : o->dump && o->file) && o->first >= 1 && o->limits.page_seconds > 0;
}

int main(int argc, char **argv)
{
    struct options o;
    if (!read_options(argc, argv, &o)) {
        fputs("usage: autospec-pdf --dump FILE [--page N] [--password PASSWORD] [--ocr LANGUAGES] [--memory BYTES] [--seconds N]\n"
              "       autospec-pdf --serve [--ocr LANGUAGES] [--memory BYTES] [--seconds N], as autospec starts it\n",
              stderr);
        return 2;
    }
    /* tesseract's threads are counted when the program is loaded; more than one cannot be started. */
    if (o.languages && !getenv("OMP_THREAD_LIMIT") && setenv("OMP_THREAD_LIMIT", "1", 1) == 0)
        execv("/proc/self/exe", argv);
    struct error err = {0};
    if (o.serve ? serve_document(&o, &err) : dump(&o, &err)) return 0;
    if (o.serve) serve_error(&err);
    fprintf(stderr, "autospec-pdf: %s: %s\n", o.file ? o.file : "the document", err.text);
    return 1;
}
