#include "base/progress.h"
#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30 };
static const double FIRST_AFTER = 0.5, TERMINAL_EVERY = 0.1, PLAIN_EVERY = 10, RATE_OVER = 8;
static bool quiet_all;
static _Thread_local const struct progress_sink *own_sink;

const struct progress_sink *progress_set_sink(const struct progress_sink *sink)
{
    const struct progress_sink *before = own_sink;
    own_sink = sink;
    return before;
}

void progress_set_quiet(bool quiet)
{
    quiet_all = quiet;
}

void progress_start(struct progress *p, const char *label, const char *unit, size_t total)
{
    *p = (struct progress){.label = label, .unit = unit, .total = total};
    p->started = p->drawn = p->rated = clock_seconds();
    p->terminal = isatty(STDERR_FILENO);
    p->quiet = quiet_all;
    p->sink = own_sink;
    if (p->sink) p->sink->report(p->sink->context, label, unit, 0, total);
}

static void amount(char *out, size_t size, const char *unit, double v)
{
    if (strcmp(unit, "bytes") != 0)
        snprintf(out, size, "%.0f %s", v, unit);
    else if (v < 1e9)
        snprintf(out, size, "%.1f MB", v / 1e6);
    else
        snprintf(out, size, "%.2f GB", v / 1e9);
}

/* What is left at this rate, as a person would say it. */
static void time_left(char *out, size_t size, double units, double per_second)
{
    double seconds = per_second > 0 ? units / per_second : units > 0 ? INFINITY : 0;
    if (seconds < 100)
        snprintf(out, size, "%.0f s left", seconds);
    else if (seconds < 100 * 60)
        snprintf(out, size, "%.0f min left", seconds / 60);
    else if (seconds < 100 * 3600)
        snprintf(out, size, "%.0f h left", seconds / 3600);
    else
        snprintf(out, size, "days left");
}

/* Takes what was done since the last call into the rate. */
static void update_rate(struct progress *p, double now)
{
    double seconds = now - p->rated;
    if (seconds <= 0) return;
    double since_start = now - p->started, done = (double)p->done - (double)p->rated_done;
    /* At first the mean since the start; later an average that forgets. */
    double weight = since_start < RATE_OVER ? seconds / since_start : 1 - exp(-seconds / RATE_OVER);
    p->rate += weight * ((done > 0 ? done / seconds : 0) - p->rate);
    p->rated = now;
    p->rated_done = p->done;
}

static void draw(struct progress *p, double now)
{
    char done[32], total[32], rate[32], left[32];
    update_rate(p, now);
    amount(done, sizeof done, p->unit, (double)p->done);
    amount(total, sizeof total, p->unit, (double)p->total);
    amount(rate, sizeof rate, p->unit, p->rate);
    time_left(left, sizeof left, p->total > p->done ? (double)(p->total - p->done) : 0, p->rate);
    double part = p->total ? (double)p->done / (double)p->total : 0;
    if (part > 1) part = 1;
    if (p->terminal) {
        char bar[BAR_WIDTH + 1];
        int full = (int)(part * BAR_WIDTH);
        memset(bar, '.', BAR_WIDTH);
        memset(bar, '#', (size_t)full);
        bar[BAR_WIDTH] = '\0';
        fprintf(stderr, "\r\033[K%s [%s] %3.0f%% %s, %s/s, %s", p->label, bar, part * 100, done,
                rate, left);
    } else {
        fprintf(stderr, "%s: %.0f%% (%s of %s, %s/s, %s)\n", p->label, part * 100, done, total,
                rate, left);
    }
    fflush(stderr);
    p->drawn = now;
    p->any = true;
}

void progress_update(struct progress *p, size_t done)
{
    p->done = done;
    double now = clock_seconds();
    if (p->sink) {
        if (now - p->drawn < TERMINAL_EVERY) return;
        p->drawn = now;
        p->sink->report(p->sink->context, p->label, p->unit, done, p->total);
        return;
    }
    if (p->quiet) return;
    if (now - p->started < FIRST_AFTER) return;
    if (now - p->drawn < (p->terminal ? TERMINAL_EVERY : PLAIN_EVERY)) return;
    draw(p, now);
}

void progress_end(struct progress *p)
{
    if (p->sink) p->sink->report(p->sink->context, p->label, p->unit, p->done, p->total);
    if (p->sink || p->quiet || !p->any) return;
    double now = clock_seconds();
    char done[32];
    amount(done, sizeof done, p->unit, (double)p->done);
    fprintf(stderr, "%s%s: %s in %.1f s\n", p->terminal ? "\r\033[K" : "", p->label, done,
            now - p->started);
}
