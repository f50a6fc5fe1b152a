#include "ingest/web_page.h"

#include "base/buffer.h"
#include "hub/hub_http.h"
#include "hub/hub_settings.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 15, STALL_SECONDS = 30, TYPE_BYTES = 120, MAX_URL = 4096 };

struct fetch {
    const char *url;
    bool allow_private, refused, too_large;
    char refused_address[INET6_ADDRSTRLEN];
    const atomic_bool *cancel;
    struct buffer body;
    char type[TYPE_BYTES], charset[TYPE_BYTES];
};

bool web_is_url(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0;
}

/* ---- addresses ---- */

static bool is_private_v4(uint32_t a)
{
    static const struct {
        uint32_t network;
        int bits;
    } PRIVATE[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
        {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0a80000, 16}, {0xc6120000, 15},
        {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4},
    };
    for (size_t i = 0; i < sizeof PRIVATE / sizeof *PRIVATE; i++)
        if (a >> (32 - PRIVATE[i].bits) == PRIVATE[i].network >> (32 - PRIVATE[i].bits)) return true;
    return false;
}

static uint32_t v4_at(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool is_private_v6(const uint8_t *b)
{
    static const uint8_t ZEROS[12] = {0}, MAPPED[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t NAT64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(b, ZEROS, 12) == 0 || memcmp(b, MAPPED, 12) == 0 || memcmp(b, NAT64, 12) == 0)
        return memcmp(b, ZEROS, 12) == 0 || is_private_v4(v4_at(b + 12));
    if (b[0] == 0x20 && b[1] == 0x02) return is_private_v4(v4_at(b + 2)); /* 6to4 */
    bool global = (b[0] & 0xe0) == 0x20; /* 2000::/3 is all that is given out */
    bool teredo = b[0] == 0x20 && b[1] == 0x01 && b[2] < 2;
    return !global || teredo;
}

bool web_address_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return is_private_v4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return is_private_v6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return true;
}

/* Called for each connection, with the address that it goes to. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct fetch *f = context;
    if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
    if (!f->allow_private && web_address_is_private(&address->addr)) {
        const void *at = address->addr.sa_family == AF_INET
                             ? (const void *)&((struct sockaddr_in *)(void *)&address->addr)->sin_addr
                             : (const void *)&((struct sockaddr_in6 *)(void *)&address->addr)->sin6_addr;
        f->refused = true;
        inet_ntop(address->addr.sa_family, at, f->refused_address, sizeof f->refused_address);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- the transfer ---- */

static size_t on_body(char *data, size_t size, size_t n, void *context)
{
    struct fetch *f = context;
    size_t len = size * n;
    if (len > WEB_MAX_BYTES - f->body.len) {
        f->too_large = true;
        return 0;
    }
    buffer_append(&f->body, data, len);
    return f->body.failed ? 0 : len;
}

static int on_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    const struct fetch *f = context;
    (void)total, (void)now, (void)up_total, (void)up;
    return f->cancel && atomic_load_explicit(f->cancel, memory_order_relaxed);
}

/* "text/html; charset=ISO-8859-2" */
static void take_type(struct fetch *f, const char *header)
{
    size_t n = header ? strcspn(header, "; \t") : 0;
    if (n == 0 || n >= sizeof f->type) return;
    memcpy(f->type, header, n);
    const char *charset = strcasestr(header + n, "charset=");
    if (!charset) return;
    charset += 8;
    if (*charset == '"') charset++;
    n = strcspn(charset, "\"; \t");
    if (n < sizeof f->charset) memcpy(f->charset, charset, n);
}

static bool judge(struct fetch *f, CURL *e, CURLcode result, const char *detail, struct error *err)
{
    long status = 0;
    char *type = NULL;
    curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(e, CURLINFO_CONTENT_TYPE, &type);
    if (f->body.failed) return error_memory(err, f->url);
    if (result == CURLE_ABORTED_BY_CALLBACK) return error_set(err, ERROR_CANCELLED, "%s: cancelled", f->url);
    if (f->too_large || result == CURLE_FILESIZE_EXCEEDED)
        return error_set(err, ERROR_INPUT, "%.300s: is larger than %d MB", f->url, WEB_MAX_BYTES >> 20);
    if (f->refused && result != CURLE_OK)
        return error_set(err, ERROR_INPUT,
                         "%.300s: leads to %s, an address of this machine or of a private network "
                         "(--allow-private allows it)",
                         f->url, f->refused_address);
    if (result == CURLE_TOO_MANY_REDIRECTS)
        return error_set(err, ERROR_INPUT, "%.300s: more than %d redirects", f->url, WEB_MAX_REDIRECTS);
    if (result != CURLE_OK)
        return error_set(err, ERROR_IO, "%.300s: %.150s", f->url, *detail ? detail : curl_easy_strerror(result));
    if (status < 200 || status > 299)
        return error_set(err, status == 404 ? ERROR_NOT_FOUND : ERROR_IO, "%.300s: HTTP status %ld", f->url, status);
    take_type(f, type);
    return true;
}

static bool fetch_page(struct fetch *f, struct error *err)
{
    char detail[CURL_ERROR_SIZE] = "";
    if (strlen(f->url) > MAX_URL) return error_set(err, ERROR_USAGE, "a URL of more than %d bytes", MAX_URL);
    const char *host = strstr(f->url, "://") + 3;
    if (memchr(host, '@', strcspn(host, "/?#")))
        return error_set(err, ERROR_USAGE, "a URL with a user name or password would be kept in the store: refused");
    if (!hub_http_init(err)) return false;
    CURL *e = curl_easy_init();
    if (!e) return error_memory(err, f->url);
    bool secure = strncasecmp(f->url, "https:", 6) == 0;
    curl_easy_setopt(e, CURLOPT_URL, f->url);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)WEB_MAX_REDIRECTS);
    if (!f->allow_private) curl_easy_setopt(e, CURLOPT_PROXY, "");
    if (hub_ca_file()) curl_easy_setopt(e, CURLOPT_CAINFO, hub_ca_file());
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, f);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, f);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)WEB_MAX_BYTES);
    curl_easy_setopt(e, CURLOPT_TIMEOUT, (long)WEB_MAX_SECONDS);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(e, CURLOPT_USERAGENT, "autospec/" AUTOSPEC_VERSION);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, detail);
    CURLcode result = curl_easy_perform(e);
    bool ok = judge(f, e, result, detail, err);
    curl_easy_cleanup(e);
    return ok;
}

/* ---- the document ---- */

static bool kind_of_type(const char *type, enum document_kind *kind)
{
    static const struct {
        const char *type;
        enum document_kind kind;
    } TYPES[] = {
        {"text/html", DOCUMENT_HTML},           {"application/xhtml+xml", DOCUMENT_HTML},
        {"text/csv", DOCUMENT_CSV},             {"text/tab-separated-values", DOCUMENT_CSV},
        {"text/markdown", DOCUMENT_MARKDOWN},   {"application/json", DOCUMENT_JSON},
        {"application/x-ndjson", DOCUMENT_JSON_LINES}, {"text/vtt", DOCUMENT_SUBTITLES},
        {"application/x-subrip", DOCUMENT_SUBTITLES},
    };
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcasecmp(type, TYPES[i].type) == 0) {
            *kind = TYPES[i].kind;
            return true;
        }
    return false;
}

bool ingest_url(struct store *store, const char *url, bool allow_private, const struct ingest_options *options,
                struct ingest_totals *totals, struct error *err)
{
    static const struct ingest_options NO_OPTIONS = {0};
    struct ingest_options own = options ? *options : NO_OPTIONS;
    own.keep_original = true; /* it is nowhere else */
    struct fetch f = {.url = url, .allow_private = allow_private, .cancel = own.cancel};
    enum document_kind kind;
    bool ok = fetch_page(&f, err);
    if (ok && !kind_of_type(f.type, &kind)) {
        /* The name is that of the path, without what is asked of it. */
        char *name = strndup(url, strcspn(url, "?#"));
        ok = name ? document_kind_find(name, buffer_text(&f.body), f.body.len, &kind, err) : error_memory(err, url);
        free(name);
    }
    if (ok) {
        if (f.charset[0]) own.charset = f.charset;
        ok = ingest_text(store, url, kind, buffer_text(&f.body), f.body.len, &own, totals, err);
    }
    buffer_free(&f.body);
    return ok;
}
