#!/bin/sh
# What the GPU kernels take, from what ptxas said when they were compiled: `sh scripts/gpu_report.sh
# REPORT NVCC LOG...`. Writes REPORT and fails where a kernel keeps registers in memory ("spills").
set -eu
report=$1 nvcc=$2
shift 2
[ $# -gt 0 ] || {
    echo "gpu-report: no nvcc, so nothing was compiled" >&2
    exit 1
}
mkdir -p "$(dirname "$report")"
cat "$@" | awk -v version="$("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')" '
    /Compiling entry function/ {
        split($0, part, "\047")
        kernel = part[2]
        target = part[4]
        sub(/^sm_/, "", target)
        if (!(target in seen)) { seen[target] = 1; targets[++n_targets] = target }
        if (!(kernel in known)) { known[kernel] = 1; kernels[++n_kernels] = kernel }
        inside = 1
    }
    # Functions that are called have lines of their own, which count for every kernel of the file.
    /Function properties for/ { inside = kernel != "" }
    inside && /bytes stack frame/ {
        for (i = 1; i < NF; i++) {
            if ($(i + 1) == "bytes" && $(i + 2) == "spill") spill[kernel, target] += $i
        }
    }
    /Used [0-9]+ registers/ {
        for (i = 1; i < NF; i++) {
            if ($(i + 1) == "registers,") registers[kernel, target] = $i
            if ($(i + 1) == "bytes" && $(i + 2) ~ /^smem/) shared[kernel] = $i
        }
        spills += spill[kernel, target]
        if (spill[kernel, target]) bad = bad " " kernel "/sm_" target
    }
    END {
        print "# What the GPU kernels take"
        print ""
        print "By ptxas of CUDA " version "; written by `make gpu-report`, which fails where a kernel spills."
        print "Registers a thread, for each target; bytes of static shared memory (what a launch adds is in"
        print "`src/backend/cuda/kernels.h`). Spilled bytes over all kernels and targets: " spills + 0 "."
        if (bad) print "Spilling:" bad "."
        print ""
        line = "| kernel | shared |"
        rule = "| --- | ---: |"
        for (t = 1; t <= n_targets; t++) { line = line " sm_" targets[t] " |"; rule = rule " ---: |" }
        print line
        print rule
        for (k = 1; k <= n_kernels; k++) order[k] = kernels[k]
        for (i = 2; i <= n_kernels; i++) { # by name
            v = order[i]
            for (j = i - 1; j > 0 && order[j] > v; j--) order[j + 1] = order[j]
            order[j + 1] = v
        }
        for (k = 1; k <= n_kernels; k++) {
            line = "| " order[k] " | " shared[order[k]] + 0 " |"
            for (t = 1; t <= n_targets; t++) line = line " " registers[order[k], targets[t]] " |"
            print line
        }
        exit spills > 0 || n_kernels == 0
    }' >"$report" || {
    sed -n '/^Spill/p' "$report" >&2
    exit 1
}
echo "$report: $(grep -c '^| [a-z]*_\|^| [a-z]* | [0-9]' "$report") kernels, no spill"
