/* Turns: how calls from several threads wait for one handle, and how they are cancelled. */
#include "api/api.h"

#include <string.h>

static void leave(struct api_turn *turn)
{
    struct autospec *llm = turn->llm;
    pthread_mutex_lock(&llm->turns_lock);
    struct api_turn **at = &llm->turns;
    while (*at != turn) at = &(*at)->next;
    *at = turn->next;
    pthread_mutex_unlock(&llm->turns_lock);
}

bool api_turn_begin(struct api_turn *turn, struct autospec *llm, const struct autospec_call *call,
                    struct error *err)
{
    *turn = (struct api_turn){.llm = llm};
    if (call) {
        if (call->size < offsetof(struct autospec_call, max_tokens))
            return error_set(err, ERROR_USAGE,
                             "call.size is %zu: autospec_call_init fills the struct", call->size);
        memcpy(&turn->copy, call, call->size < sizeof turn->copy ? call->size : sizeof turn->copy);
    }
    turn->call = &turn->copy;
    pthread_mutex_lock(&llm->turns_lock);
    turn->next = llm->turns;
    llm->turns = turn;
    pthread_mutex_unlock(&llm->turns_lock);
    if (pthread_mutex_lock(&llm->engine_lock) != 0) {
        leave(turn);
        return error_set(err, ERROR_USAGE, "a callback must not use the handle that called it");
    }
    if (atomic_load(&turn->cancel)) {
        pthread_mutex_unlock(&llm->engine_lock);
        leave(turn);
        return error_set(err, ERROR_CANCELLED, "cancelled");
    }
    turn->log_before = log_set_sink(&llm->log);
    turn->progress_before = progress_set_sink(&llm->progress);
    return true;
}

void api_turn_end(struct api_turn *turn)
{
    log_set_sink(turn->log_before);
    progress_set_sink(turn->progress_before);
    pthread_mutex_unlock(&turn->llm->engine_lock);
    leave(turn);
}

bool api_turn_text(void *context, const char *text, size_t len, bool reasoning)
{
    struct api_turn *turn = context;
    if (!turn->call->on_text) return true;
    char piece[512];
    /* Pieces are a token's text, so all but a few fit; a longer one goes in parts of characters. */
    while (len > 0) {
        size_t n = len < sizeof piece ? len : sizeof piece - 1;
        while (n < len && n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
        memcpy(piece, text, n);
        piece[n] = '\0';
        if (!turn->call->on_text(turn->call->context, piece, n, reasoning)) {
            atomic_store(&turn->cancel, true);
            return false;
        }
        text += n;
        len -= n;
    }
    return true;
}

int api_finish(const struct api_turn *turn, enum finish_reason reason)
{
    _Static_assert((int)AUTOSPEC_FINISH_CANCELLED == (int)FINISH_CANCELLED &&
                       (int)AUTOSPEC_FINISH_LENGTH == (int)FINISH_LENGTH,
                   "reasons are handed on");
    /* The API has no stop texts: what stopped it is the callback. */
    if (reason == FINISH_STOP && atomic_load(&turn->cancel)) return AUTOSPEC_FINISH_CANCELLED;
    return (int)reason;
}

void autospec_cancel(struct autospec *llm)
{
    pthread_mutex_lock(&llm->turns_lock);
    for (struct api_turn *turn = llm->turns; turn; turn = turn->next)
        atomic_store(&turn->cancel, true);
    pthread_mutex_unlock(&llm->turns_lock);
}
