#include "hub/hub_refusal.h"

#include <string.h>

static const char TOKEN_PAGE[] = "/settings/tokens";

static bool gated(const struct hub_settings *s, const char *repo, struct error *err)
{
    if (!s->token)
        return error_set(
            err, ERROR_IO,
            "%s is gated: log in and accept its licence at %s/%s, make an access token "
            "at %s%s, and set HF_TOKEN to it",
            repo, s->endpoint, repo, s->endpoint, TOKEN_PAGE);
    return error_set(err, ERROR_IO,
                     "%s is gated, and the account of your access token (HF_TOKEN) may not read it "
                     "yet: accept its licence at %s/%s (a fine-grained token also needs the right "
                     "to read gated models, at %s%s)",
                     repo, s->endpoint, repo, s->endpoint, TOKEN_PAGE);
}

static bool no_repo(const struct hub_settings *s, const char *repo, long status, struct error *err)
{
    /* To who may not see it, a private model looks like one that does not exist. */
    if (!s->token)
        return error_set(err, ERROR_NOT_FOUND,
                         "%s has no model %s, or it is private (HTTP %ld): check the name; for a "
                         "private one set HF_TOKEN",
                         s->endpoint, repo, status);
    return error_set(err, ERROR_NOT_FOUND,
                     "%s has no model %s, or your access token (HF_TOKEN) may not read it (HTTP "
                     "%ld): check the name and the token",
                     s->endpoint, repo, status);
}

bool hub_refusal(const struct hub_settings *settings, const struct hub_name *name, const char *file,
                 const struct hub_reply *reply, struct error *err)
{
    const char *code = reply->error_code, *message = reply->error_message;
    long status = reply->status;
    if (strcmp(code, "GatedRepo") == 0) return gated(settings, name->repo, err);
    if (strcmp(code, "RevisionNotFound") == 0)
        return error_set(err, ERROR_NOT_FOUND, "%s has no revision \"%s\" (HTTP %ld)", name->repo,
                         name->revision, status);
    if (strcmp(code, "EntryNotFound") == 0 && file)
        return error_set(
            err, ERROR_NOT_FOUND,
            "%s: %s is listed, but is not there (HTTP %ld); was the model changed just "
            "now? Try again",
            name->repo, file, status);
    if (strcmp(code, "RepoNotFound") == 0) return no_repo(settings, name->repo, status, err);
    if (strcmp(code, "DisabledRepo") == 0 ||
        strcmp(message, "Access to this resource is disabled.") == 0)
        return error_set(err, ERROR_IO, "%s: the Hub has disabled this model", name->repo);
    if (status == 401 && settings->token)
        return error_set(err, ERROR_IO,
                         "%s: the Hub does not accept your access token (HF_TOKEN, HTTP 401)%s%s; "
                         "make a new one at %s%s",
                         name->repo, *message ? ": " : "", message, settings->endpoint, TOKEN_PAGE);
    if (status == 401 || (status == 404 && !file))
        return no_repo(settings, name->repo, status, err);
    if (status == 403)
        return error_set(err, ERROR_IO,
                         "%s: access is refused (HTTP 403)%s%s; see %s/%s for who may read it",
                         name->repo, *message ? ": " : "", message, settings->endpoint, name->repo);
    return error_set(err, status == 404 ? ERROR_NOT_FOUND : ERROR_IO, "%s%s%s: HTTP %ld%s%s",
                     name->repo, file ? ": " : "", file ? file : "", status, *message ? ": " : "",
                     message);
}
