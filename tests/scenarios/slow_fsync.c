/* A card that stalls: every fsync and fdatasync takes HUB_FSYNC_SECONDS longer; with HUB_FSYNC_BELOW only of what lies
   below that folder. LD_PRELOADed into the daemon. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int concerned(int fd) {
    const char *below = getenv("HUB_FSYNC_BELOW");
    char link[32], path[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return !below || (readlink(link, path, sizeof path - 1) > 0 && !strncmp(path, below, strlen(below)));
}

static void stall(int fd) {
    const char *seconds = getenv("HUB_FSYNC_SECONDS");
    if (seconds && concerned(fd))
        usleep((useconds_t)(atof(seconds) * 1e6));
}

int fsync(int fd) {
    stall(fd);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    stall(fd);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
