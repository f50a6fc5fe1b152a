/* Where the Hub and its cache are, by the environment variables that huggingface_hub reads:
 * HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_HUB_OFFLINE and their older names. */
#ifndef HUB_HUB_SETTINGS_H
#define HUB_HUB_SETTINGS_H

#include "base/error.h"

#include <stddef.h>

struct hub_settings {
    char *endpoint;       /* "https://huggingface.co", without a slash at the end */
    char *cache;          /* the folder that holds models--ORG--NAME */
    char *token;          /* NULL: none */
    char *ca_file;        /* of certificates to trust; NULL: the system's */
    bool offline;         /* nothing is asked of any server */
    size_t retries;       /* how often a request is tried again without a byte of progress */
    size_t stall_seconds; /* without a byte, then the connection counts as broken */
};

/* The value of a variable, or NULL. A value that is empty is as good as none. *of_folder: it is from a file of
 * the working directory, which others may have written. */
typedef const char *hub_lookup(void *context, const char *name, bool *of_folder);

/* lookup NULL: the process's environment. Warns of TRANSFORMERS_CACHE, which is deprecated. An endpoint that
 * a file of the working directory names gets no token from elsewhere: that is left out, with a warning. Free
 * with hub_settings_free, also after a failure. */
bool hub_settings_read(struct hub_settings *s, hub_lookup *lookup, void *context,
                       struct error *err);
void hub_settings_free(struct hub_settings *s);

/* The file of certificates to trust that the process's environment names (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE
 * or SSL_CERT_FILE); NULL: the system's. */
const char *hub_ca_file(void);

#endif
