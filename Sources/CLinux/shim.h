// The few calls of Linux that Swift's view of libc lacks: variadic ones, and GNU extensions.

#ifndef HFMINT_CLINUX_SHIM_H
#define HFMINT_CLINUX_SHIM_H

#include <errno.h>
#include <linux/stat.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/// No core dump, and no other process of this user may attach or read our memory.
static inline int hfmint_linux_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// The kind of file system that `path` lies on, or 0.
static inline long hfmint_linux_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long)status.f_type : 0;
}

/// The same of what `descriptor` is open for.
static inline long hfmint_linux_file_system_of(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 ? (long)status.f_type : 0;
}

/// pipe2(2), which the headers declare only with _GNU_SOURCE.
int pipe2(int ends[2], int flags);

/// execvpe(3), likewise.
int execvpe(const char *program, char *const words[], char *const environment[]);

/// When the file behind `descriptor` was made, in nanoseconds since 1970; 0 where its file system does not say.
static inline uint64_t hfmint_linux_birth_time(int descriptor) {
    struct statx answer;
    const int empty_path = 0x1000; // AT_EMPTY_PATH, likewise
    if (syscall(SYS_statx, descriptor, "", empty_path, STATX_BTIME, &answer) != 0) return 0;
    if (!(answer.stx_mask & STATX_BTIME)) return 0;
    return (uint64_t)answer.stx_btime.tv_sec * 1000000000u + answer.stx_btime.tv_nsec;
}

/// Why the name below `descriptor` can be given to no other file; see the values.
///
/// <https://man7.org/linux/man-pages/man2/statx.2.html>
enum hfmint_linux_fixture {
    hfmint_linux_fixture_none = 0,
    /// Something is mounted there: rename(2) says EBUSY.
    hfmint_linux_fixture_mount = 1,
    /// `chattr +i` or `+a`: rename(2) says EPERM.
    hfmint_linux_fixture_immutable = 2,
};

static inline int hfmint_linux_fixture(int descriptor, const char *name) {
    struct statx answer;
    const int no_follow = 0x100; // AT_SYMLINK_NOFOLLOW, likewise
    if (syscall(SYS_statx, descriptor, name, no_follow, STATX_BASIC_STATS, &answer) != 0)
        return hfmint_linux_fixture_none;
    const uint64_t set = answer.stx_attributes & answer.stx_attributes_mask;
    if (set & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) return hfmint_linux_fixture_immutable;
    if (set & 0x2000) return hfmint_linux_fixture_mount; // STATX_ATTR_MOUNT_ROOT, which old headers lack
    return hfmint_linux_fixture_none;
}

/// renameat2(2) below a directory, also for a kernel that has no renameat(2) or a sandbox that forbids it.
///
/// <https://man7.org/linux/man-pages/man2/rename.2.html>
static inline int hfmint_linux_rename(int folder, const char *from, const char *to, unsigned int flags) {
    return (int)syscall(SYS_renameat2, folder, from, folder, to, flags);
}

/// The same, and nothing is put out of its place: it fails where there is a `to`, or the two change places.
static inline int hfmint_linux_rename_new(int folder, const char *from, const char *to) {
    return hfmint_linux_rename(folder, from, to, 1u); // RENAME_NOREPLACE, declared only with _GNU_SOURCE
}

static inline int hfmint_linux_exchange(int folder, const char *one, const char *other) {
    return hfmint_linux_rename(folder, one, other, 2u); // RENAME_EXCHANGE
}

/// From <sys/xattr.h>, whose types Swift would take for this module's.
int fsetxattr(int descriptor, const char *name, const void *bytes, size_t count, int flags);
ssize_t fgetxattr(int descriptor, const char *name, void *bytes, size_t count);

/// An attribute that stays with the file behind `descriptor`.
///
/// <https://man7.org/linux/man-pages/man7/xattr.7.html>
static inline int hfmint_linux_set_mark(int descriptor, const void *bytes, size_t count) {
    return fsetxattr(descriptor, "user.hfmint", bytes, count, 0);
}

static inline long hfmint_linux_mark(int descriptor, void *bytes, size_t count) {
    return fgetxattr(descriptor, "user.hfmint", bytes, count);
}

/// syncfs(2), likewise declared only with _GNU_SOURCE.
static inline int hfmint_linux_sync_file_system(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }

/// ppoll(2), likewise.
static inline int hfmint_linux_poll(void *pollers, unsigned long count, int milliseconds) {
    const long time[] = {milliseconds / 1000, milliseconds % 1000 * 1000000L}; // struct timespec
    return (int)syscall(SYS_ppoll, pollers, count, milliseconds < 0 ? 0 : time, 0, (unsigned long)8);
}

/// From <signal.h> and <sys/wait.h>, likewise.
void (*signal(int number, void (*handler)(int)))(int);
pid_t waitpid(pid_t child, int *status, int options);

/// Starts a program by fork(2), where the calls of posix_spawn(3) are refused.
///
/// glibc makes another call in place of clone3(2) only where that is missing, and sandboxes that are older forbid it:
/// https://github.com/moby/moby/pull/42681
///
/// `input` and `output` become the child's own, -1 leaves them; `is_apart` makes it the leader of a group. Answers 0, or
/// why the program could not be executed, or, negative, why there is no process for it. A set is a `sigset_t`, whose first
/// bits are the kernel's.
static inline int hfmint_linux_start(
    pid_t *child, char *const words[], char *const environment[], int input, int output, int is_apart,
    const void *mask, const void *defaults) {
    int ends[2];
    if (pipe2(ends, 02000000) != 0) return -errno; // O_CLOEXEC, likewise
    const pid_t made = fork();
    if (made == 0) {
        if (is_apart) setpgid(0, 0);
        for (int number = 1; number < 65; number++)
            if (*(const uint64_t *)defaults >> (number - 1) & 1) signal(number, 0); // SIG_DFL
        syscall(SYS_rt_sigprocmask, 2, mask, 0, sizeof(uint64_t)); // SIG_SETMASK
        if (input >= 0) dup2(input, STDIN_FILENO);
        if (output >= 0) dup2(output, STDOUT_FILENO);
        execvpe(words[0], words, environment);
        const int reason = errno;
        if (write(ends[1], &reason, sizeof reason) < 0) _exit(126);
        _exit(127);
    }
    int failure = made < 0 ? -errno : 0;
    close(ends[1]);
    ssize_t told = 0;
    if (made > 0)
        do told = read(ends[0], &failure, sizeof failure);
        while (told < 0 && errno == EINTR);
    if (told > 0) waitpid(made, 0, 0);
    close(ends[0]);
    *child = made;
    return failure;
}

/// The words that this process was started with.
struct hfmint_linux_words {
    int count;
    char **first;
};

/// As the loader hands them to `main`, and to what runs before it.
///
/// Swift has no `main` to take them from: it looks for them in /proc, which a chroot or a sandbox may lack.
static inline struct hfmint_linux_words *hfmint_linux_words(void) {
    static struct hfmint_linux_words words;
    return &words;
}

static inline void hfmint_linux_keep_words(int count, char **first, char **environment) {
    (void)environment;
    hfmint_linux_words()->count = count;
    hfmint_linux_words()->first = first;
}

/// Whoever calls this takes along an entry of a section whose functions glibc calls as it calls `main`:
/// https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-init.c
static inline struct hfmint_linux_words hfmint_linux_given_words(void) {
    __attribute__((section(".init_array"), used)) static void (*before_main)(int, char **, char **) =
        hfmint_linux_keep_words;
    (void)before_main;
    return *hfmint_linux_words();
}

/// The path by which the kernel was asked to start this program; null where it does not say.
static inline const char *hfmint_linux_program(void) {
    return (const char *)getauxval(AT_EXECFN);
}

#endif
