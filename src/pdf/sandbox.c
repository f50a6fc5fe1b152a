#include "pdf/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* --- limits --- */

static bool limit(int what, rlim_t value)
{
    struct rlimit old;
    if (getrlimit((__rlimit_resource_t)what, &old) != 0) return false;
    if (old.rlim_max != RLIM_INFINITY && old.rlim_max < value) value = old.rlim_max;
    return setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value}) == 0;
}

#if defined(__SANITIZE_ADDRESS__)
/* The search for leaks starts a thread, which is not let. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
    return "detect_leaks=0:handle_segv=0"; /* a crash is a crash, not an exit status */
}
#endif

static bool set_limits(const struct sandbox_limits *limits)
{
#if defined(__SANITIZE_ADDRESS__)
    bool memory = limits->memory > 0; /* its shadow takes terabytes of address space: no limit */
#else
    bool memory = limit(RLIMIT_AS, limits->memory);
#endif
    return memory && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 64) &&
           limit(RLIMIT_STACK, 16 << 20);
}

void sandbox_start_timer(int seconds)
{
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = seconds}, NULL);
}

/* --- files --- */

static void allow_reading(int ruleset, const char *folder)
{
    int fd = open(folder, O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = fd};
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
}

/* Fonts that a document does not hold itself, and the tables of Chinese, Japanese and Korean ones.
 * false: the kernel has no Landlock; then no file is opened at all. */
static bool keep_only_fonts(void)
{
    static const char *const folders[] = {"/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/poppler",
                                          "/etc/fonts",       "/usr/share/fontconfig",  "/var/cache/fontconfig"};
    struct landlock_ruleset_attr all = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                             LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                             LANDLOCK_ACCESS_FS_MAKE_SYM};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (ruleset < 0) return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) allow_reading(ruleset, folders[i]);
    bool ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return ok;
}

/* --- system calls --- */

static const int ALLOWED[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(statfs),
    SCMP_SYS(fstatfs), SCMP_SYS(lseek), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(getrandom), SCMP_SYS(setitimer),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(tgkill), SCMP_SYS(dup),
    SCMP_SYS(fcntl), SCMP_SYS(membarrier),
};

/* Everything else fails with EPERM; what only an attacker calls ends the process. */
static const int DEADLY[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(socket), SCMP_SYS(connect),
    SCMP_SYS(bind), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(mount),
    SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(bpf), SCMP_SYS(io_uring_setup), SCMP_SYS(keyctl),
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(memfd_create),
};

static bool add_rules(scmp_filter_ctx filter, bool files)
{
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, ALLOWED[i], 0) != 0) return false;
    for (size_t i = 0; i < sizeof DEADLY / sizeof *DEADLY; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, DEADLY[i], 0) != 0) return false;
    /* Memory is never made executable. */
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0 ||
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                         SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
        return false;
    if (!files) return true; /* openat fails as all else */
    uint64_t changes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, changes, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, changes, 0)) == 0;
}

bool sandbox_enter(const struct sandbox_limits *limits, struct error *err)
{
    if (!set_limits(limits)) return error_errno(err, ERROR_IO, "setrlimit");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return error_errno(err, ERROR_IO, "prctl");
    bool files = keep_only_fonts();
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = filter && add_rules(filter, files) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok || error_set(err, ERROR_UNSUPPORTED, "the kernel does not let the process be confined (seccomp)");
}
