// fma_amx.c: C = C + L0.R0; C = C + L1.R1 on AMX tiles, 16 x 16 sums of 32 bf16 (f32) or 64 s8 (i32) products each.
// Per iteration: 4 accumulators of 256 lanes, 8 instructions of 16384 (bf16) or 32768 (i8) operations, 131072 or
// 262144, 0 B. Needs AMX-TILE with AMX-BF16 or AMX-INT8, and the kernel's leave (sl_amx_request). State 64-byte
// aligned. Leaves the state as the replay does, bit for bit.
// An instruction occupies the unit for 16 cycles and takes 52: four accumulators keep it busy.

#include <errno.h>

#include "../fma_variants.h"
#include "fma_kernels.h"

#if defined(__x86_64__)

#include <sys/syscall.h>
#include <unistd.h>

// asm/prctl.h of kernels before 5.16, Debian 11's among them, lacks the first; no header has the second.
#define ARCH_REQUEST_STATE 0x1023
#define STATE_TILE_DATA 18

int sl_amx_request(void) {
    return syscall(SYS_arch_prctl, ARCH_REQUEST_STATE, STATE_TILE_DATA) == 0 ? 0 : errno;
}

// Operand of ldtilecfg, palette 1: eight tiles of 16 rows of 64 bytes. Source: Intel SDM volume 2, LDTILECFG.
struct tile_configuration {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes_per_row[16];
    uint8_t rows[16];
};
static const struct tile_configuration configuration __attribute__((aligned(64))) = {
    .palette = 1,
    .bytes_per_row = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};
_Static_assert(sizeof(struct tile_configuration) == 64, "ldtilecfg reads 64 bytes");

// tmm4 = L0, tmm5 = R0, tmm6 = L1, tmm7 = R1. Compilers use no tiles of their own accord, and gcc 12 cannot name them
// as clobbered.
#define AMX_KERNEL(name, instruction)                                                                          \
    void name(uint64_t iterations, void *state, const void *constants) {                                       \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            "ldtilecfg %[configuration]\n"                                                                     \
            ".irp i, 0, 1, 2, 3\n"                                                                             \
            "tileloadd \\i*1024(%[state], %[row]), %%tmm\\i\n"                                                 \
            ".endr\n"                                                                                          \
            "tileloadd 0*1024(%[constants], %[row]), %%tmm4\n"                                                 \
            "tileloadd 1*1024(%[constants], %[row]), %%tmm5\n"                                                 \
            "tileloadd 2*1024(%[constants], %[row]), %%tmm6\n"                                                 \
            "tileloadd 3*1024(%[constants], %[row]), %%tmm7\n"                                                 \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            ".irp i, 0, 1, 2, 3\n"                                                                             \
            instruction " %%tmm5, %%tmm4, %%tmm\\i\n"                                                          \
            ".endr\n"                                                                                          \
            ".irp i, 0, 1, 2, 3\n"                                                                             \
            instruction " %%tmm7, %%tmm6, %%tmm\\i\n"                                                          \
            ".endr\n"                                                                                          \
            "decq %[left]\n"                                                                                   \
            "jnz 1b\n"                                                                                         \
            ".irp i, 0, 1, 2, 3\n"                                                                             \
            "tilestored %%tmm\\i, \\i*1024(%[state], %[row])\n"                                                \
            ".endr\n"                                                                                          \
            "tilerelease\n"                                                                                    \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants), [row] "r"((uint64_t)64),                         \
              [configuration] "m"(configuration)                                                               \
            : "cc", "memory");                                                                                 \
    }

AMX_KERNEL(sl_fma_bf16_amx, "tdpbf16ps")
AMX_KERNEL(sl_fma_i8_amx, "tdpbssd")

#else

int sl_amx_request(void) { return ENOSYS; }

#endif
