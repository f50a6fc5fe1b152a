"""llama.cpp's side of bench/compare: compare_llama.py LAYOUT FILE.gguf THREADS.

Answers the same lines of standard input as bench/measure.c, by llama-cpp-python's plain binding of
llama.h, with the largest logit as the next token. Flash attention, batches of 512. LAYOUT "repacked"
has weights laid out anew for this processor where llama.cpp does so by itself, "as-is" not
(use_extra_bufts)."""

import ctypes
import json
import sys
import time

import llama_cpp
import numpy

CONTEXT = 1024


@llama_cpp.llama_log_callback
def on_log(level, text, _data):
    if level >= 4 and b"control-looking" not in text:  # errors
        sys.stderr.write(text.decode(errors="replace"))


class Llama:
    def __init__(self, layout, path, threads):
        llama_cpp.llama_log_set(on_log, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        mp = llama_cpp.llama_model_default_params()
        mp.use_extra_bufts = layout == "repacked"
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), mp)
        if not self.model:
            sys.exit(f"compare_llama.py: {path}: not loaded")
        cp = llama_cpp.llama_context_default_params()
        cp.n_ctx, cp.n_batch, cp.n_ubatch = CONTEXT, 512, 512
        cp.n_threads = cp.n_threads_batch = threads
        cp.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        self.ctx = llama_cpp.llama_init_from_model(self.model, cp)
        if not self.ctx:
            sys.exit("compare_llama.py: no context")
        vocab = llama_cpp.llama_model_get_vocab(self.model)
        self.n_vocab = llama_cpp.llama_vocab_n_tokens(vocab)
        self.random = numpy.random.default_rng(1)
        # llama.cpp computes the logits of a batch's last token alone when none is marked.
        self.one = (llama_cpp.llama_token * 1)()

    def step(self, ids, n):
        if llama_cpp.llama_decode(self.ctx, llama_cpp.llama_batch_get_one(ids, n)) != 0:
            sys.exit("compare_llama.py: llama_decode failed")
        logits = llama_cpp.llama_get_logits_ith(self.ctx, -1)  # waits until it is done
        return int(numpy.ctypeslib.as_array(logits, shape=(self.n_vocab,)).argmax())

    def prefill(self, n):
        memory = llama_cpp.llama_get_memory(self.ctx)
        llama_cpp.llama_memory_clear(memory, True)
        ids = (llama_cpp.llama_token * n)(*self.random.integers(0, self.n_vocab, n).tolist())
        started = time.perf_counter()
        self.next = self.step(ids, n)
        return time.perf_counter() - started

    def decode(self, context, n):
        self.prefill(context)
        started = time.perf_counter()
        for _ in range(n):
            self.one[0] = self.next
            self.next = self.step(self.one, 1)
        return time.perf_counter() - started


def main():
    llama = Llama(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    features = llama_cpp.llama_print_system_info().decode().strip()
    print(json.dumps({"llama_cpp_python": llama_cpp.__version__, "features": features,
                      "kv_bits": 16}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "prefill":
            seconds = llama.prefill(int(words[1]))
        else:
            seconds = llama.decode(int(words[1]), int(words[2]))
        print(f"{seconds:.9f}", flush=True)


if __name__ == "__main__":
    main()
