// stop_signal.c: SIGINT and SIGTERM set a flag that measuring loops poll; a second signal ends the process.
// SA_RESTART keeps a record that is being written from being cut short; sleeps end early all the same.

#include "CLinux.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>

#if ATOMIC_INT_LOCK_FREE != 2 || ATOMIC_LLONG_LOCK_FREE != 2
#error "a signal handler may use lock-free atomics only"
#endif

// One person pressing Ctrl-C twice needs longer than this; timeout(1) signalling twice needs microseconds.
#define SAME_REQUEST_NS 200000000u

static atomic_int stop_signal;
static atomic_ullong first_signal_ns;

static void on_signal(int number) {
    int saved_errno = errno;
    int none = 0;
    if (atomic_compare_exchange_strong(&stop_signal, &none, number)) {
        atomic_store(&first_signal_ns, sl_monotonic_ns());
    } else {
        unsigned long long first = atomic_load(&first_signal_ns);
        // 0: another thread is between the two stores above, so this signal came right behind the first.
        if (first != 0 && sl_monotonic_ns() - first > SAME_REQUEST_NS) {
            signal(number, SIG_DFL);
            // Blocked while this handler runs; takes effect as it returns.
            raise(number);
        }
    }
    errno = saved_errno;
}

int32_t sl_install_stop_handler(void) {
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) != 0) return errno;
    if (sigaction(SIGTERM, &action, NULL) != 0) return errno;
    // A parent's mask is inherited: started from a thread that blocks them, the process could not be stopped.
    sigset_t stopping;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    return pthread_sigmask(SIG_UNBLOCK, &stopping, NULL);
}

int32_t sl_stop_signal(void) { return atomic_load_explicit(&stop_signal, memory_order_relaxed); }
