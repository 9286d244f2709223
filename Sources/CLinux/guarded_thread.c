// guarded_thread.c: an alternate signal stack for each thread that makes guarded calls, and its thread-specific data.
// A stack that the thread has already stays: a sanitizer or a runtime put it there.

#define _GNU_SOURCE
#include "guarded_thread.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

// Room for the largest register state of today (AMX, 11 KiB) and a few frames, above pages that fault.
enum { GUARD_BYTES = 65536, STACK_BYTES = 131072 };

static pthread_key_t stack_key;

// A bit per key that held something before the thread's first guarded call.
static THREAD_LOCAL unsigned char held_keys[PTHREAD_KEYS_MAX / 8];

static void free_stack(void *mapping) {
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(mapping, GUARD_BYTES + STACK_BYTES);
}

static void make_key(void) { pthread_key_create(&stack_key, free_stack); }

void sl_prepare_guarded_thread(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++)
        if (pthread_getspecific(key) != NULL) held_keys[key / 8] |= (unsigned char)(1u << key % 8);
    stack_t stack;
    if (sigaltstack(NULL, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0) return;
    void *mapping = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    // Without memory the guard works all the same, stack overflow apart.
    if (mapping == MAP_FAILED) return;
    stack = (stack_t){.ss_sp = (char *)mapping + GUARD_BYTES, .ss_size = STACK_BYTES};
    if (mprotect(stack.ss_sp, STACK_BYTES, PROT_READ | PROT_WRITE) != 0 || sigaltstack(&stack, NULL) != 0) {
        munmap(mapping, GUARD_BYTES + STACK_BYTES);
        return;
    }
    pthread_setspecific(stack_key, mapping);
}

void sl_forget_new_thread_data(void) {
    for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
        int is_new = (held_keys[key / 8] >> key % 8 & 1) == 0;
        if (is_new && key != stack_key && pthread_getspecific(key) != NULL) pthread_setspecific(key, NULL);
    }
}
