# autospec: `make demo` shows it, `make check` tests it, `make help` lists the rest.

ifeq ($(origin CC),default)
CC       := gcc
endif
CLANG    ?= clang
PREFIX   ?= /usr/local
BUILD    ?= build
VERSION  := 0.1.0
FUZZ_SECONDS ?= 60
SECONDS      ?= 600

# The libraries. pkg-config is asked once, when the first file is compiled: before `make deps` has
# run there may be neither pkg-config nor a compiler, and make has to work all the same.
PKGS        := jansson sqlite3 libpcre2-8 libutf8proc libxxhash libcurl libcrypto libxml-2.0 md4c libzip
SERVER_PKGS := libmicrohttpd
# The helper program that reads PDF files and scans links these; autospec itself links none of them.
# Without them it is left out, and autospec says so when it meets such a file.
PDF_PKGS    := poppler-glib gio-2.0 cairo fontconfig libseccomp lept tesseract
PDF_CFLAGS   = $(eval PDF_CFLAGS := $(shell pkg-config --cflags $(PDF_PKGS) 2>/dev/null))$(PDF_CFLAGS)
PDF_LIBS     = $(eval PDF_LIBS := $(shell pkg-config --libs $(filter-out tesseract,$(PDF_PKGS)) 2>/dev/null) -ltesseract)$(PDF_LIBS)
PKG_CHECK    = $(if $(shell pkg-config --exists $(PKGS) $(SERVER_PKGS) 2>/dev/null && echo y),,$(error \
               pkg-config does not find all of: $(PKGS) $(SERVER_PKGS); `make deps` installs what is missing))
PKG_CFLAGS   = $(eval PKG_CFLAGS := $$(PKG_CHECK)$(shell pkg-config --cflags $(PKGS) 2>/dev/null))$(PKG_CFLAGS)
PKG_LIBS     = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null))$(PKG_LIBS)
SERVER_LIBS  = $(eval SERVER_LIBS := $(shell pkg-config --libs $(SERVER_PKGS) 2>/dev/null))$(SERVER_LIBS)

WARN     := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wvla
OPT      ?= -O3 -g
ALL_CFLAGS  = -std=c11 -D_GNU_SOURCE -DAUTOSPEC_VERSION='"$(VERSION)"' -DAUTOSPEC_PREFIX='"$(PREFIX)"' $(OPT) $(WARN) \
              -ffp-contract=off -fno-math-errno -fvisibility=hidden -fPIC -pthread -Isrc -Iinclude $(SAN) \
              $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread $(SAN) $(LDFLAGS)
API_LIBS    = $(PKG_LIBS) -lm $(LDLIBS)
ALL_LIBS    = $(SERVER_LIBS) $(API_LIBS)

# A source file's name says which instructions it may use; everything else is baseline x86-64.
AVX2     := -mavx2 -mfma -mf16c
AVX512   := -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni $(AVX2)
%_avx2.o:   ISA := $(AVX2)
%_avx512.o: ISA := $(AVX512)
# The compute kernels may fuse a multiply and an add; elsewhere results are the same to the bit.
# How vectors cross calls (psabi) does not matter: theirs are all inlined.
%/kernels_portable.o: ISA := -Wno-psabi
%/kernels_avx2.o:     ISA := $(AVX2) -ffp-contract=fast -Wno-psabi
%/kernels_avx512.o:   ISA := $(AVX512) -ffp-contract=fast -Wno-psabi
%/attention_avx512.o: ISA := $(AVX512) -mavx512bf16 -ffp-contract=fast -Wno-psabi

# GPU kernels: where nvcc is found it makes an image of each .cu file for all these GPUs, and PTX that
# the driver translates for newer ones; NVCC= leaves them out. nvcc 12 and older can do 70 as well.
NVCC         ?= $(or $(shell command -v nvcc 2>/dev/null),$(wildcard /usr/local/cuda/bin/nvcc))
CUDA_TARGETS ?= 75 80 86 89 90a
CUDA_PTX     ?= 90
CUDA_BUILD   ?= build/cuda
NVCC_FLAGS    = -O3 -std=c++17 -Isrc \
                $(foreach t,$(CUDA_TARGETS),-gencode arch=compute_$(t),code=sm_$(t)) \
                $(foreach t,$(CUDA_PTX),-gencode arch=compute_$(t),code=compute_$(t))
CU       := $(sort $(wildcard src/backend/cuda/*.cu))
IMAGES   := $(if $(NVCC),$(patsubst src/backend/cuda/%.cu,$(CUDA_BUILD)/%.fatbin,$(CU)))
IMAGES_O  = $(BUILD)/src/backend/cuda/images.o

SRCS  := $(shell find src -path src/pdf -prune -o -name '*.c' -print | LC_ALL=C sort)
MAIN  := src/cli/main.c
OBJS  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAIN),$(SRCS))) $(IMAGES_O)
LIB   := $(BUILD)/libinternal.a
BIN   := $(BUILD)/autospec
PDF_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard src/pdf/*.c)))
PDF_BIN  := $(BUILD)/autospec-pdf
# The library for other programs: what is below the commands, with the symbols of its header alone.
API_OBJS := $(filter-out $(BUILD)/src/cli/% $(BUILD)/src/server/% $(BUILD)/src/measure/%,$(OBJS))
STATIC := $(BUILD)/libautospec.a
SHARED := $(BUILD)/libautospec.so.0
UNIT  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/golden/test_*.c))
BENCH := $(patsubst %.c,$(BUILD)/%,$(wildcard bench/*.c))
FUZZ  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

# Without a -j of the user's own, the commands that build everything use all cores.
JOBS   = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))
# Line numbers are all of -g that a sanitizer's report needs.
SANITIZED := OPT="-O1 -g1 -fno-omit-frame-pointer"
ASAN      := BUILD=build-asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=undefined" $(SANITIZED)
TSAN      := BUILD=build-tsan SAN="-fsanitize=thread" $(SANITIZED)
FUZZING   := BUILD=build-fuzz CC=$(CLANG) $(SANITIZED) \
             SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"

.DELETE_ON_ERROR:
.PHONY: all pdf unit eval gpu-report gpu-check schemathesis load demo check ui-check deps deps-browser bench bench-questions asan tsan fuzz fuzz-programs lint format \
        install uninstall clean help FORCE

# Asked when `all` is made, for the same reason as above.
HAVE_PDF = $(shell pkg-config --exists $(PDF_PKGS) 2>/dev/null && echo y)

all: $(BIN) $(STATIC) $(SHARED) pdf ## build the program as build/autospec, and the libraries beside it

$(BIN): $(BUILD)/src/cli/main.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

pdf: $(LIB) ## build the helper program that reads PDF files and scans, where its libraries are
	@if [ -n "$(HAVE_PDF)" ]; then $(MAKE) --no-print-directory $(PDF_BIN); \
	else echo "autospec-pdf is not built: pkg-config does not find all of: $(PDF_PKGS)"; fi

# -rdynamic: poppler is to find the functions of src/pdf/paths.c before cairo's.
$(PDF_BIN): $(PDF_OBJS) $(LIB)
	$(CC) $(ALL_LDFLAGS) -rdynamic -o $@ $^ $(PDF_LIBS) -ldl -lm $(LDLIBS)

$(BUILD)/src/pdf/%.o: ISA = $(PDF_CFLAGS)

$(LIB): $(OBJS)
	rm -f $@ && ar rcs $@ $^

# make_static FILE.a: one object of OBJECTS in which everything that is hidden has become local, so
# that no name of ours meets one of the program's.
define make_static
rm -f $(1) && $(CC) -r -nostdlib -o $(BUILD)/autospec.o $(2)
objcopy --localize-hidden $(BUILD)/autospec.o
ar rcs $(1) $(BUILD)/autospec.o
endef

$(STATIC): $(API_OBJS)
	$(call make_static,$@,$^)

$(SHARED): $(API_OBJS) src/api/exports.map
	$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=src/api/exports.map \
	    -o $@ $(API_OBJS) $(API_LIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ISA) -MMD -MP -c -o $@ $<

$(BUILD)/src/server/page.o: src/server/ui/index.html
$(BUILD)/src/server/openapi.o: src/server/openapi.json

# What ptxas says of registers is kept beside the image, for `make gpu-report`.
$(CUDA_BUILD)/%.fatbin $(CUDA_BUILD)/%.ptxas: src/backend/cuda/%.cu
	@mkdir -p $(@D)
	$(NVCC) $(NVCC_FLAGS) -Xptxas -v -MMD -MP -MF $(CUDA_BUILD)/$*.d -fatbin -o $(CUDA_BUILD)/$*.fatbin $< \
	    2>$(CUDA_BUILD)/$*.ptxas || { cat $(CUDA_BUILD)/$*.ptxas; rm -f $(CUDA_BUILD)/$*.ptxas; exit 1; }

# The list of images is written again only when it changes; FORCE has it looked at.
$(IMAGES_O:.o=.s): FORCE
	@sh scripts/cuda_images.sh $@ $(IMAGES)

$(IMAGES_O): $(IMAGES_O:.o=.s) $(IMAGES)
	$(CC) -c -o $@ $<

FORCE:

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS)

# Test programs are compiled in a ninth of the time without optimization, and wait for what they test. Those
# that compute themselves are optimized, and so, in sanitized builds too, are the GPU's kernels as C with
# the emulated GPU that their tests run them on (tests/cuda_host.h): they compute the longest.
$(BUILD)/tests/unit/%.o $(BUILD)/tests/golden/%.o: override OPT := -O0 -g1
$(BUILD)/tests/unit/test_cuda_%.o $(BUILD)/tests/unit/test_quant.o \
$(BUILD)/tests/unit/test_kernels.o $(BUILD)/tests/unit/test_encoder_kernels.o \
$(BUILD)/tests/cuda_%.o $(BUILD)/src/backend/cuda/%.cu.o: ISA := -O3
CUDA_SRCS := $(sort $(wildcard src/backend/cuda/*.cu))
CUDA_HOST := $(BUILD)/tests/libcudahost.a
$(BUILD)/%.cu.o: %.cu Makefile
	@mkdir -p $(@D)
	$(CC) $(filter-out -Wconversion,$(ALL_CFLAGS)) -MMD -MP -include tests/cuda_host.h -x c -c -o $@ $<

$(CUDA_HOST): $(BUILD)/tests/cuda_host.o $(BUILD)/tests/cuda_device.o $(patsubst %,$(BUILD)/%.o,$(CUDA_SRCS))
	rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/unit/test_cuda_%: $(BUILD)/tests/unit/test_cuda_%.o $(CUDA_HOST) $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $< -Wl,--whole-archive $(CUDA_HOST) -Wl,--no-whole-archive $(LIB) \
	    $(ALL_LIBS) -lcmocka

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) -lcmocka

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

.SECONDARY:
unit: $(UNIT)
fuzz-programs: $(FUZZ)

demo: ## build (without the GPU images), read data/ and answer a few questions
	@sh scripts/deps.sh demo
	@$(MAKE) --no-print-directory $(JOBS) -s NVCC= all
	@BUILD=$(BUILD) sh scripts/demo.sh

# TEST_LONG=1: the emulated GPU goes through all shapes with the sanitizers too, not through a fifth.
# The tests run the kernels on an emulation: that nvcc takes them is seen with the oldest and the newest
# target, in a sixth of the time of all.
# Exported, so that what the tests install is up to date.
check: export CUDA_BUILD = build/cuda-check
check: export CUDA_TARGETS = 75 90a
check: export CUDA_PTX =
check: ## build and run all tests, plain and with the address and undefined-behaviour sanitizers
	@sh scripts/deps.sh check
	@$(MAKE) --no-print-directory $(JOBS) -s all unit
	@$(MAKE) --no-print-directory $(JOBS) -s $(ASAN) all unit
	@bash tests/run.sh $(BUILD) build-asan

ui-check: ## the tests of the page alone, in a browser (make deps-browser installs it)
	@$(MAKE) --no-print-directory $(JOBS) -s all
	@AUTOSPEC=$(abspath $(BIN)) bash tests/e2e/page.sh

asan: ## the tests with the address and undefined-behaviour sanitizers alone, the longest in full
	@sh scripts/deps.sh check
	@$(MAKE) --no-print-directory $(JOBS) -s $(ASAN) all unit
	@TEST_LONG=1 bash tests/run.sh build-asan

tsan: ## the unit and golden tests with the thread sanitizer
	@sh scripts/deps.sh check
	@$(MAKE) --no-print-directory $(JOBS) -s $(TSAN) all unit
	@bash tests/run.sh --no-e2e build-tsan

schemathesis: all ## ask the server as /openapi.json describes it, rightly and wrongly, for SECONDS (600)
	@SCHEMATHESIS_SECONDS=$(SECONDS) AUTOSPEC=$(CURDIR)/$(BIN) bash tests/e2e/server_schemathesis.sh

load: all ## 64 clients at once for SECONDS (600), each answer compared with what it is alone
	@AUTOSPEC=$(CURDIR)/$(BIN) python3 tests/load/load.py --seconds $(SECONDS)

fuzz: ## each fuzzer for FUZZ_SECONDS (60), with clang's libFuzzer and the sanitizers
	@sh scripts/deps.sh fuzz
	@$(MAKE) --no-print-directory $(JOBS) -s $(FUZZING) fuzz-programs
	@sh scripts/fuzz.sh build-fuzz $(FUZZ_SECONDS)

gpu-check: ## on a machine with a GPU, nvcc and a C compiler: its kernels against the CPU, then measured
	@[ -n "$(NVCC)" ] || { echo "gpu-check: nvcc is not found: there are no kernels to check" >&2; exit 1; }
	@ls /dev/nvidia[0-9]* /dev/dxg 2>/dev/null | grep -q . || { echo "gpu-check: this machine has no NVIDIA GPU (there is no /dev/nvidia0)" >&2; exit 1; }
	@$(MAKE) --no-print-directory $(JOBS) -s $(IMAGES_O)
	@sh scripts/gpu_check.sh $(CC) $(BUILD) $(IMAGES_O)

DEV ?= ../shared/eval/dev
eval: all ## how many questions over files are answered right: those of DEV, a folder with score.py; and of prose
	@test -f '$(DEV)/score.py' || { echo "make eval DEV=DIR: '$(DEV)' has no score.py"; exit 2; }
	@mkdir -p $(BUILD)/eval
	python3 '$(DEV)/score.py' --program $(BIN) --serve --conversation messages \
	    --out $(BUILD)/eval/answers.jsonl > $(BUILD)/eval/questions.txt
	$(BIN) eval bench/eval/nano.jsonl --quant 4bit > $(BUILD)/eval/prose-q4.txt
	$(BIN) eval bench/eval/nano.jsonl --quant 8bit > $(BUILD)/eval/prose-q8.txt
	@{ printf '# %s, %s\n\n' "$$(git rev-parse --short HEAD 2>/dev/null)" "$$(date +%F)"; \
	   for part in questions prose-q4 prose-q8; do \
	       printf '## %s\n\n```\n' $$part; cat $(BUILD)/eval/$$part.txt; printf '```\n\n'; done; } > bench/results/eval.md
	@cat bench/results/eval.md

bench: $(BENCH) ## build the benchmarks in bench/

bench-questions: all ## how fast documents of 300,000 and of 4.5 million cells are read, and questions over them answered
	@AUTOSPEC=$(CURDIR)/$(BIN) python3 bench/questions.py $(SIZES)

gpu-report: $(IMAGES:.fatbin=.ptxas) ## registers and shared memory of the GPU kernels, to bench/results/gpu-report.md; a spill fails
	@sh scripts/gpu_report.sh bench/results/gpu-report.md '$(NVCC)' $^

lint: export LINT_CFLAGS = $(ALL_CFLAGS)
lint: ## clang's warnings and static checks over every file; formatting as information
	@sh scripts/deps.sh lint
	@sh scripts/lint.sh '$(AVX2)' '$(AVX512)'

format: ## clang-format all C files in place
	clang-format -i $$(git ls-files '*.c' '*.h')

deps: ## install the missing Debian packages that the build and the tests need
	@sh scripts/deps.sh check

deps-browser: ## install the browser that the tests of the page need; without it they are skipped
	@sh scripts/deps.sh browser

SHARE  = $(DESTDIR)$(PREFIX)/share/autospec
MAN    = $(DESTDIR)$(PREFIX)/share/man/man1
LIBDIR = $(DESTDIR)$(PREFIX)/lib
LIBEXEC = $(DESTDIR)$(PREFIX)/libexec/autospec
INCLUDE = $(DESTDIR)$(PREFIX)/include
PREFIX_OBJ = $(BUILD)/src/hub/install_prefix.o
INSTALLED = $(BUILD)/install/install_prefix.o
install: $(BIN) $(STATIC) $(SHARED) pdf ## install below PREFIX (/usr/local), DESTDIR before it
	install -d $(DESTDIR)$(PREFIX)/bin $(LIBDIR)/pkgconfig $(INCLUDE) $(BUILD)/install $(MAN) $(SHARE)/models/nano $(SHARE)/data
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/autospec
	@# Where its libraries were not there, it was not built.
	if [ -x $(PDF_BIN) ]; then install -D -m 755 $(PDF_BIN) $(LIBEXEC)/autospec-pdf; fi
	install -m 644 include/autospec.h $(INCLUDE)/autospec.h
	install -m 755 $(SHARED) $(LIBDIR)/libautospec.so.0
	ln -sf libautospec.so.0 $(LIBDIR)/libautospec.so
	@# A static library is found nowhere at run time: it has to know where its models are.
	$(CC) -std=c11 -O2 -fPIC -fvisibility=hidden -Isrc -DAUTOSPEC_PREFIX='"$(PREFIX)"' -c \
	    -o $(INSTALLED) src/hub/install_prefix.c
	$(call make_static,$(BUILD)/install/libautospec.a,$(INSTALLED) $(filter-out $(PREFIX_OBJ),$(API_OBJS)))
	install -m 644 $(BUILD)/install/libautospec.a $(LIBDIR)/libautospec.a
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|; s|@LIBS@|$(PKG_LIBS)|' \
	    src/api/autospec.pc.in >$(LIBDIR)/pkgconfig/autospec.pc
	install -m 644 man/autospec.1 $(MAN)/autospec.1
	install -m 644 $(wildcard models/nano/*) $(SHARE)/models/nano
	install -m 644 $(wildcard data/*.csv data/*.json data/*.md data/*.txt) $(SHARE)/data

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/autospec $(MAN)/autospec.1 $(INCLUDE)/autospec.h \
	    $(LIBDIR)/libautospec.a $(LIBDIR)/libautospec.so $(LIBDIR)/libautospec.so.0 \
	    $(LIBDIR)/pkgconfig/autospec.pc
	rm -rf $(SHARE) $(LIBEXEC)

clean: ## remove all that was built
	rm -rf build build-*

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 14

-include $(shell find $(BUILD) $(CUDA_BUILD) -name '*.d' 2>/dev/null)
