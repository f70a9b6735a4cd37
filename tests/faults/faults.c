/* Counts the calls with which a process changes files, and makes one of them fail, tear, or be the last thing the process does.
   Loaded with LD_PRELOAD into the publisher of the tests. Only regular files count: pipes and terminals do not.
   It can also write down what was changed and what was synced, in order: that is what a power cut goes by. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, KILL_BEFORE, KILL_AFTER, TEAR, FAIL };
enum { WRITES = 1, SYNCS = 2, NAMES = 4, OPENS = 8 };

static int action, error, kinds, is_lasting;
static long at, calls;
static int trace = -1;

void faults_arm(int action_, long at_, int error_, int kinds_, int is_lasting_) {
    action = action_; at = at_; error = error_; kinds = kinds_; is_lasting = is_lasting_;
    __atomic_store_n(&calls, 0, __ATOMIC_SEQ_CST);
}

long faults_calls(void) { return __atomic_load_n(&calls, __ATOMIC_SEQ_CST); }

void faults_trace(int fd) { trace = fd; }

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* The action for this call, or OFF. */
static int meet(int kind) {
    if (!(kinds & kind)) return OFF;
    long n = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if (n != at && !(is_lasting && n > at && action == FAIL)) return OFF;
    if (action == KILL_BEFORE) die();
    return action;
}

static int is_file(int fd) {
    struct stat info;
    int before = errno, found = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    errno = before;
    return found;
}

#define NEXT(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

/* One line: what was done, and to which paths. One write, so that lines of several threads do not mix. */
static void note(const char *what, const char *path, const char *other) {
    if (trace < 0 || path == NULL) return;
    int before = errno;
    char line[8192];
    int size = snprintf(line, sizeof line, "%s\t%s\t%s\n", what, path, other ? other : "");
    if (size > 0 && size < (int) sizeof line) { if (NEXT(write)(trace, line, (size_t) size) != size) die(); }
    errno = before;
}

static void note_fd(const char *what, int fd) {
    if (trace < 0 || fd == trace) return;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0) return;
    path[size] = 0;
    note(what, path, NULL);
}
/* A path that may be relative to an open folder. */
static void note_at(const char *what, int folder, const char *path) {
    if (trace < 0 || path[0] == '/' || folder == AT_FDCWD) { note(what, path, NULL); return; }
    char link[64], whole[8192];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t size = readlink(link, whole, 4095);
    if (size <= 0 || snprintf(whole + size, sizeof whole - (size_t) size, "/%s", path) >= (int) (sizeof whole - (size_t) size)) die();
    note(what, whole, NULL);
}

#define AROUND(kind, said, name, ...)                  \
    int what = meet(kind);                             \
    if (what == FAIL) { errno = error; return -1; }    \
    __typeof__(name(__VA_ARGS__)) done = NEXT(name)(__VA_ARGS__); \
    if (done >= 0) { said; }                           \
    if (what == KILL_AFTER || what == TEAR) die();     \
    return done;

static ssize_t half(int fd, const void *data, size_t size, off_t place, int has_place) {
    size_t part = size / 2;
    if (has_place) { NEXT(pwrite)(fd, data, part, place); } else { NEXT(write)(fd, data, part); }
    die();
    return -1;
}

ssize_t write(int fd, const void *data, size_t size) {
    if (!is_file(fd)) return NEXT(write)(fd, data, size);
    int what = meet(WRITES);
    if (what == FAIL) { errno = error; return -1; }
    if (what == TEAR) return half(fd, data, size, 0, 0);
    ssize_t done = NEXT(write)(fd, data, size);
    note_fd("write", fd);
    if (what == KILL_AFTER) die();
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    int what = meet(WRITES);
    if (what == FAIL) { errno = error; return -1; }
    if (what == TEAR) return half(fd, data, size, place, 1);
    ssize_t done = NEXT(pwrite)(fd, data, size, place);
    note_fd("write", fd);
    if (what == KILL_AFTER) die();
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t place) { return pwrite(fd, data, size, place); }
int ftruncate(int fd, off_t size) { AROUND(WRITES, note_fd("write", fd), ftruncate, fd, size) }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
int fsync(int fd) { AROUND(SYNCS, note_fd("sync", fd), fsync, fd) }
int fdatasync(int fd) { AROUND(SYNCS, note_fd("sync", fd), fdatasync, fd) }
int rename(const char *from, const char *to) { AROUND(NAMES, note("rename", from, to), rename, from, to) }
int symlink(const char *to, const char *path) { AROUND(NAMES, note("name", path, NULL), symlink, to, path) }
int unlink(const char *path) { AROUND(NAMES, note("remove", path, NULL), unlink, path) }
int unlinkat(int fd, const char *path, int flags) { AROUND(NAMES, note_at("remove", fd, path), unlinkat, fd, path, flags) }
int rmdir(const char *path) { AROUND(NAMES, note("remove", path, NULL), rmdir, path) }
int mkdir(const char *path, mode_t mode) { AROUND(NAMES, note("name", path, NULL), mkdir, path, mode) }
int chmod(const char *path, mode_t mode) { AROUND(NAMES, (void) 0, chmod, path, mode) }
int fchmodat(int fd, const char *path, mode_t mode, int flags) { AROUND(NAMES, (void) 0, fchmodat, fd, path, mode, flags) }

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (!(flags & O_CREAT)) return NEXT(open)(path, flags, mode);
    AROUND(OPENS, note_fd("name", done), open, path, flags, mode)
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (!(flags & O_CREAT)) return NEXT(open64)(path, flags, mode);
    AROUND(OPENS, note_fd("name", done), open64, path, flags, mode)
}
