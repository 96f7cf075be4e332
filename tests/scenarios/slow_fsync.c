/* A card that stalls: every fsync and fdatasync takes HUB_FSYNC_SECONDS longer. LD_PRELOADed into the daemon. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void stall(void) {
    const char *seconds = getenv("HUB_FSYNC_SECONDS");
    if (seconds)
        usleep((useconds_t)(atof(seconds) * 1e6));
}

int fsync(int fd) {
    stall();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    stall();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
