/* Log lines on standard error, by level. Nothing a user typed or a document holds is logged at the
 * default level. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_QUIET, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Default LOG_WARN. Not thread-safe: set it once, at start. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Where the lines of the calling thread go instead of standard error, without their prefix; every
 * level is handed on. The sink is borrowed. NULL: standard error again. Gives what was set before,
 * so that a library call can put it back. */
struct log_sink {
    void (*line)(void *context, enum log_level level, const char *text);
    void *context;
};
const struct log_sink *log_set_sink(const struct log_sink *sink);

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
