#include "hub/hub_name.h"
#include "base/utf8.h"

#include <string.h>

static const char HEX[] = "0123456789abcdef";

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* One of the two parts of a repository's name. */
static bool is_repo_part(const char *part, size_t len)
{
    if (len < 1 || len > 96) return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alnum(part[i]) && !strchr("_-.", part[i])) return false;
    return !strchr("-.", part[0]) && !strchr("-.", part[len - 1]);
}

bool hub_repo_is_valid(const char *repo)
{
    const char *slash = strchr(repo, '/');
    const char *name = slash ? slash + 1 : repo;
    size_t len = strlen(name);
    if (slash && !is_repo_part(repo, (size_t)(slash - repo))) return false;
    if (!is_repo_part(name, len)) return false;
    /* "--" stands for the slash in the cache's folder names. */
    if (strstr(repo, "--") || strstr(repo, "..")) return false;
    return len < 4 || strcmp(name + len - 4, ".git") != 0;
}

bool hub_path_is_valid(const char *path)
{
    size_t len = strlen(path);
    if (len == 0 || len > HUB_MAX_PATH || !utf8_is_valid(path, len)) return false;
    for (const char *part = path;;) {
        size_t n = strcspn(part, "/");
        if (n == 0 || n > 255) return false;
        if (part[0] == '.' && (n == 1 || (n == 2 && part[1] == '.'))) return false;
        if (!part[n]) break;
        part += n + 1;
    }
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += utf8_decode(path + i, len - i, &cp);
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) return false;
    }
    return true;
}

bool hub_revision_is_valid(const char *revision)
{
    size_t len = strlen(revision);
    if (len > HUB_MAX_REVISION || !hub_path_is_valid(revision)) return false;
    if (strpbrk(revision, " ~^:?*[\\") || strstr(revision, "..") || strstr(revision, "@{"))
        return false;
    if (revision[0] == '-' || revision[len - 1] == '.') return false;
    for (const char *part = revision; part; part = strchr(part, '/')) {
        if (*part == '/') part++;
        size_t n = strcspn(part, "/");
        if (part[0] == '.' || (n >= 5 && strncmp(part + n - 5, ".lock", 5) == 0)) return false;
    }
    return true;
}

bool hub_is_commit(const char *text)
{
    return strlen(text) == 40 && strspn(text, HEX) == 40;
}

bool hub_name_parse(const char *text, struct hub_name *out, struct error *err)
{
    const char *at = strchr(text, '@');
    size_t len = at ? (size_t)(at - text) : strlen(text);
    const char *revision = at ? at + 1 : "main";
    if (len > HUB_MAX_REPO) return error_set(err, ERROR_USAGE, "a model's name is not that long");
    memcpy(out->repo, text, len);
    out->repo[len] = '\0';
    if (!hub_repo_is_valid(out->repo))
        return error_set(err, ERROR_USAGE,
                         "\"%s\" is not the name of a model on the Hub: ORG/NAME or "
                         "ORG/NAME@REVISION",
                         text);
    if (!hub_revision_is_valid(revision))
        return error_set(err, ERROR_USAGE, "\"%s\" is not a revision: a branch, a tag or a commit",
                         revision);
    memcpy(out->revision, revision, strlen(revision) + 1);
    return true;
}

bool hub_etag_normalize(const char *header, char *out)
{
    if (header[0] == 'W' && header[1] == '/') header += 2;
    size_t len = strlen(header);
    if (len >= 2 && header[0] == '"' && header[len - 1] == '"') {
        header++;
        len -= 2;
    }
    if (len == 0 || len > HUB_MAX_ETAG || header[0] == '.') return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alnum(header[i]) && !strchr("_-.+=", header[i])) return false;
    memcpy(out, header, len);
    out[len] = '\0';
    return true;
}

void hub_url_escape(struct buffer *out, const char *text, bool slashes)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (is_alnum(*text) || strchr("-._~", c) || (slashes && c == '/'))
            buffer_putc(out, *text);
        else
            buffer_printf(out, "%%%02X", c);
    }
}
