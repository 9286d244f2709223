// guarded_thread.h: what a thread needs before its first guarded call, and must not keep after a crash.
#ifndef SUANLI_GUARDED_THREAD_H
#define SUANLI_GUARDED_THREAD_H

// In the static block, since handlers read such variables on threads that never did, where the dynamic one would be
// allocated.
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))

// Gives the calling thread a stack for signal handlers, since its own may be what overflowed, and notes which
// thread-specific data it has. Once per thread, before its first guarded call.
void sl_prepare_guarded_thread(void);

// Forgets the thread-specific data that appeared on the calling thread since then, destructors and all: what a crashed
// library left for the thread's end. OpenMP would wait there for workers that sleep.
void sl_forget_new_thread_data(void);

#endif
