"""Makes the GGUF files and the dequantized blocks of this folder with the gguf package of PyPI.

    python3 -m venv venv && venv/bin/pip install -r tests/golden/gguf/requirements.txt
    venv/bin/python tests/golden/gguf/make_gguf.py

blocks.safetensors holds, for each type, TYPE.bytes (random blocks) and TYPE.values (f32, what
gguf.quants.dequantize makes of them). The first half has scales as real files have them, the second
half any bits, infinities and NaN among them.

The models are those of tests/golden/models, converted as llama.cpp's convert_hf_to_gguf.py does
(names, keys, padding tokens, the order of Llama's q and k rows, rope_freqs.weight), and mixed.gguf,
whose one layer has a tensor of each other type. Those whose values differ from the original's come
with NAME.logits.safetensors: tokens (64), logits (8, vocab) of the last positions, computed by
transformers in f32 from the weights that the gguf package dequantizes.
tests/golden/test_gguf_models.c compares.
"""
import json
import math
import pathlib
import sys

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Q
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig

HERE = pathlib.Path(__file__).parent
MODELS = HERE.parent / "models"
TYPES = [Q.F32, Q.F16, Q.BF16, Q.Q8_0, Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1, Q.Q4_K, Q.Q5_K, Q.Q6_K,
         Q.IQ4_NL]
# Where the f16 scales of a block are.
SCALES = {Q.Q8_0: [0], Q.Q4_0: [0], Q.Q4_1: [0, 2], Q.Q5_0: [0], Q.Q5_1: [0, 2], Q.Q4_K: [0, 2],
          Q.Q5_K: [0, 2], Q.Q6_K: [208], Q.IQ4_NL: [0]}
LOGIT_TOKENS, LOGIT_ROWS = 64, 8


def random_blocks(qtype, n, rng, scale):
    """(n, bytes a block) random bytes, the scales normal with this deviation."""
    size = gguf.GGML_QUANT_SIZES[qtype][1]
    blocks = rng.integers(0, 256, (n, size), dtype=np.uint8)
    for at in SCALES.get(qtype, []):
        values = (rng.standard_normal(n) * scale).astype(np.float16)
        blocks[:, at:at + 2] = values[:, None].view(np.uint8).reshape(n, 2)
    return blocks


def make_blocks():
    rng = np.random.default_rng(1)
    out = {}
    for qtype in TYPES:
        values, size = gguf.GGML_QUANT_SIZES[qtype]
        n = 2048 // values
        blocks = random_blocks(qtype, n, rng, 0.01)
        blocks[n // 2:] = rng.integers(0, 256, (n - n // 2, size), dtype=np.uint8)
        if qtype == Q.F32:
            data = blocks.view(np.float32).reshape(-1)
        elif qtype == Q.F16:
            data = blocks.view(np.float16).reshape(-1)
        else:
            data = blocks.reshape(-1)
        with np.errstate(all="ignore"):
            out[f"{qtype.name}.values"] = np.ascontiguousarray(
                dequantize(data, qtype).reshape(-1).astype(np.float32))
        out[f"{qtype.name}.bytes"] = blocks.reshape(-1)
    save_file(out, HERE / "blocks.safetensors")


def permute(weights, n_heads):
    """The order of rows that llama.cpp's converter gives q and k of Llama models."""
    shape = weights.shape
    return weights.reshape(n_heads, 2, shape[0] // n_heads // 2, *shape[1:]).swapaxes(1, 2).reshape(
        shape)


NAMES = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
         "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
         "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
         "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def gguf_name(name):
    if name == "model.embed_tokens.weight":
        return "token_embd.weight"
    if name == "model.norm.weight":
        return "output_norm.weight"
    if name == "lm_head.weight":
        return "output.weight"
    _, _, layer, rest = name.split(".", 3)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{NAMES[part]}.{kind}"


def add_tokenizer(writer, vocab_size):
    tokenizer = json.loads((MODELS / "qwen2" / "tokenizer.json").read_text())
    tokens = {i: (t, gguf.TokenType.NORMAL) for t, i in tokenizer["model"]["vocab"].items()}
    for t in tokenizer["added_tokens"]:
        kind = gguf.TokenType.CONTROL if t["special"] else gguf.TokenType.USER_DEFINED
        tokens[t["id"]] = (t["content"], kind)
    pad = [(f"[PAD{i}]", gguf.TokenType.UNUSED) for i in range(vocab_size)]
    listed = [tokens.get(i, pad[i]) for i in range(vocab_size)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("deepseek-r1-qwen")
    writer.add_token_list([t for t, _ in listed])
    writer.add_token_types([k for _, k in listed])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m)
                             for m in tokenizer["model"]["merges"]])


def add_config(writer, config):
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_bos_token_id(config.bos_token_id)
    writer.add_eos_token_id(config.eos_token_id)
    if config.model_type == "qwen3":
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    if config.model_type == "llama":
        writer.add_vocab_size(config.vocab_size)
        writer.add_rope_dimension_count(head_dim)
    scaling = config.rope_scaling or {}
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(scaling["factor"])
    if kind == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(scaling["factor"])
        writer.add_rope_scaling_orig_ctx_len(scaling["original_max_position_embeddings"])
        writer.add_rope_scaling_attn_factors(1.0)  # transformers ignores the config's attn_factor
    if kind == "llama3":
        factors = []
        for i in range(0, head_dim, 2):
            wave = 2 * math.pi * config.rope_theta ** (i / head_dim)
            original = scaling["original_max_position_embeddings"]
            low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
            if wave < original / high:
                factors.append(1)
            elif wave > original / low:
                factors.append(scaling["factor"])
            else:
                smooth = (original / wave - low) / (high - low)
                factors.append(1 / ((1 - smooth) / scaling["factor"] + smooth))
        writer.add_tensor("rope_freqs.weight", np.array(factors, dtype=np.float32))


def add_tensor(writer, name, config, data, qtype):
    """data: the rows of f32, or of bytes for the types that the package cannot make."""
    name = gguf_name(name)
    if config.model_type == "llama" and ".attn_q." in name:
        data = permute(data, config.num_attention_heads)
    if config.model_type == "llama" and ".attn_k." in name:
        data = permute(data, config.num_key_value_heads)
    data = np.ascontiguousarray(data)
    if data.dtype != np.uint8 and qtype != Q.F32:
        data = quantize(data, qtype)
    writer.add_tensor(name, data, raw_dtype=qtype)


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def save_logits(path, config, weights, tokens):
    config.tie_word_embeddings = "lm_head.weight" not in weights
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval().float()
    missing, other = model.load_state_dict(
        {k: torch.from_numpy(v.copy()) for k, v in weights.items()}, strict=False)
    assert not other and set(missing) <= {"lm_head.weight"}, (missing, other)
    with torch.no_grad():
        logits = model(torch.tensor([tokens.tolist()])).logits[0, -LOGIT_ROWS:].float().numpy()
    save_file({"tokens": tokens.astype(np.int32), "logits": np.ascontiguousarray(logits)}, path)


def make_model(name, qtype, **split):
    folder = MODELS / name
    config = AutoConfig.from_pretrained(folder)
    weights = load_file(folder / "model.safetensors")
    stem = f"{name}-{qtype.name.lower()}"
    writer = gguf.GGUFWriter(HERE / f"{stem}.gguf", config.model_type, **split)
    add_config(writer, config)
    add_tokenizer(writer, config.vocab_size)
    seen = {}
    for key, w in weights.items():
        block = gguf.GGML_QUANT_SIZES[qtype][0]
        use = Q.F32 if w.ndim < 2 else qtype if w.shape[1] % block == 0 else Q.F16
        add_tensor(writer, key, config, w, use)
        seen[key] = w if use == Q.F32 else dequantize(quantize(w, use), use).reshape(w.shape)
    write(writer)
    if qtype == Q.Q8_0:
        tokens = load_file(folder / "vectors.safetensors")["tokens"][:LOGIT_TOKENS]
        save_logits(HERE / f"{stem}.logits.safetensors", config, seen, tokens)


def make_mixed():
    """A Llama of one layer, a tensor of each type; random blocks where the package cannot quantize."""
    config = LlamaConfig(
        hidden_size=256, intermediate_size=256, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=320, tie_word_embeddings=True, attention_bias=False,
        max_position_embeddings=512, bos_token_id=303, eos_token_id=300, rms_norm_eps=1e-6,
        rope_theta=10000.0)
    layer = "model.layers.0."
    plan = [("model.embed_tokens.weight", 320, Q.IQ4_NL, 1 / 70),
            (layer + "self_attn.q_proj.weight", 256, Q.Q4_K, 5e-4),
            (layer + "self_attn.k_proj.weight", 128, Q.Q5_K, 2.5e-4),
            (layer + "self_attn.v_proj.weight", 128, Q.Q6_K, 4.5e-5),
            (layer + "self_attn.o_proj.weight", 256, Q.Q4_0, None),
            (layer + "mlp.gate_proj.weight", 256, Q.Q4_1, None),
            (layer + "mlp.up_proj.weight", 256, Q.Q5_0, None),
            (layer + "mlp.down_proj.weight", 256, Q.Q5_1, None)]
    rng = np.random.default_rng(2)
    writer = gguf.GGUFWriter(HERE / "mixed.gguf", "llama")
    add_config(writer, config)
    add_tokenizer(writer, config.vocab_size)
    seen = {}
    for key, rows, qtype, scale in plan:
        values, size = gguf.GGML_QUANT_SIZES[qtype]
        if scale is None:
            data = (rng.standard_normal((rows, 256)) / 16).astype(np.float32)
            blocks = quantize(data, qtype)
        else:
            blocks = random_blocks(qtype, rows * 256 // values, rng, scale)
            data = blocks = blocks.reshape(rows, 256 // values * size)
        add_tensor(writer, key, config, data, qtype)
        seen[key] = dequantize(blocks, qtype).reshape(rows, 256)
    for key in ["model.norm.weight", layer + "input_layernorm.weight",
                layer + "post_attention_layernorm.weight"]:
        seen[key] = (1 + 0.25 * rng.standard_normal(256)).astype(np.float32)
        add_tensor(writer, key, config, seen[key], Q.F32)
    write(writer)
    tokens = rng.integers(0, 320, LOGIT_TOKENS)
    save_logits(HERE / "mixed.logits.safetensors", config, seen, tokens)


def main():
    for path in list(HERE.glob("*.gguf")) + list(HERE.glob("*.safetensors")):
        path.unlink()
    make_blocks()
    make_model("qwen2", Q.F32)
    make_model("llama-llama3", Q.F32)
    make_model("llama-linear", Q.BF16, split_max_tensors=8)
    make_model("qwen3-yarn", Q.BF16)
    for name in ["qwen2", "llama-llama3", "qwen3-yarn"]:
        make_model(name, Q.Q8_0)
    make_mixed()
    for path in sorted(HERE.glob("*.*")):
        print(f"{path.stat().st_size:8} {path.name}")


if __name__ == "__main__":
    sys.exit(main())
