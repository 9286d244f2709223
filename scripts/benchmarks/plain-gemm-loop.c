// plain-gemm-loop.c: multiplies square matrices through OpenBLAS in a loop, with nothing between two calls.
// The other side of `sampler` in scripts/benchmark-kernels: what a program gets that does not measure. Library,
// threads, their CPUs, memory and warm-up are the harness's; it neither clears C nor checks products in between.
//
//   plain-gemm-loop LIBRARY INTEGER_BITS f64|f32 N CPUS NODES SECONDS SEED [small-pages]
//   plain-gemm-loop /usr/lib/…/libopenblas.so.0 32 f64 1024 0,1 0 1.5 1
//
// CPUS: comma-separated, one thread each, the caller on the first. NODES: of memory, comma-separated, or - for any.
// Prints one JSON object; rates in FLOPS, 2 n³ over the seconds of the calls.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1024, ROW_MAJOR = 101, NO_TRANSPOSE = 111, HUGE_PAGE = 2 << 20 };
/// As in GEMMSampler.swift: at least one product and this many seconds come before the first timed one.
static const double warm_up_seconds = 0.02;

// CBLAS at either integer width; enumerations are C ints at both.
#define GEMM(name, real, integer)                                                                               \
    typedef void name(int, int, int, integer, integer, integer, real, const real *, integer, const real *,      \
                      integer, real, real *, integer)
GEMM(dgemm32, double, int32_t);
GEMM(dgemm64, double, int64_t);
GEMM(sgemm32, float, int32_t);
GEMM(sgemm64, float, int64_t);

static void fail(const char *what, const char *why) {
    fprintf(stderr, "error: plain-gemm-loop: %s: %s\n", what, why);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int numbers(char *text, int *list) {
    int count = 0;
    if (strcmp(text, "-") == 0) return 0;
    for (char *part = strtok(text, ","); part; part = strtok(NULL, ",")) {
        if (count == MOST) fail("too many CPUs or nodes", part);
        list[count++] = atoi(part);
    }
    return count;
}

static void *symbol(void *library, const char *name) {
    static const char *const suffixes[] = {"", "64_", "_64"};
    char text[64];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(text, sizeof text, "%s%s", name, suffixes[i]);
        void *found = dlsym(library, text);
        if (found) return found;
    }
    fail("the library has no such function", name);
    return NULL;
}

static void bind_thread(int thread, int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(thread, sizeof set, &set) != 0) fail("cannot bind a thread", strerror(errno));
}

static int ascending(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

// OpenBLAS tells nobody its threads, but all threads of this process beside the first are its own. It creates them,
// and hands out work, in the order of their ids.
static void bind_workers(const int *cpus, int count) {
    int ids[MOST], found = 0;
    DIR *directory = opendir("/proc/self/task");
    if (!directory) fail("/proc/self/task", strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory));) {
        int id = atoi(entry->d_name);
        if (id > 0 && id != getpid() && found < MOST) ids[found++] = id;
    }
    closedir(directory);
    qsort(ids, found, sizeof *ids, ascending);
    if (found < count) fail("cannot bind the workers", "there are fewer than CPUs");
    for (int i = 0; i < count; i++) bind_thread(ids[i], cpus[i]);
}

// Mapped afresh, 2 MiB pages asked for, bound to the nodes: as PlacedMemory.swift does.
static void *matrix(size_t bytes, const int *nodes, int node_count, int huge) {
    bytes = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    char *mapped = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) fail("cannot get memory", strerror(errno));
    char *start = (char *)(((uintptr_t)mapped + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    if (huge) madvise(start, bytes, MADV_HUGEPAGE);
    unsigned long mask[MOST / (8 * sizeof(unsigned long))] = {0};
    for (int i = 0; i < node_count; i++) mask[nodes[i] / 64 % 16] |= 1ul << nodes[i] % 64;
    int mode = node_count == 1 ? MPOL_BIND : MPOL_INTERLEAVE;
    // Containers often forbid mbind; first touch on the first CPU then decides, as in the harness.
    if (node_count) syscall(SYS_mbind, start, bytes, mode, mask, (unsigned long)MOST + 1, 0);
    return start;
}

static double uniform(uint64_t *state) {
    // splitmix64; the upper 53 bits make a double in [0, 1).
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

int main(int count, char **arguments) {
    if (count < 9) fail("usage", "LIBRARY INTEGER_BITS f64|f32 N CPUS NODES SECONDS SEED [small-pages]");
    const int wide = atoi(arguments[2]) == 64, is_double = strcmp(arguments[3], "f64") == 0;
    const int n = atoi(arguments[4]);
    int cpus[MOST], nodes[MOST];
    const int threads = numbers(arguments[5], cpus), node_count = numbers(arguments[6], nodes);
    const double seconds = atof(arguments[7]);
    uint64_t state = strtoull(arguments[8], NULL, 10);
    if (n < 1 || threads < 1) fail("usage", "N and CPUS are at least one");

    // Before the caller is bound: OpenBLAS starts its workers now, and they inherit the binding.
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) fail("dlopen", dlerror());
    ((void (*)(int))symbol(library, "openblas_set_num_threads"))(threads);
    if (((int (*)(void))symbol(library, "openblas_get_num_threads"))() != threads)
        fail(arguments[1], "takes another number of threads than asked for");
    if (threads > 1) bind_workers(cpus + 1, threads - 1);
    bind_thread(0, cpus[0]);

    const size_t elements = (size_t)n * n, bytes = elements * (is_double ? sizeof(double) : sizeof(float));
    const int huge = count < 10;
    void *a = matrix(bytes, nodes, node_count, huge), *b = matrix(bytes, nodes, node_count, huge);
    void *c = matrix(bytes, nodes, node_count, huge);
    for (size_t i = 0; i < 2 * elements; i++) {
        void *target = i < elements ? a : b;
        const size_t at = i % elements;
        const double value = uniform(&state) - 0.5;
        if (is_double) ((double *)target)[at] = value;
        else ((float *)target)[at] = (float)value;
    }
    void *entry = symbol(library, is_double ? "cblas_dgemm" : "cblas_sgemm");
#define CALL(type)                                                                                              \
    ((type *)entry)(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, n, n, n, 1, a, n, b, n, 0, c, n)
#define MULTIPLY()                                                                                              \
    do {                                                                                                        \
        if (is_double && wide) CALL(dgemm64);                                                                   \
        else if (is_double) CALL(dgemm32);                                                                      \
        else if (wide) CALL(sgemm64);                                                                           \
        else CALL(sgemm32);                                                                                     \
    } while (0)
    const double first = now();
    do MULTIPLY();
    while (now() - first < warm_up_seconds);

    double sum = 0, best = 1e300;
    long calls = 0;
    while (calls == 0 || sum < seconds) {
        const double start = now();
        MULTIPLY();
        const double took = now() - start;
        sum += took;
        if (took < best) best = took;
        calls++;
    }
    const double work = 2.0 * n * n * n;
    const char *core = ((char *(*)(void))symbol(library, "openblas_get_corename"))();
    printf("{\"sustained\": %.6e, \"best\": %.6e, \"calls\": %ld, \"seconds\": %.6f, \"core\": \"%s\"}\n",
           work * calls / sum, work / best, calls, sum, core);
    return 0;
}
