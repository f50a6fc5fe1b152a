"""Makes the tiny random models of this folder and the logits that transformers computes for them.

    python3 -m venv venv && venv/bin/pip install -r tests/golden/models/requirements.txt
    venv/bin/python tests/golden/models/make_models.py

Each folder is an ordinary Hugging Face model, small enough to commit, whose weights are scaled so
that attention is peaked and logits are lively: a wrong rotation, bias or mask shows at once. The
script measures that (it prints by how much the logits move when a feature is taken away, and stops
when one hardly matters). Beside the weights lies vectors.safetensors:

    tokens      (332)      300 random ids, then 32 greedy tokens
    logits      (48, vocab) of positions 284..331: the prompt's last 16 and all greedy steps
    columns     (8)        some vocabulary ids
    column_logits (332, 8)  their logits at every position
    bf16_logits (48, vocab) as logits, with each matrix rounded to bf16 first (biases and norms are
                           kept in f32); not there when the weights are bf16 already

All is computed in f32 with eager attention. tests/golden/test_forward.c compares.
"""
import copy
import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config, Qwen3Config

HERE = pathlib.Path(__file__).parent
PROMPT, STEPS, ROWS, COLUMNS = 300, 32, 48, 8
MIN_GAP = 0.02  # between the two best logits of a greedy step: far above what f32 rounding moves

CONTROL = ["<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜begin▁of▁sentence｜>", "<think>",
           "</think>"]
N_TEXT_TOKENS = 300
EOS, BOS = N_TEXT_TOKENS, N_TEXT_TOKENS + 3

COMMON = dict(max_position_embeddings=512, bos_token_id=BOS, eos_token_id=EOS, rms_norm_eps=1e-6,
              rope_theta=10000.0)
# Shapes that are not multiples of the packed formats' 16 rows and 32 columns are among them.
MODELS = {
    "qwen2": Qwen2Config(
        hidden_size=64, intermediate_size=160, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=320, tie_word_embeddings=True, **COMMON),
    "qwen2-sharded-bf16": Qwen2Config(
        hidden_size=96, intermediate_size=128, num_hidden_layers=3, num_attention_heads=6,
        num_key_value_heads=2, vocab_size=320, tie_word_embeddings=False, **COMMON),
    "llama-linear": LlamaConfig(
        hidden_size=80, intermediate_size=104, num_hidden_layers=2, num_attention_heads=5,
        num_key_value_heads=1, vocab_size=331, tie_word_embeddings=False, attention_bias=False,
        rope_scaling={"type": "linear", "factor": 4.0}, **COMMON),
    "llama-llama3": LlamaConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=4, vocab_size=320, tie_word_embeddings=False, attention_bias=True,
        rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                      "high_freq_factor": 4.0, "original_max_position_embeddings": 64}, **COMMON),
    "qwen3-yarn": Qwen3Config(
        hidden_size=64, intermediate_size=80, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=1, head_dim=48, vocab_size=352, tie_word_embeddings=False,
        rope_scaling={"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 64,
                      "attn_factor": 0.87}, **COMMON),
}


def make_tokenizer():
    """A byte-level BPE with the R1 control tokens, trained on a text that does not change."""
    tokenizer = Tokenizer(models.BPE())
    split = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
             r"|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(split), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=N_TEXT_TOKENS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([(HERE.parents[2] / "LICENSE").read_text()], trainer)
    tokenizer.add_special_tokens(CONTROL)
    assert tokenizer.token_to_id(CONTROL[0]) == EOS and tokenizer.token_to_id(CONTROL[3]) == BOS
    assert tokenizer.token_to_id(CONTROL[-1]) < min(c.vocab_size for c in MODELS.values())
    return tokenizer


def fill(model, generator):
    """Random weights: matrices with unit gain times a factor that makes their part matter."""
    gain = {"q_proj": 1.4, "k_proj": 1.4, "o_proj": 1.2, "down_proj": 2.0, "lm_head": 3.0}
    with torch.no_grad():
        for name, p in model.named_parameters():
            r = torch.randn(p.shape, generator=generator)
            if p.dim() == 2 and "embed" in name:
                p.copy_(0.5 * r)
            elif p.dim() == 2:
                factor = next((g for k, g in gain.items() if k in name), 1.0)
                p.copy_(factor / p.shape[1] ** 0.5 * r)
            elif name.endswith("bias"):
                p.copy_(0.4 * r)
            else:
                p.copy_(1 + 0.25 * r)


def round_to_bf16(model, matrices_only):
    """Rounds weights, never buffers: transformers keeps the rotary frequencies in f32."""
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() == 2 or not matrices_only:
                p.copy_(p.bfloat16().float())


def run(model, tokens):
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0].float()


def greedy(model, prompt):
    """The tokens with 32 greedy ones after them, and the narrowest choice among those."""
    tokens, gap = list(prompt), float("inf")
    cache, fed = None, tokens
    for _ in range(STEPS):
        with torch.no_grad():
            out = model(torch.tensor([fed]), past_key_values=cache, use_cache=True)
        cache = out.past_key_values
        best = torch.topk(out.logits[0, -1], 2)
        gap = min(gap, (best.values[0] - best.values[1]).item())
        fed = [best.indices[0].item()]
        tokens += fed
    return tokens, gap


def without(config, model, feature):
    """The model with one feature taken away."""
    changed = copy.deepcopy(config)
    if feature == "rope_scaling":
        changed.rope_scaling = None
    other = AutoModelForCausalLM.from_config(changed, attn_implementation="eager").eval()
    other.load_state_dict(model.state_dict())
    with torch.no_grad():
        for name, p in other.named_parameters():
            if feature == "qkv_bias" and name.endswith(("q_proj.bias", "k_proj.bias", "v_proj.bias")):
                p.zero_()
            if feature == "o_bias" and name.endswith("o_proj.bias"):
                p.zero_()
            if feature == "qk_norm" and name.endswith(("q_norm.weight", "k_norm.weight")):
                p.fill_(1)
    return other


def features(config):
    found = ["rope_scaling"] if config.rope_scaling else []
    if config.model_type == "qwen2" or getattr(config, "attention_bias", False):
        found.append("qkv_bias")
    if getattr(config, "attention_bias", False):
        found.append("o_bias")
    if config.model_type == "qwen3":
        found.append("qk_norm")
    return found


def make(name, config, tokenizer, seed):
    bf16 = name.endswith("-bf16")
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    while True:
        generator = torch.Generator().manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
        fill(model, generator)
        if bf16:
            round_to_bf16(model, matrices_only=False)
        prompt = torch.randint(0, config.vocab_size, (PROMPT,), generator=generator).tolist()
        tokens, gap = greedy(model, prompt)
        if gap >= MIN_GAP and len(set(tokens[PROMPT:])) >= 8:
            break
        seed += 100  # a near tie or a loop: such a text would test nothing

    logits = run(model, tokens)
    assert logits[PROMPT - 1:-1].argmax(1).tolist() == tokens[PROMPT:]
    columns = torch.randperm(config.vocab_size, generator=generator)[:COLUMNS]
    vectors = {"tokens": torch.tensor(tokens, dtype=torch.int32),
               "logits": logits[-ROWS:].contiguous(),
               "columns": columns.int(),
               "column_logits": logits[:, columns].contiguous()}
    top = logits.abs().max().item()
    print(f"{name}: seed {seed}, {sum(p.numel() for p in model.parameters())} parameters, "
          f"max |logit| {top:.1f}, narrowest greedy choice {gap:.3f}, "
          f"{len(set(tokens[PROMPT:]))} different tokens")
    for feature in features(config):
        moved = (run(without(config, model, feature), tokens) - logits).abs().max().item() / top
        print(f"  without {feature}: logits move by {moved:.1%} of max |logit|")
        assert moved > 0.05
    config.torch_dtype = "bfloat16" if bf16 else "float32"
    (model.bfloat16() if bf16 else model).save_pretrained(
        folder, max_shard_size="260KB" if "sharded" in name else "5GB")
    (folder / "generation_config.json").unlink(missing_ok=True)
    if not bf16:
        round_to_bf16(model, matrices_only=True)
        vectors["bf16_logits"] = run(model, tokens)[-ROWS:].contiguous()
    save_file(vectors, folder / "vectors.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "bos_token": CONTROL[3], "eos_token": CONTROL[0], "add_bos_token": True,
        "tokenizer_class": "LlamaTokenizerFast"}, indent=1, ensure_ascii=False) + "\n")
    for path in folder.iterdir():
        path.chmod(0o644)


if __name__ == "__main__":
    torch.set_num_threads(1)
    shared = make_tokenizer()
    for number, (model_name, model_config) in enumerate(MODELS.items()):
        if len(sys.argv) == 1 or model_name in sys.argv[1:]:
            make(model_name, model_config, shared, number + 1)
