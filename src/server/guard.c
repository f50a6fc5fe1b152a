#include "server/guard.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char SEPARATORS[] = ", \t\r\n";

struct guard {
    unsigned char (*keys)[SHA256_DIGEST_LENGTH];
    size_t n_keys;
    char **hosts, **origins;
    size_t n_hosts, n_origins;
    bool any_host;
};

static size_t count_words(const char *list)
{
    size_t n = 0;
    for (const char *p = list; p && *p;) {
        p += strspn(p, SEPARATORS);
        if (*p) n++;
        p += strcspn(p, SEPARATORS);
    }
    return n;
}

/* The next word of the list, malloc'ed; NULL at its end. */
static char *next_word(const char **list)
{
    if (!*list) return NULL;
    *list += strspn(*list, SEPARATORS);
    size_t len = strcspn(*list, SEPARATORS);
    char *word = len ? strndup(*list, len) : NULL;
    *list += len;
    return word;
}

/* Keys are parted by commas alone: a blank inside one is a mistake that would make two weak ones of it. A
 * list without a key must not let everybody in. */
static bool take_keys(struct guard *g, const char *list, struct error *err)
{
    size_t commas = 0;
    for (const char *p = list; p && *p; p++) commas += *p == ',';
    g->keys = calloc(commas + 2, sizeof *g->keys);
    if (!g->keys) return error_memory(err, "the keys");
    for (const char *p = list; p && *p;) {
        size_t len = strcspn(p, ","), skip = strspn(p, " \t");
        const char *key = p + (skip < len ? skip : len), *end = p + len;
        while (end > key && (end[-1] == ' ' || end[-1] == '\t')) end--;
        for (const char *c = key; c < end; c++)
            if ((unsigned char)*c <= ' ' || *c == 0x7f)
                return error_set(err, ERROR_USAGE,
                                 "API_KEY: key %zu has a blank or control character in it; keys are "
                                 "separated by commas", g->n_keys + 1);
        if (end > key) SHA256((const unsigned char *)key, (size_t)(end - key), g->keys[g->n_keys++]);
        p += len + (p[len] == ',');
    }
    if (list && *list && g->n_keys == 0)
        return error_set(err, ERROR_USAGE, "API_KEY is set, but holds no key");
    return true;
}

static char **take_words(const char *list, size_t *n)
{
    char **words = calloc(count_words(list) + 1, sizeof *words);
    for (char *word; words && (word = next_word(&list));) words[(*n)++] = word;
    return words;
}

static bool is_name(const char *text)
{
    return *text && !text[strcspn(text, "/@?#\\ ")];
}

static bool is_origin(const char *text)
{
    const char *at = strstr(text, "://");
    return at && at > text && is_name(at + 3);
}

struct guard *guard_create(const struct guard_rules *rules, struct error *err)
{
    struct guard *g = calloc(1, sizeof *g);
    if (g && !take_keys(g, rules->keys, err)) goto fail;
    if (!g || !(g->hosts = take_words(rules->hosts, &g->n_hosts)) ||
        !(g->origins = take_words(rules->origins, &g->n_origins))) {
        error_memory(err, "the access rules");
        goto fail;
    }
    for (size_t i = 0; i < g->n_hosts; i++) {
        g->any_host |= strcmp(g->hosts[i], "*") == 0;
        if (is_name(g->hosts[i])) continue;
        error_set(err, ERROR_USAGE, "AUTOSPEC_HOSTS: \"%s\" is not a host's name", g->hosts[i]);
        goto fail;
    }
    for (size_t i = 0; i < g->n_origins; i++) {
        if (is_origin(g->origins[i])) continue;
        error_set(err, ERROR_USAGE,
                  "AUTOSPEC_ORIGINS: \"%s\" is not an origin such as https://tools.example",
                  g->origins[i]);
        goto fail;
    }
    if (rules->bind && *rules->bind) {
        char **grown = realloc(g->hosts, (g->n_hosts + 1) * sizeof *grown);
        if (grown) g->hosts = grown;
        if (!grown || !(g->hosts[g->n_hosts] = strdup(rules->bind))) {
            error_memory(err, "the access rules");
            goto fail;
        }
        g->n_hosts++;
    }
    return g;
fail:
    guard_free(g);
    return NULL;
}

void guard_free(struct guard *g)
{
    if (!g) return;
    for (size_t i = 0; i < g->n_hosts && g->hosts; i++) free(g->hosts[i]);
    for (size_t i = 0; i < g->n_origins && g->origins; i++) free(g->origins[i]);
    if (g->keys) OPENSSL_cleanse(g->keys, g->n_keys * sizeof *g->keys);
    free(g->keys);
    free(g->hosts);
    free(g->origins);
    free(g);
}

bool guard_has_keys(const struct guard *g)
{
    return g->n_keys > 0;
}

/* Digests are compared, so that not even the key's length shows. */
static bool key_matches(const struct guard *g, const char *given)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)given, strlen(given), digest);
    bool any = false;
    for (size_t i = 0; i < g->n_keys; i++)
        any |= CRYPTO_memcmp(digest, g->keys[i], sizeof digest) == 0;
    return any;
}

bool guard_admits(const struct guard *g, const char *authorization, const char *token)
{
    if (g->n_keys == 0) return true;
    bool ok = false;
    if (authorization && strncasecmp(authorization, "Bearer ", 7) == 0)
        ok |= key_matches(g, authorization + 7 + strspn(authorization + 7, " "));
    if (token) ok |= key_matches(g, token);
    return ok;
}

/* "name:port", "[::1]:port" or either alone; gives the name without brackets, false when it is too
 * long or none. */
static bool host_name(const char *host, char *out, size_t size)
{
    size_t len;
    if (*host == '[') {
        host++;
        len = strcspn(host, "]");
        if (host[len] != ']') return false;
    } else {
        len = strcspn(host, ":");
    }
    if (len == 0 || len >= size) return false;
    memcpy(out, host, len);
    out[len] = '\0';
    if (out[len - 1] == '.') out[len - 1] = '\0'; /* a name's full form */
    return true;
}

static bool is_address(const char *name)
{
    struct in6_addr a;
    return inet_pton(AF_INET, name, &a) == 1 || inet_pton(AF_INET6, name, &a) == 1;
}

bool guard_host(const struct guard *g, const char *host)
{
    char name[256];
    if (g->any_host) return true;
    if (!host || !host_name(host, name, sizeof name)) return false;
    if (is_address(name) || strcasecmp(name, "localhost") == 0) return true;
    for (size_t i = 0; i < g->n_hosts; i++)
        if (strcasecmp(g->hosts[i], name) == 0 || strcasecmp(g->hosts[i], host) == 0) return true;
    return false;
}

enum guard_origin guard_origin(const struct guard *g, const char *origin, const char *host)
{
    if (!origin) return ORIGIN_OWN;
    for (size_t i = 0; i < g->n_origins; i++)
        if (strcasecmp(g->origins[i], origin) == 0) return ORIGIN_FRIEND;
    const char *at = strstr(origin, "://");
    return at && host && strcasecmp(at + 3, host) == 0 ? ORIGIN_OWN : ORIGIN_FOREIGN;
}

bool address_is_loopback(const char *address)
{
    struct in6_addr six;
    struct in_addr four;
    if (strcasecmp(address, "localhost") == 0) return true;
    if (inet_pton(AF_INET, address, &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, address, &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
    return false;
}
