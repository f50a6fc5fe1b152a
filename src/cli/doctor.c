/* autospec doctor: what is there for the program to work with, and how to get what is not. */
#include "backend/cpu/kernels.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/places.h"
#include "document/kind_status.h"
#include "engine/engine.h"
#include "hub/model_place.h"
#include "store/store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum state { STATE_OK, STATE_ABSENT, STATE_MISSING }; /* absent: only part of the work needs it */
static const char *const STATES[] = {"ok", "absent", "missing"};

static const double SPACE_NEEDED = 100e6; /* bytes, beside the store */

struct examination {
    bool json;
    json_t *checks;
    size_t n_missing;
};

static void tell(struct examination *e, enum state state, const char *name, const char *install,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static void tell(struct examination *e, enum state state, const char *name, const char *install,
                 const char *fmt, ...)
{
    char text[640];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    e->n_missing += state == STATE_MISSING;
    if (e->json) {
        json_array_append_new(e->checks, json_pack("{s:s, s:s, s:s, s:s?}", "name", name, "state", STATES[state],
                                                   "text", text, "install", install));
        return;
    }
    output_printf("%-8s %-16s ", STATES[state], name);
    output_text(text, strlen(text));
    if (install) output_printf("; %s", install);
    output_puts("\n");
}

/* ---- what documents need ---- */

static void examine_readers(struct examination *e)
{
    char text[256] = "";
    size_t used = 0;
    for (enum document_kind kind = 0; kind < N_DOCUMENT_KINDS; kind++) {
        struct document_kind_status s;
        document_kind_status(kind, &s);
        const char *name = document_kind_name(kind);
        char row[48];
        snprintf(row, sizeof row, "read %s", name);
        if (e->json)
            tell(e, s.ready ? STATE_OK : STATE_ABSENT, row, s.install, "%s%s", s.ready ? "" : "needs ",
                 s.ready ? "can be read" : s.missing);
        else if (s.ready)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "", name);
        else
            tell(e, STATE_ABSENT, row, s.install, "needs %s", s.missing);
        if (used >= sizeof text) used = sizeof text - 1;
    }
    if (!e->json) tell(e, STATE_OK, "documents", NULL, "%s can be read", text);
}

static void examine_ocr(struct examination *e)
{
    char names[24][16], text[24 * 17] = "";
    size_t n = document_ocr_languages(names, 24);
    for (size_t i = 0; i < n && i < 24; i++) {
        if (i) strcat(text, " ");
        strcat(text, names[i]);
    }
    tell(e, n ? STATE_OK : STATE_ABSENT, "OCR languages", "apt install tesseract-ocr-LANGUAGE adds one", "%s",
         n ? text : "none: scans cannot be read");
}

/* Landlock's version of the interface; 0: there is none. */
static long landlock_version(void)
{
#ifdef SYS_landlock_create_ruleset
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
    return version > 0 ? version : 0;
#else
    return 0;
#endif
}

static void examine_sandbox(struct examination *e)
{
    bool seccomp = access("/proc/sys/kernel/seccomp/actions_avail", F_OK) == 0;
    long landlock = landlock_version();
    char version[32];
    snprintf(version, sizeof version, "version %ld", landlock);
    tell(e, seccomp ? STATE_OK : STATE_ABSENT, "sandbox", NULL, "seccomp: %s; Landlock: %s",
         seccomp ? "yes" : "no, the kernel has none", landlock ? version : "no, the kernel has none");
}

/* ---- the store ---- */

/* The nearest folder above the path that is there; to be freed. */
static char *folder_above(const char *path)
{
    char *folder = strdup(path);
    while (folder) {
        char *slash = strrchr(folder, '/');
        if (!slash) {
            free(folder);
            return strdup(".");
        }
        if (slash == folder) slash++;
        *slash = '\0';
        if (file_is_directory(folder)) break; /* "/" at the last */
    }
    return folder;
}

static void examine_store(struct examination *e, const struct settings *settings)
{
    struct error err = {0};
    char *path = place_store(settings, &err), *folder = path ? folder_above(path) : NULL;
    if (!folder) {
        tell(e, STATE_MISSING, "store", NULL, "%s", err.text[0] ? err.text : "out of memory");
        free(path);
        return;
    }
    bool there = access(path, F_OK) == 0;
    struct store_counts counts = {0};
    struct store *store = there ? store_open(path, STORE_READ, &err) : NULL;
    if (there && (!store || !store_count(store, &counts, &err)))
        tell(e, STATE_MISSING, "store", NULL, "%s", err.text);
    else if (access(folder, W_OK) != 0 || (there && access(path, W_OK) != 0))
        tell(e, STATE_MISSING, "store", NULL, "%s: cannot be written: %s", there ? path : folder, strerror(errno));
    else if (there)
        tell(e, STATE_OK, "store", NULL, "%s: %zu documents, %zu facts", path, counts.documents, counts.facts);
    else
        tell(e, STATE_OK, "store", NULL, "%s: will be made by the first `autospec ingest`", path);
    store_close(store);
    struct statvfs v;
    if (statvfs(folder, &v) == 0) {
        double bytes = (double)v.f_bavail * (double)v.f_frsize;
        tell(e, bytes >= SPACE_NEEDED ? STATE_OK : STATE_MISSING, "free space", NULL, "%.1f GB in %s%s",
             bytes / 1e9, folder, bytes >= SPACE_NEEDED ? "" : ": at least 0.1 GB is needed");
    }
    free(folder);
    free(path);
}

/* ---- the model and what computes it ---- */

/* Nothing is asked of the network. */
static const char *look_up_offline(void *settings, const char *name, bool *of_folder)
{
    const char *value = settings_lookup(settings, name, of_folder);
    return strcmp(name, "HF_HUB_OFFLINE") == 0 ? "1" : value;
}

static void examine_model(struct examination *e, struct settings *settings)
{
    struct error err = {0};
    const char *name = settings_text(settings, SETTING_MODEL);
    char *dir = model_place_find(name, look_up_offline, settings, NULL, &err);
    char install[256];
    snprintf(install, sizeof install, "autospec pull %.200s", name);
    if (dir)
        tell(e, STATE_OK, "model", NULL, "%s (%s)", name, dir);
    else
        tell(e, STATE_MISSING, "model", strchr(name, '/') ? install : NULL, "%s: not found here", name);
    free(dir);
}

/* "device "cuda": there is no GPU: REASON; DEVICE=auto would ..." without what is around it. */
static const char *reason(char *text)
{
    static const char BEFORE[] = "there is no GPU: ";
    char *at = strstr(text, BEFORE), *end = strstr(text, "; DEVICE=");
    if (end) *end = '\0';
    return at ? at + sizeof BEFORE - 1 : text;
}

static void examine_machine(struct examination *e)
{
    struct memory_available m = memory_available("");
    struct error err = {0};
    const struct cpu_kernels *kernels = cpu_kernels_find(NULL);
    const char *isa = kernels == cpu_kernels_find("avx512") ? "avx512"
                      : kernels == cpu_kernels_find("avx2") ? "avx2"
                                                            : "portable: slow";
    tell(e, STATE_OK, "processor", NULL, "%zu cores, instructions: %s", thread_pool_cores(), isa);
    tell(e, STATE_OK, "memory", NULL, "%.1f GB of %.1f GB available", (double)m.bytes / 1e9, (double)m.total / 1e9);
    if (engine_device_check("cuda", &err))
        tell(e, STATE_OK, "GPU", NULL, "found; models are computed on it");
    else
        tell(e, STATE_ABSENT, "GPU", NULL, "the processor computes: %s", reason(err.text));
}

static int run(struct command_line *line, struct error *err)
{
    struct examination e = {.json = line->json, .checks = json_array()};
    if (line->n_arguments) {
        json_decref(e.checks);
        error_set(err, ERROR_USAGE, "doctor takes no argument");
        return EXIT_USAGE;
    }
    examine_readers(&e);
    examine_ocr(&e);
    examine_sandbox(&e);
    examine_store(&e, &line->settings);
    examine_model(&e, &line->settings);
    examine_machine(&e);
    bool ok = true;
    if (e.json)
        ok = output_json(json_pack("{s:b, s:O}", "ok", e.n_missing == 0, "checks", e.checks), err);
    else
        output_puts(e.n_missing ? "Something that is needed is missing.\n" : "All that is needed is there.\n");
    json_decref(e.checks);
    return ok && e.n_missing == 0 ? EXIT_OK : EXIT_FAILED;
}

const struct command command_doctor = {
    .name = "doctor",
    .bit = COMMAND_DOCTOR,
    .arguments = "",
    .summary = "Say what is there to work with, and how to get what is not",
    .description =
        "Looks at the readers of documents, the languages for OCR, the sandbox, the store and\n"
        "the space beside it, the model, the processor and the GPU. \"absent\" is what only part\n"
        "of the work needs, \"missing\" what all of it does: the exit status is 1 then. Nothing\n"
        "is asked of the network, nothing is changed.\n",
    .run = run,
};
