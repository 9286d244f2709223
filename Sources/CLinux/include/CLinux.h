// CLinux.h: the Linux and processor interfaces that Swift cannot reach by itself: CPUID, auxiliary vector,
// affinity masks of any size, clocks cheap enough for a timed loop, a stop flag for signals, and calls that survive a
// crash of what they call. Functions return 0 or an errno value unless they say otherwise; none keeps a pointer.
#ifndef SUANLI_CLINUX_H
#define SUANLI_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "blas_calls.h"

// MARK: Processor (processor.c)

/// The four registers that one CPUID leaf returns.
struct sl_cpuid_registers {
    uint32_t eax, ebx, ecx, edx;
};

/// One CPUID leaf, as the processor (or hypervisor) answers it. All zero on other architectures.
/// Leaves beyond the largest that the processor has answer with arbitrary data: check leaf 0 first.
struct sl_cpuid_registers sl_cpuid(uint32_t leaf, uint32_t subleaf);

/// XCR0: the register states that the operating system saves. 0 unless CPUID says OSXSAVE, since
/// xgetbv is an illegal instruction otherwise; 0 on other architectures.
uint64_t sl_xcr0(void);

/// AT_HWCAP and AT_HWCAP2 of the auxiliary vector: on arm64, the features that processor and kernel support.
uint64_t sl_hwcap(void);
uint64_t sl_hwcap2(void);

/// Tells the core that this is a waiting loop: pause on x86-64, yield on arm64.
static inline void sl_cpu_relax(void) {
#if defined(__x86_64__)
    __asm__ __volatile__("pause" ::: "memory");
#elif defined(__aarch64__)
    __asm__ __volatile__("yield" ::: "memory");
#else
    __asm__ __volatile__("" ::: "memory");
#endif
}

// MARK: Clocks

/// Nanoseconds on any clock of clock_gettime; 0 when it cannot be read, as for a thread that has ended.
static inline uint64_t sl_clock_ns(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Nanoseconds on the monotonic clock; starts at an arbitrary point, never goes back.
static inline uint64_t sl_monotonic_ns(void) { return sl_clock_ns(CLOCK_MONOTONIC); }

/// Nanoseconds of CPU time that the calling thread has used, user and system.
static inline uint64_t sl_thread_cpu_ns(void) { return sl_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

/// Nanoseconds of CPU time that all threads of the process have used, user and system.
static inline uint64_t sl_process_cpu_ns(void) { return sl_clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

// MARK: Threads (affinity.c)

/// Kernel thread id of the caller.
int32_t sl_gettid(void);

/// Logical CPU that the caller runs on at this moment; -1 when the kernel does not tell.
int32_t sl_current_cpu(void);

/// Reads the affinity mask of thread `tid` (0: the caller) into `mask`, CPU n in bit n % 8 of byte n / 8.
///
/// `capacity` is in bytes, a multiple of 8. Returns the number of bytes written, which is the kernel's mask size,
/// or the negated errno: -EINVAL when `capacity` is below that size (grow and try again).
int64_t sl_affinity_get(int32_t tid, uint8_t *mask, size_t capacity);

/// Restricts thread `tid` (0: the caller) to the CPUs in `mask`, laid out as above.
/// The kernel drops CPUs outside the cpuset silently and answers EINVAL when none is left: read the mask back.
int32_t sl_affinity_set(int32_t tid, const uint8_t *mask, size_t byte_count);

// MARK: Stop flag (stop_signal.c)

/// Makes SIGINT and SIGTERM set a flag instead of ending the process. Call once, before starting threads.
///
/// A second signal restores the default action and raises it again, so that the process ends at once. Signals within
/// 200 ms of the first count as the same request: timeout(1) signals the process and then its whole group.
int32_t sl_install_stop_handler(void);

/// Number of the signal that asked the process to stop; 0 while none has. Safe from any thread, a plain load.
int32_t sl_stop_signal(void);

// MARK: Guarded calls (guarded_call.c)

/// Calls `function(context)` on this thread and survives its crash.
///
/// Returns 0, or the number of the signal that struck on this thread: SIGILL, SIGSEGV (stack overflow included),
/// SIGBUS, SIGFPE or SIGABRT. The function is then left where it stood, by siglongjmp: only C frames may lie in
/// between, none of Swift; what it had locked or allocated stays so.
///
/// May be nested; the innermost guard of the thread takes the signal. About 10 ns; the first call of a thread maps an
/// alternate signal stack, and the first of the process installs handlers. A signal that no guard takes goes where it
/// would have gone before, and so does one that another process sent.
int32_t sl_guarded_call(void (*function)(void *), void *context);

/// A library that may crash: whether it has, and which threads are its workers. Lives as long as the process.
struct sl_library_guard;

/// NULL when there is no memory.
struct sl_library_guard *sl_library_guard_create(void);

/// Names the library's worker threads by kernel thread id, in place of those named before. ENOMEM, or 0.
int32_t sl_library_guard_set_workers(struct sl_library_guard *library, const int32_t *ids, size_t count);

/// Calls a function of the library as `sl_guarded_call` does, and survives crashes of the library's threads as well.
///
/// A worker that crashes sleeps until the process ends, and this thread leaves the call with the worker's signal. A
/// crash counts as the library's when its thread was named as a worker, or when this is the only library in a call
/// and the thread is not the process's first and never made a guarded call itself. Calls of one library from several
/// threads at a time are each guarded; the first takes the faults of its workers.
///
/// The first crash is the library's end: its workers are put to sleep, since what they work on is gone, and each
/// later call returns the signal without calling. Returning from a crash takes 0.1 s, in which other threads that
/// crash of the same cause are caught. What would make this thread or the process wait for those workers at its end is
/// undone: thread-specific data that appeared on this thread since its first guarded call is forgotten, and exit()
/// flushes the standard streams and runs only handlers registered after the crash. About 10 ns otherwise.
///
/// Not survived: exit() called by the library, which ends the program with a message and status 3; a stack overflow on
/// a worker; and a crash of a thread that was not named, after the call that it belonged to.
int32_t sl_guarded_library_call(struct sl_library_guard *library, void (*function)(void *), void *context);

/// The signal that ended the library's life in this process; 0 while it lives.
int32_t sl_library_crash(const struct sl_library_guard *library);

/// Whether that signal struck on a thread of the library's own: 1 or 0.
int32_t sl_library_crash_on_worker(const struct sl_library_guard *library);

#endif
