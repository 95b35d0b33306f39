// The few calls of Linux that Swift does not import from libc: variadic functions and GNU extensions.

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

/// Forbids core dumps, and keeps other processes of this user from attaching or reading this memory.
static inline int hfmint_linux_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Returns the type of the file system of `path`, or 0.
static inline long hfmint_linux_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long)status.f_type : 0;
}

/// Returns the type of the file system of an open file, or 0.
static inline long hfmint_linux_file_system_of(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 ? (long)status.f_type : 0;
}

/// pipe2(2), which the headers declare only with _GNU_SOURCE.
int pipe2(int ends[2], int flags);

/// execvpe(3), which the headers declare only with _GNU_SOURCE.
int execvpe(const char *program, char *const words[], char *const environment[]);

/// Returns when the file was created, in nanoseconds since 1970, or 0 if its file system does not say.
static inline uint64_t hfmint_linux_birth_time(int descriptor) {
    struct statx answer;
    const int empty_path = 0x1000; // AT_EMPTY_PATH, declared only with _GNU_SOURCE
    if (syscall(SYS_statx, descriptor, "", empty_path, STATX_BTIME, &answer) != 0) return 0;
    if (!(answer.stx_mask & STATX_BTIME)) return 0;
    return (uint64_t)answer.stx_btime.tv_sec * 1000000000u + answer.stx_btime.tv_nsec;
}

/// Why no file can replace the entry `name` of a directory.
///
/// <https://man7.org/linux/man-pages/man2/statx.2.html>
enum hfmint_linux_fixture {
    hfmint_linux_fixture_none = 0,
    /// The entry is a mount point: rename(2) fails with EBUSY.
    hfmint_linux_fixture_mount = 1,
    /// `chattr +i` or `+a` was used: rename(2) fails with EPERM.
    hfmint_linux_fixture_immutable = 2,
};

static inline int hfmint_linux_fixture(int descriptor, const char *name) {
    struct statx answer;
    const int no_follow = 0x100; // AT_SYMLINK_NOFOLLOW
    if (syscall(SYS_statx, descriptor, name, no_follow, STATX_BASIC_STATS, &answer) != 0)
        return hfmint_linux_fixture_none;
    const uint64_t set = answer.stx_attributes & answer.stx_attributes_mask;
    if (set & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) return hfmint_linux_fixture_immutable;
    if (set & 0x2000) return hfmint_linux_fixture_mount; // STATX_ATTR_MOUNT_ROOT, which old headers lack
    return hfmint_linux_fixture_none;
}

/// Calls renameat2(2) for two entries of a directory. It may work where renameat(2) is missing or forbidden.
///
/// <https://man7.org/linux/man-pages/man2/rename.2.html>
static inline int hfmint_linux_rename(int folder, const char *from, const char *to, unsigned int flags) {
    return (int)syscall(SYS_renameat2, folder, from, folder, to, flags);
}

/// Renames an entry, and fails if `to` exists.
static inline int hfmint_linux_rename_new(int folder, const char *from, const char *to) {
    return hfmint_linux_rename(folder, from, to, 1u); // RENAME_NOREPLACE, declared only with _GNU_SOURCE
}

/// Exchanges the names of two entries.
static inline int hfmint_linux_exchange(int folder, const char *one, const char *other) {
    return hfmint_linux_rename(folder, one, other, 2u); // RENAME_EXCHANGE
}

/// From <sys/xattr.h>, which is not included because Swift would import its types as part of this module.
int fsetxattr(int descriptor, const char *name, const void *bytes, size_t count, int flags);
ssize_t fgetxattr(int descriptor, const char *name, void *bytes, size_t count);

/// Sets the attribute of an open file in which hfmint keeps a mark.
///
/// <https://man7.org/linux/man-pages/man7/xattr.7.html>
static inline int hfmint_linux_set_mark(int descriptor, const void *bytes, size_t count) {
    return fsetxattr(descriptor, "user.hfmint", bytes, count, 0);
}

/// Reads that attribute. Returns the number of bytes, or -1.
static inline long hfmint_linux_mark(int descriptor, void *bytes, size_t count) {
    return fgetxattr(descriptor, "user.hfmint", bytes, count);
}

/// syncfs(2), which the headers declare only with _GNU_SOURCE.
static inline int hfmint_linux_sync_file_system(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }

/// ppoll(2), with a limit in milliseconds. A negative limit means for ever.
static inline int hfmint_linux_poll(void *pollers, unsigned long count, int milliseconds) {
    const long time[] = {milliseconds / 1000, milliseconds % 1000 * 1000000L}; // struct timespec
    return (int)syscall(SYS_ppoll, pollers, count, milliseconds < 0 ? 0 : time, 0, (unsigned long)8);
}

/// epoll(7), eventfd(2) and accept4(2), whose headers Swift does not import.
///
/// <https://man7.org/linux/man-pages/man7/epoll.7.html>
struct hfmint_linux_event {
    uint32_t events;
    uint64_t token;
}
#ifdef __x86_64__
__attribute__((packed))
#endif
;

static inline int hfmint_linux_epoll(void) { return (int)syscall(SYS_epoll_create1, 02000000); } // EPOLL_CLOEXEC

/// Starts, changes or ends the watch over a descriptor: 1, 3 or 2 (EPOLL_CTL_ADD, _MOD, _DEL).
static inline int hfmint_linux_epoll_control(
    int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct hfmint_linux_event event = {.events = events, .token = token};
    return (int)syscall(SYS_epoll_ctl, epoll, operation, descriptor, &event);
}

/// Waits for events, and stores the token of each. Returns how many there are, or -1.
static inline int hfmint_linux_epoll_wait(int epoll, uint64_t *tokens, int count, int milliseconds) {
    struct hfmint_linux_event events[256];
    if (count > 256) count = 256;
    const int found =
        (int)syscall(SYS_epoll_pwait, epoll, events, count, milliseconds, (void *)0, (unsigned long)8);
    for (int index = 0; index < found; index++) tokens[index] = events[index].token;
    return found;
}

/// Returns a counter that a thread adds to and that another one waits for by epoll(7).
static inline int hfmint_linux_event_counter(void) {
    return (int)syscall(SYS_eventfd2, 0, 02004000); // EFD_CLOEXEC | EFD_NONBLOCK
}

/// Accepts a connection, without waiting for one.
static inline int hfmint_linux_accept(int descriptor) {
    return (int)syscall(SYS_accept4, descriptor, (void *)0, (void *)0, 02004000); // SOCK_CLOEXEC | SOCK_NONBLOCK
}

/// Gives memory that was freed back to the system: from glibc's <malloc.h>, which Swift does not import.
///
/// <https://man7.org/linux/man-pages/man3/malloc_trim.3.html>
int malloc_trim(size_t padding);

/// From <signal.h> and <sys/wait.h>, left out for the reason that <sys/xattr.h> is.
void (*signal(int number, void (*handler)(int)))(int);
pid_t waitpid(pid_t child, int *status, int options);

/// Starts a program by fork(2), for a sandbox that refuses the calls of posix_spawn(3).
///
/// Older sandboxes forbid clone3(2), and glibc falls back to clone(2) only if clone3(2) is missing:
/// https://github.com/moby/moby/pull/42681
///
/// `input` and `output` become the child's stdin and stdout; -1 leaves them as they are. `is_apart` makes the child the
/// leader of a process group. `mask` and `defaults` are of type `sigset_t`, whose first 64 bits are the kernel's set.
/// Returns 0, or the errno of execvpe(3), or the negated errno of fork(2) or pipe2(2).
static inline int hfmint_linux_start(
    pid_t *child, char *const words[], char *const environment[], int input, int output, int is_apart,
    const void *mask, const void *defaults) {
    int ends[2];
    if (pipe2(ends, 02000000) != 0) return -errno; // O_CLOEXEC
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

/// Where the words are kept that the loader passes to `main` and to the functions that run before it.
///
/// Swift has no `main` with arguments. It reads them from /proc, which a chroot or a sandbox may lack.
static inline struct hfmint_linux_words *hfmint_linux_words(void) {
    static struct hfmint_linux_words words;
    return &words;
}

static inline void hfmint_linux_keep_words(int count, char **first, char **environment) {
    (void)environment;
    hfmint_linux_words()->count = count;
    hfmint_linux_words()->first = first;
}

/// Returns the words. A program that calls this function gets an entry in `.init_array`, whose functions glibc calls
/// with the arguments of `main`:
/// https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-init.c
static inline struct hfmint_linux_words hfmint_linux_given_words(void) {
    __attribute__((section(".init_array"), used)) static void (*before_main)(int, char **, char **) =
        hfmint_linux_keep_words;
    (void)before_main;
    return *hfmint_linux_words();
}

/// Returns the path by which the kernel was asked to start this program, or null.
static inline const char *hfmint_linux_program(void) {
    return (const char *)getauxval(AT_EXECFN);
}

#endif
