# autospec: `make demo` shows it, `make check` tests it. `make help` lists the rest.

CC       ?= gcc
PREFIX   ?= /usr/local
BUILD    ?= build
VERSION  := 0.1.0

PKGS     := jansson sqlite3 libpcre2-8 libutf8proc libxxhash
WARN     := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wvla
OPT      ?= -O3 -g
CFLAGS   += -std=c11 -D_GNU_SOURCE -DAUTOSPEC_VERSION='"$(VERSION)"' $(OPT) $(WARN) -ffp-contract=off \
            -fno-math-errno -fvisibility=hidden -pthread -Isrc -Iinclude $(SAN) \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDFLAGS  += -pthread $(SAN)
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm

# A source file's name says which instructions it may use; everything else is baseline x86-64.
%_avx2.o:   ISA := -mavx2 -mfma -mf16c
%_avx512.o: ISA := -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mavx512bf16 -mavx2 -mfma -mf16c

SRCS  := $(shell find src -name '*.c' | LC_ALL=C sort)
MAIN  := src/cli/main.c
OBJS  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAIN),$(SRCS)))
LIB   := $(BUILD)/libautospec.a
BIN   := $(BUILD)/autospec
UNIT  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/golden/test_*.c))
BENCH := $(patsubst %.c,$(BUILD)/%,$(wildcard bench/*.c))

.PHONY: all demo check deps bench asan tsan fuzz install uninstall clean format help
all: $(BIN)

$(BIN): $(BUILD)/src/cli/main.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(OBJS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(ISA) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

bench: $(BENCH)
unit: $(UNIT)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

clean:
	rm -rf build build-*

format:
	clang-format -i $$(git ls-files '*.c' '*.h')
