#include "hub/hub_hash.h"

#include <openssl/evp.h>
#include <stdio.h>

static bool failed(struct error *err)
{
    return error_set(err, ERROR_UNSUPPORTED, "libcrypto does not compute the checksum");
}

bool hub_hash_start(struct hub_hash *h, enum hub_hash_kind kind, size_t size, struct error *err)
{
    hub_hash_free(h);
    if (kind == HUB_HASH_NONE) return true;
    h->state = EVP_MD_CTX_new();
    if (!h->state) return error_memory(err, "checksum");
    if (!EVP_DigestInit_ex(h->state, kind == HUB_HASH_SHA256 ? EVP_sha256() : EVP_sha1(), NULL))
        return failed(err);
    if (kind != HUB_HASH_GIT) return true;
    char head[32];
    int n = snprintf(head, sizeof head, "blob %zu", size);
    return hub_hash_update(h, head, (size_t)n + 1, err);
}

bool hub_hash_update(struct hub_hash *h, const void *data, size_t len, struct error *err)
{
    return !h->state || EVP_DigestUpdate(h->state, data, len) || failed(err);
}

bool hub_hash_end(struct hub_hash *h, char out[HUB_HASH_HEX], struct error *err)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    out[0] = '\0';
    if (h->state && !EVP_DigestFinal_ex(h->state, sum, &len)) return failed(err);
    for (unsigned int i = 0; i < len && 2 * i + 2 < HUB_HASH_HEX; i++)
        snprintf(out + 2 * i, 3, "%02x", sum[i]);
    hub_hash_free(h);
    return true;
}

void hub_hash_free(struct hub_hash *h)
{
    EVP_MD_CTX_free(h->state);
    h->state = NULL;
}
