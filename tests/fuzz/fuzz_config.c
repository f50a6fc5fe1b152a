/* config.json and generation_config.json: an error that names the file, or shapes within the limits
 * and frequencies that are numbers. The first byte of an input says which of the two it is; the
 * other file is a good one. */
#include "base/file.h"
#include "model/config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char GOOD[] =
    "{\"model_type\": \"llama\", \"hidden_size\": 64, \"intermediate_size\": 96, "
    "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"num_key_value_heads\": 2, "
    "\"vocab_size\": 300, \"max_position_embeddings\": 512, \"eos_token_id\": 7}";

static char dir[64], *config_path, *generation_path;

static void require(bool ok)
{
    if (!ok) abort();
}

static void remove_dir(void)
{
    unlink(config_path);
    unlink(generation_path);
    rmdir(dir);
    free(config_path);
    free(generation_path);
}

static void make_dir(void)
{
    snprintf(dir, sizeof dir, "%s/autospec-fuzz-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    require(mkdtemp(dir) != NULL);
    config_path = path_join(dir, "config.json");
    generation_path = path_join(dir, "generation_config.json");
    require(config_path && generation_path);
    atexit(remove_dir);
}

static void check_config(const struct model_config *c)
{
    require(c->hidden >= 1 && c->intermediate >= 1 && c->n_layers >= 1 && c->vocab >= 1);
    require(c->n_kv_heads >= 1 && c->n_heads % c->n_kv_heads == 0);
    require(c->head_dim >= 2 && c->head_dim <= 256 && c->head_dim % 2 == 0);
    require(c->norm_eps > 0 && c->n_eos <= 8);
    for (size_t i = 0; i < c->n_eos; i++) require(c->eos[i] >= 0 && (size_t)c->eos[i] < c->vocab);
    require(c->bos == -1 || (size_t)c->bos < c->vocab);
    size_t parameters = model_config_parameters(c);
    require(parameters >= c->vocab * c->hidden && parameters < (size_t)1 << 52);
    float inv_freq[128], scale;
    rope_frequencies(c, inv_freq, &scale);
    require(isfinite(scale) && scale > 0);
    for (size_t i = 0; i < c->head_dim / 2; i++)
        require(isfinite(inv_freq[i]) && inv_freq[i] >= 0 && inv_freq[i] <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!*dir) make_dir();
    if (size == 0) return 0;
    struct error err = {0};
    struct model_config c;
    bool generation = data[0] & 1;
    require(file_write(generation ? config_path : generation_path, generation ? GOOD : "{}",
                       generation ? sizeof GOOD - 1 : 2, &err));
    require(file_write(generation ? generation_path : config_path, data + 1, size - 1, &err));
    if (model_config_read(&c, dir, &err))
        check_config(&c);
    else
        require(err.code != ERROR_NONE && strstr(err.text, dir));
    return 0;
}
