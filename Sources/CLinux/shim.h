// The few calls of Linux that Swift's view of libc lacks: variadic ones, and GNU extensions.

#ifndef HFMINT_CLINUX_SHIM_H
#define HFMINT_CLINUX_SHIM_H

#include <sys/prctl.h>
#include <sys/vfs.h>

/// No core dump, and no other process of this user may attach or read our memory.
static inline int hfmint_linux_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// The kind of file system that `path` lies on, or 0.
static inline long hfmint_linux_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (long)status.f_type : 0;
}

/// pipe2(2), which the headers declare only with _GNU_SOURCE.
int pipe2(int ends[2], int flags);

/// execvpe(3), likewise.
int execvpe(const char *program, char *const words[], char *const environment[]);

#endif
