"""Writes a GGUF file of a model's shape with random weights: compare_gguf.py CONFIG_DIR TYPE FILE.

TYPE is Q4_0 or Q4_K_M, with the types that llama.cpp's quantizer gives each tensor of such a model
(llama_tensor_get_type_impl in its src/llama-quant.cpp, without an importance matrix). Blocks are
written as they lie in the file (block_q4_0, block_q4_K, block_q6_K in ggml-common.h): random bits
behind scales that make weights of about 1 / sqrt(columns), so that no number overflows on the way.
There is no vocabulary but its size; what is measured are tokens by number. Run by bench/compare.
Says on standard output, as JSON, how many bytes a decoded token reads and over how many weights."""

import json
import math
import sys

import gguf
import numpy

BLOCK = {"Q4_0": (32, 18), "Q4_K": (256, 144), "Q6_K": (256, 210)}  # weights, bytes
TYPES = {name: getattr(gguf.GGMLQuantizationType, name) for name in BLOCK}


def half(values):
    return values.astype(numpy.float16).view(numpy.uint8)


def blocks(kind, rows, cols, rng):
    """(rows, bytes of a row): random blocks of weights with mean 0 and deviation 1 / sqrt(cols)."""
    weights, size = BLOCK[kind]
    n = rows * cols // weights
    out = rng.integers(0, 256, (n, size), dtype=numpy.uint8)
    scale = rng.uniform(0.8, 1.2, (n, 1)) / math.sqrt(cols)
    if kind == "Q4_0":  # d (q - 8)
        out[:, :2] = half(scale / 4.6)
    elif kind == "Q4_K":  # d s q - m t, with 6 bits of s and t, 4 of q
        out[:, :2] = half(scale / 320)
        out[:, 2:4] = half(scale / 320 * 7.5)
    else:  # d s (q - 32), with 8 bits of s, 6 of q
        out[:, 208:] = half(scale / 1370)
    return out.reshape(rows, cols // weights * size)


def more_bits(layer, layers):
    return (layer < layers // 8 or layer >= 7 * layers // 8
            or (layer - layers // 8) % 3 == 2)


def matrices(config, kind):
    """(name, rows, columns, block type) of each."""
    hidden, ffn = config["hidden_size"], config["intermediate_size"]
    heads, layers = config["num_attention_heads"], config["num_hidden_layers"]
    head = config.get("head_dim", hidden // heads)
    q, kv = heads * head, config["num_key_value_heads"] * head
    plain = "Q4_0" if kind == "Q4_0" else "Q4_K"
    yield "token_embd", config["vocab_size"], hidden, plain
    yield "output", config["vocab_size"], hidden, "Q6_K"
    for layer in range(layers):
        more = "Q6_K" if kind == "Q4_K_M" and more_bits(layer, layers) else plain
        at = f"blk.{layer}."
        yield at + "attn_q", q, hidden, plain
        yield at + "attn_k", kv, hidden, plain
        yield at + "attn_v", kv, hidden, more
        yield at + "attn_output", hidden, q, plain
        yield at + "ffn_gate", ffn, hidden, plain
        yield at + "ffn_up", ffn, hidden, plain
        yield at + "ffn_down", hidden, ffn, more


def vectors(config):
    """(name, length, mean) of norms and biases."""
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    head = config.get("head_dim", hidden // heads)
    yield "output_norm.weight", hidden, 1
    for layer in range(config["num_hidden_layers"]):
        at = f"blk.{layer}."
        yield at + "attn_norm.weight", hidden, 1
        yield at + "ffn_norm.weight", hidden, 1
        for name, n in (("q", heads), ("k", config["num_key_value_heads"]),
                        ("v", config["num_key_value_heads"])):
            yield at + f"attn_{name}.bias", n * head, 0


def write(config, kind, path):
    if config["model_type"] != "qwen2" or config.get("tie_word_embeddings"):
        sys.exit("compare_gguf.py: only qwen2 with a head of its own is written")
    rng = numpy.random.default_rng(1)
    w = gguf.GGUFWriter(path, "qwen2")
    w.add_name("random weights")
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(config["num_attention_heads"])
    w.add_head_count_kv(config["num_key_value_heads"])
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_rope_freq_base(config["rope_theta"])
    w.add_vocab_size(config["vocab_size"])
    w.add_tokenizer_model("no_vocab")
    w.add_file_type(getattr(gguf.LlamaFileType, "MOSTLY_" + kind))
    all_matrices, all_vectors = list(matrices(config, kind)), list(vectors(config))
    reads = {"token_weight_bytes": 0, "weights": 0}
    for name, rows, cols, block in all_matrices:
        weights, size = BLOCK[block]
        if cols % weights:
            sys.exit(f"compare_gguf.py: {name}: rows of {cols} are not whole blocks of {weights}")
        nbytes = rows * cols // weights * size
        w.add_tensor_info(name + ".weight", [rows, cols // weights * size],
                          numpy.dtype(numpy.uint8), nbytes, raw_dtype=TYPES[block])
        if name != "token_embd":
            reads["token_weight_bytes"] += nbytes
            reads["weights"] += rows * cols
    for name, n, _ in all_vectors:
        w.add_tensor_info(name, [n], numpy.dtype(numpy.float32), 4 * n)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_ti_data_to_file()
    for name, rows, cols, block in all_matrices:
        w.write_tensor_data(blocks(block, rows, cols, rng))
    for name, n, mean in all_vectors:
        w.write_tensor_data((mean + 0.1 * rng.standard_normal(n)).astype(numpy.float32))
    w.close()
    return reads


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] not in ("Q4_0", "Q4_K_M"):
        sys.exit(__doc__)
    with open(sys.argv[1] + "/config.json", encoding="utf-8") as f:
        print(json.dumps(write(json.load(f), sys.argv[2], sys.argv[3])))
