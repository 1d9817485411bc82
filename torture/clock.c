/* A clock that jumps: for LD_PRELOAD. The time of day is moved by the seconds (a double) that the file $TORTURE_CLOCK
   begins with, from the moment they are written; clocks that measure durations stay as they are, as in a real jump. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile double *ahead;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
    const char *name = getenv("TORTURE_CLOCK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *found = mmap(NULL, sizeof(double), PROT_READ, MAP_SHARED, file, 0);
        ahead = found == MAP_FAILED ? NULL : found;
        close(file);
    }
}

static void move(struct timespec *moment, double seconds) {
    long long nanoseconds = moment->tv_sec * 1000000000LL + moment->tv_nsec + (long long)(seconds * 1e9);
    moment->tv_sec = nanoseconds / 1000000000LL;
    moment->tv_nsec = nanoseconds % 1000000000LL;
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    if (!real_clock_gettime) begin();
    int failed = real_clock_gettime(clock, moment);
    if (!failed && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) move(moment, *ahead);
    return failed;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
    struct timespec now;
    (void)zone;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    moment->tv_sec = now.tv_sec;
    moment->tv_usec = now.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}

/* The kernel waits until a moment of its own clock. */
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    struct timespec moment = *until;
    if (!real_sem_timedwait) begin();
    if (ahead) move(&moment, -*ahead);
    return real_sem_timedwait(semaphore, &moment);
}
