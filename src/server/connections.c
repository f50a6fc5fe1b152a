#include "server/connections.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { ADDRESS_BITS = 10, ADDRESSES = 1 << ADDRESS_BITS };

struct connection {
    struct connection *next, *previous;
    int fd;
    enum connection_phase phase;
    bool served;  /* a request before this one */
    bool hung_up; /* the client was seen to have ended its side */
    bool ended;
    double since; /* that it is in its phase */
    double moved;  /* when its bytes came last */
    double window; /* when it was seen last that its body goes on */
    uint64_t bytes, window_bytes; /* of its body or reply; those at that time */
    size_t address; /* index of counts */
};

struct connections {
    pthread_mutex_t lock;
    struct connection *first;
    size_t n, limit;
    uint64_t seed;
    uint32_t counts[ADDRESSES]; /* connections of the addresses that share a hash */
};

struct connections *connections_create(size_t limit)
{
    struct connections *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->limit = limit;
    if (getrandom(&c->seed, sizeof c->seed, GRND_NONBLOCK) != sizeof c->seed) c->seed = (uintptr_t)c;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void connections_free(struct connections *c)
{
    if (!c) return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* IPv4 addresses one by one, IPv6 by the network of 64 bits that one subscriber has. The seed keeps anybody
 * from choosing whose share he adds to. */
static size_t address_index(const struct connections *c, const struct sockaddr *address)
{
    uint64_t key = 0;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    if (address && address->sa_family == AF_INET) {
        memcpy(&four, address, sizeof four);
        key = four.sin_addr.s_addr;
    } else if (address && address->sa_family == AF_INET6) {
        memcpy(&six, address, sizeof six);
        memcpy(&key, IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) ? six.sin6_addr.s6_addr + 8 : six.sin6_addr.s6_addr,
               sizeof key);
    }
    return (size_t)(((key ^ c->seed) * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - ADDRESS_BITS));
}

static void end(struct connection *one)
{
    one->ended = true;
    shutdown(one->fd, SHUT_RDWR);
}

/* How much a connection stands in the way: its address's connections times the time that it has waited for
 * its client, which counts most where no request has come. 0: it does not wait for it. */
static double burden(const struct connections *c, const struct connection *one, double now)
{
    static const double WEIGHTS[] = {
        [CONNECTION_WAITING] = 4, [CONNECTION_BODY] = 1, [CONNECTION_SENDING] = 1, [CONNECTION_WORKING] = 0};
    return one->ended ? 0 : WEIGHTS[one->phase] * c->counts[one->address] * (now - one->since);
}

static void make_room(struct connections *c, double now)
{
    struct connection *most = NULL;
    double heaviest = 0;
    for (struct connection *one = c->first; one; one = one->next) {
        double b = burden(c, one, now);
        if (b <= heaviest) continue;
        most = one;
        heaviest = b;
    }
    if (most) end(most);
}

void connections_relieve(struct connections *c, double now)
{
    struct connection *most = NULL;
    double heaviest = 0;
    pthread_mutex_lock(&c->lock);
    for (struct connection *one = c->first; one; one = one->next) {
        double still = now - one->moved, b = still * (double)one->bytes;
        bool waits = one->phase == CONNECTION_BODY || one->phase == CONNECTION_SENDING;
        if (one->ended || !waits || still < CONNECTION_STALL_SECONDS || b <= heaviest) continue;
        most = one;
        heaviest = b;
    }
    if (most) end(most);
    pthread_mutex_unlock(&c->lock);
}

struct connection *connections_add(struct connections *c, int fd, const struct sockaddr *address, double now)
{
    struct connection *one = malloc(sizeof *one);
    if (!one) return NULL;
    *one = (struct connection){.fd = fd, .since = now, .address = address_index(c, address)};
    pthread_mutex_lock(&c->lock);
    if (c->n >= c->limit) make_room(c, now);
    one->next = c->first;
    if (one->next) one->next->previous = one;
    c->first = one;
    c->counts[one->address]++;
    c->n++;
    pthread_mutex_unlock(&c->lock);
    return one;
}

void connections_remove(struct connections *c, struct connection *one)
{
    if (!one) return;
    pthread_mutex_lock(&c->lock);
    if (one->next) one->next->previous = one->previous;
    *(one->previous ? &one->previous->next : &c->first) = one->next;
    c->counts[one->address]--;
    c->n--;
    pthread_mutex_unlock(&c->lock);
    free(one);
}

void connections_set_phase(struct connections *c, struct connection *one, enum connection_phase phase, double now)
{
    if (!one) return;
    pthread_mutex_lock(&c->lock);
    one->phase = phase;
    one->since = one->moved = one->window = now;
    one->bytes = one->window_bytes = 0;
    one->served |= phase != CONNECTION_WAITING;
    pthread_mutex_unlock(&c->lock);
}

void connections_add_bytes(struct connections *c, struct connection *one, size_t bytes, double now)
{
    if (!one) return;
    pthread_mutex_lock(&c->lock);
    one->bytes += bytes;
    one->moved = now;
    pthread_mutex_unlock(&c->lock);
}

static bool has_stalled(struct connection *one, double now)
{
    if (now - one->window < CONNECTION_BODY_SECONDS) return false;
    bool stalled = one->bytes - one->window_bytes < CONNECTION_BODY_BYTES;
    one->window = now;
    one->window_bytes = one->bytes;
    return stalled;
}

static bool is_late(struct connection *one, double now)
{
    double seconds = now - one->since;
    switch (one->phase) {
    case CONNECTION_WAITING:
        return seconds > (one->served ? CONNECTION_NEXT_SECONDS : CONNECTION_FIRST_SECONDS);
    case CONNECTION_BODY:
        return seconds > CONNECTION_LONGEST_BODY_SECONDS || has_stalled(one, now);
    case CONNECTION_SENDING: /* the library's time limit for silence holds */
    case CONNECTION_WORKING:
        break;
    }
    return false;
}

/* The library does not see an end that came together with half a request. Seen twice in a row, so that a
 * whole request that came with it has been read in between. */
static bool has_gone(struct connection *one)
{
    bool before = one->hung_up;
    struct pollfd fd = {.fd = one->fd, .events = POLLRDHUP};
    one->hung_up = (one->phase == CONNECTION_WAITING || one->phase == CONNECTION_BODY) && poll(&fd, 1, 0) == 1;
    return before && one->hung_up;
}

void connections_expire(struct connections *c, double now)
{
    pthread_mutex_lock(&c->lock);
    for (struct connection *one = c->first; one; one = one->next)
        if (!one->ended && (is_late(one, now) || has_gone(one))) end(one);
    pthread_mutex_unlock(&c->lock);
}
