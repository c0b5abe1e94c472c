/* A network drive without shared memory (NOSHM) or without file locks (NOLCK=errno), for paths that contain
   /share_sim/: preloaded into a process by test/integration/core/drives. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int on_share(int fd, const char *suffix) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (!strstr(path, "/share_sim/")) return 0;
  size_t end = strlen(suffix);
  return (size_t)length >= end && !strcmp(path + length - end, suffix);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  static void *(*real)(void *, size_t, int, int, int, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "mmap");
  if (getenv("NOSHM") && fd >= 0 && (flags & MAP_SHARED) && on_share(fd, "-shm")) {
    errno = ENODEV;
    return MAP_FAILED;
  }
  return real(at, length, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  return mmap(at, length, protection, flags, fd, offset);
}

static int locked(int fd, int command, void *argument) {
  static int (*real)(int, int, ...);
  if (!real) real = dlsym(RTLD_NEXT, "fcntl");
  if (getenv("NOLCK") && (command == F_SETLK || command == F_SETLKW) && on_share(fd, "")) {
    errno = atoi(getenv("NOLCK"));
    return -1;
  }
  return real(fd, command, argument);
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return locked(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return locked(fd, command, argument);
}
