#include "document/pdf_helper.h"
#include "base/clock.h"
#include "base/file.h"
#include "document/pdf_client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- where it is --- */

static char *if_program(char *path)
{
    if (path && access(path, X_OK) == 0) return path;
    free(path);
    return NULL;
}

char *pdf_helper_find(struct error *err)
{
    const char *named = getenv("AUTOSPEC_PDF");
    if (named && *named) {
        char *found = if_program(strdup(named));
        if (!found) error_set(err, ERROR_UNSUPPORTED, "AUTOSPEC_PDF names '%s', which is not a program", named);
        return found;
    }
    static const char *const places[] = {"autospec-pdf", "../libexec/autospec/autospec-pdf"};
    char *self = realpath("/proc/self/exe", NULL), *found = NULL;
    char *slash = self ? strrchr(self, '/') : NULL;
    if (slash) *slash = '\0';
    for (size_t i = 0; slash && !found && i < sizeof places / sizeof *places; i++)
        found = if_program(path_join(self, places[i]));
    free(self);
    if (!found) found = if_program(strdup(AUTOSPEC_PREFIX "/libexec/autospec/autospec-pdf"));
    if (!found)
        error_set(err, ERROR_UNSUPPORTED,
                  "the program autospec-pdf, which reads PDF files and scans, is not installed; `make deps all` builds it");
    return found;
}

/* --- starting --- */

/* Beyond the descriptors that are set up for the helper, so that none of these is in the way. */
static int out_of_the_way(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 10);
}

/* What the helper needs of the environment, and no more. */
enum { MAX_ENVIRONMENT = 16 };
static void choose_environment(char *chosen[MAX_ENVIRONMENT])
{
    static const char *const kept[] = {"TESSDATA_PREFIX=", "FONTCONFIG_PATH=", "FONTCONFIG_FILE=", "LD_LIBRARY_PATH=",
                                       "XDG_CACHE_HOME=",  "HOME="};
    static char language[] = "LANG=C.UTF-8", threads[] = "OMP_THREAD_LIMIT=1";
    size_t n = 0;
    chosen[n++] = language;
    chosen[n++] = threads;
    for (char **e = environ; *e && n + 1 < MAX_ENVIRONMENT; e++)
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (strncmp(*e, kept[i], strlen(kept[i])) == 0 && n + 1 < MAX_ENVIRONMENT) chosen[n++] = *e;
    chosen[n] = NULL;
}

static int spawn(struct pdf_helper *h, int its_socket, int document, char *const argv[])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    char *environment[MAX_ENVIRONMENT];
    sigemptyset(&none);
    sigfillset(&all);
    choose_environment(environment);
    if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    int rc = posix_spawn_file_actions_adddup2(&files, its_socket, STDIN_FILENO);
    if (!rc) rc = posix_spawn_file_actions_adddup2(&files, its_socket, STDOUT_FILENO);
    if (!rc) rc = posix_spawn_file_actions_adddup2(&files, document, PDF_DOCUMENT_FD);
    if (!rc) rc = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!rc) rc = posix_spawn_file_actions_addclosefrom_np(&files, PDF_DOCUMENT_FD + 1);
    if (!rc) rc = posix_spawnattr_setsigmask(&attributes, &none);
    if (!rc) rc = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!rc) rc = posix_spawnattr_setpgroup(&attributes, 0); /* Ctrl-C is for the main program */
    if (!rc)
        rc = posix_spawnattr_setflags(&attributes,
                                      POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (!rc) rc = posix_spawn(&h->pid, argv[0], &files, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

bool pdf_helper_start(struct pdf_helper *h, int document, const struct pdf_helper_options *options, struct error *err)
{
    int pair[2];
    *h = (struct pdf_helper){.socket = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return error_errno(err, ERROR_IO, "the PDF reader cannot be started");
    char memory[32], seconds[32];
    snprintf(memory, sizeof memory, "%zu", options->memory_bytes);
    snprintf(seconds, sizeof seconds, "%d", (int)options->seconds + 1);
    char *argv[] = {(char *)(uintptr_t)options->program, (char[]){"--serve"}, (char[]){"--memory"}, memory,
                    (char[]){"--seconds"}, seconds, options->ocr_languages ? (char[]){"--ocr"} : NULL,
                    (char *)(uintptr_t)options->ocr_languages, NULL};
    int its_socket = out_of_the_way(pair[1]), its_document = out_of_the_way(document);
    int rc = its_socket < 0 || its_document < 0 ? errno : spawn(h, its_socket, its_document, argv);
    if (its_socket >= 0) close(its_socket);
    if (its_document >= 0) close(its_document);
    close(pair[1]);
    h->socket = pair[0];
    if (rc == 0) return true;
    h->pid = 0;
    close(pair[0]);
    h->socket = -1;
    errno = rc;
    return error_errno(err, ERROR_IO, "the PDF reader cannot be started: %s", options->program);
}

/* --- talking --- */

static bool send_all(int fd, const void *data, size_t len)
{
    for (size_t sent = 0; sent < len;) {
        ssize_t n = send(fd, (const char *)data + sent, len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        sent += (size_t)n;
    }
    return true;
}

bool pdf_helper_send(struct pdf_helper *h, enum pdf_record_type type, const void *head, size_t head_len,
                     const void *body, size_t body_len)
{
    struct pdf_record record = {(uint32_t)type, (uint32_t)(head_len + body_len)};
    return h->pid && send_all(h->socket, &record, sizeof record) && send_all(h->socket, head, head_len) &&
           (body_len == 0 || send_all(h->socket, body, body_len));
}

static enum pdf_wait receive_all(struct pdf_helper *h, void *to, size_t len, double deadline, const atomic_bool *cancel)
{
    for (size_t got = 0; got < len;) {
        if (cancel && atomic_load(cancel)) return PDF_WAIT_CANCELLED;
        double left = deadline - clock_seconds();
        if (left <= 0) return PDF_WAIT_TIMEOUT;
        const double look = 0.2; /* at the cancel flag */
        struct pollfd p = {.fd = h->socket, .events = POLLIN};
        int ready = poll(&p, 1, (int)((left < look ? left : look) * 1000) + 1);
        if (ready < 0 && errno != EINTR) return PDF_WAIT_ENDED;
        if (ready <= 0) continue;
        ssize_t n = recv(h->socket, (char *)to + got, len - got, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n <= 0) return PDF_WAIT_ENDED;
        got += (size_t)n;
    }
    return PDF_WAIT_RECORD;
}

enum pdf_wait pdf_helper_receive(struct pdf_helper *h, double seconds, const atomic_bool *cancel, uint32_t *type,
                                 struct buffer *body)
{
    double deadline = clock_seconds() + seconds;
    struct pdf_record record;
    buffer_clear(body);
    if (!h->pid) return PDF_WAIT_ENDED;
    enum pdf_wait got = receive_all(h, &record, sizeof record, deadline, cancel);
    if (got != PDF_WAIT_RECORD) return got;
    *type = record.type;
    if (record.len > PDF_MAX_RECORD) return PDF_WAIT_MALFORMED;
    for (size_t left = record.len; left;) { /* memory grows with what really comes */
        char piece[1 << 16];
        size_t n = left < sizeof piece ? left : sizeof piece;
        if ((got = receive_all(h, piece, n, deadline, cancel)) != PDF_WAIT_RECORD) return got;
        buffer_append(body, piece, n);
        if (body->failed) return PDF_WAIT_MEMORY;
        left -= n;
    }
    return PDF_WAIT_RECORD;
}

/* --- ending --- */

static enum pdf_end describe(int status, char *how, size_t size)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0, code = signal ? 0 : WEXITSTATUS(status);
    if (signal == SIGPROF || signal == SIGXCPU) {
        snprintf(how, size, "took too long");
        return PDF_END_TIME;
    }
    /* How its libraries end it when they get no memory. */
    if (signal == SIGABRT || signal == SIGTRAP || code) {
        snprintf(how, size, "gave up, most likely for want of memory (%s %d)", signal ? "signal" : "exit status",
                 signal ? signal : code);
        return PDF_END_MEMORY;
    }
    if (signal == SIGSYS) snprintf(how, size, "was stopped: it tried what it may not do (signal %d)", signal);
    else if (signal) snprintf(how, size, "crashed (signal %d)", signal);
    else snprintf(how, size, "ended before it was done");
    return PDF_END_OTHER;
}

enum pdf_end pdf_helper_end(struct pdf_helper *h, char *how, size_t size)
{
    char unused[8];
    if (!how) {
        how = unused;
        size = sizeof unused;
    }
    snprintf(how, size, "has ended");
    if (h->socket >= 0) close(h->socket);
    h->socket = -1;
    if (h->pid <= 0) return PDF_END_OTHER;
    int status = 0;
    /* Its socket is closed at its end too when it has ended by itself; it may still be on its way out. */
    bool ended = false;
    for (int tries = 0; tries < 50 && !ended; tries++) {
        pid_t got = waitpid(h->pid, &status, WNOHANG);
        ended = got != 0;
        if (got < 0 && errno != EINTR) status = 0;
        if (!ended) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    if (!ended) {
        kill(h->pid, SIGKILL);
        while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR) {}
    }
    h->pid = 0;
    return describe(status, how, size);
}
