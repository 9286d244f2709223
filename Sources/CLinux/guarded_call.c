// guarded_call.c: calls code that may crash and survives it, whether it crashes on this thread or on one of its own.
// The way out is siglongjmp without saved signal masks: the handlers block nothing, so there is nothing to restore,
// and an armed call costs less than ten nanoseconds. Only C frames may lie between the call and the crash.

#define _GNU_SOURCE
#include "CLinux.h"
#include "guarded_thread.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if ATOMIC_INT_LOCK_FREE != 2 || ATOMIC_LLONG_LOCK_FREE != 2 || ATOMIC_POINTER_LOCK_FREE != 2
#error "a signal handler may use lock-free atomics only"
#endif

static const int faults[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { FAULT_COUNT = sizeof faults / sizeof *faults };

// After a crash, the call stays open for this long, so that other threads which crash of the same cause find it.
static const struct timespec LINGER = {0, 100000000};

// Thread ids as one block, replaced whole, so that a handler reads a consistent list. Never freed: a handler may be
// reading it, and workers are named once or twice in a measurement.
struct thread_list {
    size_t count;
    int32_t ids[];
};

struct sl_library_guard {
    struct sl_library_guard *next;
    // 0: no call; otherwise the calling thread's id above eight bits that hold 0 or the signal that struck.
    _Atomic uint64_t call;
    // The signal that ended the library's life in this process; 0 while it lives.
    atomic_int crashed;
    atomic_bool on_worker;
    _Atomic(struct thread_list *) workers;
};

// One armed call, in the frame of the function that armed it.
struct armed_call {
    sigjmp_buf exit;
    struct armed_call *outer;
    // Whose foreign faults are this call's; NULL for none.
    struct sl_library_guard *library;
};

// All guards ever made; they are only added.
static _Atomic(struct sl_library_guard *) libraries;

static THREAD_LOCAL struct armed_call *innermost;
// 0 until the thread's first guarded call, which marks it as one of ours.
static THREAD_LOCAL int32_t own_id;

static atomic_bool has_crashed;
// Exit status of measurements that failed.
enum { MEASUREMENT_FAILED = 3 };

static struct sigaction previous[FAULT_COUNT];
static int wake_signal;
static pid_t process;

static uint64_t call_by(int32_t thread) { return (uint64_t)(uint32_t)thread << 8; }

static int signal_in(uint64_t call) { return (int)(call & 0xFF); }

static void wake(int32_t thread) {
    // Real-time signals are refused while the user has too many queued.
    const struct timespec pause = {0, 1000000};
    while (syscall(SYS_tgkill, process, thread, wake_signal) != 0 && errno == EAGAIN) nanosleep(&pause, NULL);
}

// A thread that crashed cannot go on: the instruction would fault again. It sleeps until the process ends.
static _Noreturn void park(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    for (;;) pause();
}

static bool works_for(const struct sl_library_guard *library, int32_t thread) {
    const struct thread_list *workers = atomic_load(&((struct sl_library_guard *)library)->workers);
    for (size_t i = 0; workers != NULL && i < workers->count; i++)
        if (workers->ids[i] == thread) return true;
    return false;
}

// The library that a thread belongs to: one that lists it, in a call before crashed before resting ones, or else the
// only one that is in a call.
static struct sl_library_guard *owner_of(int32_t thread) {
    struct sl_library_guard *listing = NULL, *calling = NULL;
    int calls = 0;
    for (struct sl_library_guard *library = atomic_load(&libraries); library != NULL; library = library->next) {
        bool in_call = atomic_load(&library->call) != 0;
        if (works_for(library, thread)) {
            if (in_call) return library;
            if (listing == NULL || atomic_load(&library->crashed) != 0) listing = library;
        }
        if (in_call) {
            calling = library;
            calls++;
        }
    }
    return listing != NULL ? listing : calls == 1 ? calling : NULL;
}

// Ends the open call of the thread's library, and the thread; returns when it is not a library's, or outside a call.
static void end_foreign(int number) {
    int32_t thread = sl_gettid();
    // Threads that made a guarded call before are ours, and so is the first.
    if (own_id != 0 || thread == process) return;
    struct sl_library_guard *library = owner_of(thread);
    if (library == NULL) return;
    uint64_t call = atomic_load(&library->call);
    while (call != 0 && signal_in(call) == 0) {
        if (!atomic_compare_exchange_weak(&library->call, &call, call | (uint64_t)number)) continue;
        atomic_store(&library->on_worker, true);
        wake((int32_t)(call >> 8));
        break;
    }
    if (call != 0 || atomic_load(&library->crashed) != 0) park();
}

static void pass_on(int number, siginfo_t *info, void *context) {
    int index = 0;
    while (faults[index] != number) index++;
    const struct sigaction *before = &previous[index];
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(number, info, context);
    } else if (before->sa_handler == SIG_IGN && info->si_code <= 0) {
        return;
    } else if (before->sa_handler == SIG_DFL || before->sa_handler == SIG_IGN) {
        // A fault of the processor strikes again on return, at the same place; a signal that was sent has to be sent.
        signal(number, SIG_DFL);
        if (info->si_code <= 0) raise(number);
    } else {
        before->sa_handler(number);
    }
}

static void on_fault(int number, siginfo_t *info, void *context) {
    int saved_errno = errno;
    // A person or a watchdog who sends the signal means the process.
    bool ours = info->si_code > 0 || info->si_pid == process;
    if (ours && innermost != NULL) siglongjmp(innermost->exit, number);
    if (ours) end_foreign(number);
    errno = saved_errno;
    pass_on(number, info, context);
}

// Sent to the caller when a worker crashed, and to workers when their library has.
static void on_wake(int number) {
    (void)number;
    int saved_errno = errno;
    struct armed_call *armed = innermost;
    while (armed != NULL && armed->library == NULL) armed = armed->outer;
    if (armed != NULL) {
        uint64_t call = atomic_load(&armed->library->call);
        if (call != call_by(own_id)) siglongjmp(armed->exit, signal_in(call));
    }
    struct sl_library_guard *library = own_id == 0 ? owner_of(sl_gettid()) : NULL;
    if (library != NULL && atomic_load(&library->crashed) != 0) park();
    errno = saved_errno;
}

static void install_handlers(void) {
    process = getpid();
    // The last of the real-time signals: the C library takes the first ones, debuggers and runtimes low numbers.
    wake_signal = SIGRTMAX;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART | SA_ONSTACK | SA_NODEFER;
    action.sa_handler = on_wake;
    sigaction(wake_signal, &action, NULL);
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    action.sa_sigaction = on_fault;
    for (int i = 0; i < FAULT_COUNT; i++) {
        // Before the handler stands, so that it finds where to pass on.
        sigaction(faults[i], NULL, &previous[i]);
        sigaction(faults[i], &action, NULL);
    }
}

// Whether the thread that calls exit() is a library's, or in a call of one.
static bool exits_for_library(void) {
    for (struct armed_call *armed = innermost; armed != NULL; armed = armed->outer)
        if (armed->library != NULL) return true;
    return own_id == 0 && sl_gettid() != process && owner_of(sl_gettid()) != NULL;
}

// exit() by a library gets our message and our status, since its own may mean something else to who reads it. After a
// crash, the process ends without the destructors of libraries, of which the crashed one's would wait for workers that
// sleep; handlers of exit() registered before the crash are left out with them.
static void leave(int status, void *unused) {
    (void)unused;
    static const char text[] =
        "error: a BLAS library ended the program by calling exit().\n"
        "       Its own message, if any, is above. Install what it lacks, or pass another library with --blas.\n";
    bool by_library = exits_for_library();
    if (!by_library && !atomic_load(&has_crashed)) return;
    FILE *const streams[] = {stdout, stderr};
    for (int i = 0; i < 2; i++) {
        // A sleeping worker may hold the lock for ever.
        if (ftrylockfile(streams[i]) != 0) continue;
        fflush(streams[i]);
        funlockfile(streams[i]);
    }
    if (by_library && write(STDERR_FILENO, text, sizeof text - 1) < 0) status = MEASUREMENT_FAILED;
    _exit(by_library ? MEASUREMENT_FAILED : status);
}

static void leave_at_exit(void) { on_exit(leave, NULL); }

static void install_once(void) {
    leave_at_exit();
    install_handlers();
}

// What the first guarded call of a thread does.
static void enter_thread(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_once);
    sl_prepare_guarded_thread();
    sigset_t needed;
    sigemptyset(&needed);
    sigaddset(&needed, wake_signal);
    for (int i = 0; i < FAULT_COUNT; i++) sigaddset(&needed, faults[i]);
    pthread_sigmask(SIG_UNBLOCK, &needed, NULL);
    own_id = sl_gettid();
}

// Runs the function under a guard of its own and returns the signal that struck, or 0.
static int run_armed(struct sl_library_guard *library, void (*function)(void *), void *context) {
    struct armed_call armed;
    armed.outer = innermost;
    armed.library = library;
    // armed is not changed after this, so that its members are defined behind the jump.
    int number = sigsetjmp(armed.exit, 0);
    if (number == 0) {
        innermost = &armed;
        atomic_signal_fence(memory_order_seq_cst);
        function(context);
        atomic_signal_fence(memory_order_seq_cst);
    }
    innermost = armed.outer;
    atomic_signal_fence(memory_order_seq_cst);
    return number;
}

int32_t sl_guarded_call(void (*function)(void *), void *context) {
    if (own_id == 0) enter_thread();
    return run_armed(NULL, function, context);
}

struct sl_library_guard *sl_library_guard_create(void) {
    struct sl_library_guard *library = calloc(1, sizeof *library);
    if (library == NULL) return NULL;
    library->next = atomic_load(&libraries);
    while (!atomic_compare_exchange_weak(&libraries, &library->next, library)) {}
    return library;
}

int32_t sl_library_guard_set_workers(struct sl_library_guard *library, const int32_t *ids, size_t count) {
    struct thread_list *list = malloc(sizeof *list + count * sizeof *ids);
    if (list == NULL) return ENOMEM;
    list->count = count;
    if (count > 0) memcpy(list->ids, ids, count * sizeof *ids);
    atomic_store(&library->workers, list);
    return 0;
}

int32_t sl_library_crash(const struct sl_library_guard *library) {
    return atomic_load(&((struct sl_library_guard *)library)->crashed);
}

int32_t sl_library_crash_on_worker(const struct sl_library_guard *library) {
    return atomic_load(&((struct sl_library_guard *)library)->on_worker);
}

// The library ends here: its other threads work on memory that the caller has left, so they must not go on.
static void abandon(struct sl_library_guard *library, int number) {
    atomic_store(&library->crashed, number);
    const struct thread_list *workers = atomic_load(&library->workers);
    for (size_t i = 0; workers != NULL && i < workers->count; i++)
        wake(workers->ids[i]);
    sl_forget_new_thread_data();
    atomic_store(&has_crashed, true);
    // Once more, so that it comes before what libraries registered when they were loaded.
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, leave_at_exit);
    struct timespec left = LINGER;
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

int32_t sl_guarded_library_call(struct sl_library_guard *library, void (*function)(void *), void *context) {
    if (own_id == 0) enter_thread();
    int number = atomic_load_explicit(&library->crashed, memory_order_relaxed);
    if (number != 0) return number;
    uint64_t mine = call_by(own_id);
    uint64_t call = 0;
    // Of several threads that call one library at a time, the first takes the faults of its workers.
    bool owner = atomic_compare_exchange_strong(&library->call, &call, mine);
    number = run_armed(owner ? library : NULL, function, context);
    call = mine;
    if (number == 0 && (!owner || atomic_compare_exchange_strong(&library->call, &call, 0))) return 0;
    // A worker may have struck just as the call returned.
    if (number == 0) number = signal_in(call);
    if (owner) atomic_store(&library->call, mine | (uint64_t)number);
    abandon(library, number);
    if (owner) atomic_store(&library->call, 0);
    return number;
}
