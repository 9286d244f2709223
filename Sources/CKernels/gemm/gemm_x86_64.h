// gemm_x86_64.h: the tile of the product, in assembly, for registers that the including file names.
// It defines REG, the registers' prefix; BYTES, their size; XOR, the instruction that clears them; ACC0 to ACC7, the
// accumulators of a row's three vectors; B0 to B2, vectors of B; A0, an element of A, or a factor of the result; and
// LAST_STEPS, those from when a tile asks for C.

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define R(x) "%%" REG TEXT(x)
#define AT(vector) #vector "*" BYTES

// Registers are named and the tile's fields read inside, so that the code does not depend on how many operands the
// compiler finds registers for.
#define A "%%rsi"
#define A4 "%%rax"
#define A_ROW "%%r8"
#define ROW3 "%%r9"
#define A_STEP "%%r10"
#define B "%%rdx"
#define B_STEP "%%r11"
#define C "%%r14"
#define C_ROW "%%r15"
#define FROM "%%rbx"
#define TO "%%r12"
#define AHEAD "%%r13"
#define LEFT "%%rcx"
#define OF(field) "%c[" #field "](%%rdi)"
#define OFFSET(field) [field] "i"(offsetof(sl_gemm_tile, field))

/// Does `what` for each of the rows' accumulators x, y and z.
#define DO(what, ...) what(__VA_ARGS__)
#define EACH1(what, s, v) DO(what, s, v, ACC0)
#define EACH2(what, s, v) EACH1(what, s, v) DO(what, s, v, ACC1)
#define EACH3(what, s, v) EACH2(what, s, v) DO(what, s, v, ACC2)
#define EACH4(what, s, v) EACH3(what, s, v) DO(what, s, v, ACC3)
#define EACH5(what, s, v) EACH4(what, s, v) DO(what, s, v, ACC4)
#define EACH6(what, s, v) EACH5(what, s, v) DO(what, s, v, ACC5)
#define EACH7(what, s, v) EACH6(what, s, v) DO(what, s, v, ACC6)
#define EACH8(what, s, v) EACH7(what, s, v) DO(what, s, v, ACC7)

#define FMA1(s, x, y, z) "vfmadd231p" s " " R(B0) ", " R(A0) ", " R(x) "\n"
#define FMA2(s, x, y, z) FMA1(s, x, y, z) "vfmadd231p" s " " R(B1) ", " R(A0) ", " R(y) "\n"
#define FMA3(s, x, y, z) FMA2(s, x, y, z) "vfmadd231p" s " " R(B2) ", " R(A0) ", " R(z) "\n"
#define FMA_(v, ...) FMA##v(__VA_ARGS__)
#define ROW(s, v, address, row) "vbroadcasts" s " " address ", " R(A0) "\n" DO(FMA_, v, s, row)

// The fifth row has a pointer of its own, so that two reach all eight.
#define ROWS1(s, v) ROW(s, v, "(" A ")", ACC0)
#define ROWS2(s, v) ROWS1(s, v) ROW(s, v, "(" A ", " A_ROW ")", ACC1)
#define ROWS3(s, v) ROWS2(s, v) ROW(s, v, "(" A ", " A_ROW ", 2)", ACC2)
#define ROWS4(s, v) ROWS3(s, v) ROW(s, v, "(" A ", " ROW3 ")", ACC3)
#define ROWS5(s, v) ROWS4(s, v) ROW(s, v, "(" A4 ")", ACC4)
#define ROWS6(s, v) ROWS5(s, v) ROW(s, v, "(" A4 ", " A_ROW ")", ACC5)
#define ROWS7(s, v) ROWS6(s, v) ROW(s, v, "(" A4 ", " A_ROW ", 2)", ACC6)
#define ROWS8(s, v) ROWS7(s, v) ROW(s, v, "(" A4 ", " ROW3 ")", ACC7)
#ifdef ACC4
#define ADVANCE_A "addq " A_STEP ", " A "\n" "addq " A_STEP ", " A4 "\n"
#else
#define ADVANCE_A "addq " A_STEP ", " A "\n"
#endif

#define LOAD1(s) "vmovup" s " (" B "), " R(B0) "\n"
#define LOAD2(s) LOAD1(s) "vmovup" s " " AT(1) "(" B "), " R(B1) "\n"
#define LOAD3(s) LOAD2(s) "vmovup" s " " AT(2) "(" B "), " R(B2) "\n"

// 1M to 3M: as many vectors, the last one by the tile's mask, whose other elements are neither read nor written.
#define MASKED "%{%%k1%}"
#define ZEROED MASKED "%{z%}"
#define LOAD1M(s) "vmovup" s " (" B "), " R(B0) ZEROED "\n"
#define LOAD2M(s) LOAD1(s) "vmovup" s " " AT(1) "(" B "), " R(B1) ZEROED "\n"
#define LOAD3M(s) LOAD2(s) "vmovup" s " " AT(2) "(" B "), " R(B2) ZEROED "\n"
#define FMA1M FMA1
#define FMA2M FMA2
#define FMA3M FMA3

#define CLEAR1(x, y, z) XOR " " R(x) ", " R(x) ", " R(x) "\n"
#define CLEAR2(x, y, z) CLEAR1(x, y, z) CLEAR1(y, y, z)
#define CLEAR3(x, y, z) CLEAR2(x, y, z) CLEAR1(z, y, z)
#define CLEAR1M CLEAR1
#define CLEAR2M CLEAR2
#define CLEAR3M CLEAR3
#define CLEAR(s, v, x, y, z) CLEAR##v(x, y, z)

#define FETCH1 "prefetcht0 (" C ")\n" "prefetcht0 " AT(1) "-1(" C ")\n"
#define FETCH2 FETCH1 "prefetcht0 " AT(2) "-1(" C ")\n"
#define FETCH3 FETCH2 "prefetcht0 " AT(3) "-1(" C ")\n"
#define FETCH1M FETCH1
#define FETCH2M FETCH2
#define FETCH3M FETCH3
#define FETCH(s, v, x, y, z) FETCH##v "addq " C_ROW ", " C "\n"

#define SCALE1(s, x, y, z) "vmulp" s " " R(A0) ", " R(x) ", " R(x) "\n"
#define SCALE2(s, x, y, z) SCALE1(s, x, y, z) SCALE1(s, y, y, z)
#define SCALE3(s, x, y, z) SCALE2(s, x, y, z) SCALE1(s, z, y, z)
#define SCALE1M SCALE1
#define SCALE2M SCALE2
#define SCALE3M SCALE3
#define SCALE(s, v, x, y, z) SCALE##v(s, x, y, z)

#define ADD1(s, x, y, z) "vfmadd231p" s " (" C "), " R(A0) ", " R(x) "\n"
#define ADD2(s, x, y, z) ADD1(s, x, y, z) "vfmadd231p" s " " AT(1) "(" C "), " R(A0) ", " R(y) "\n"
#define ADD3(s, x, y, z) ADD2(s, x, y, z) "vfmadd231p" s " " AT(2) "(" C "), " R(A0) ", " R(z) "\n"

#define ADD1M(s, x, y, z) "vfmadd231p" s " (" C "), " R(A0) ", " R(x) MASKED "\n"
#define ADD2M(s, x, y, z) ADD1(s, x, y, z) "vfmadd231p" s " " AT(1) "(" C "), " R(A0) ", " R(y) MASKED "\n"
#define ADD3M(s, x, y, z) ADD2(s, x, y, z) "vfmadd231p" s " " AT(2) "(" C "), " R(A0) ", " R(z) MASKED "\n"

#define SET1(s, x, y, z) "vmovup" s " " R(x) ", (" C ")\n"
#define SET2(s, x, y, z) SET1(s, x, y, z) "vmovup" s " " R(y) ", " AT(1) "(" C ")\n"
#define SET3(s, x, y, z) SET2(s, x, y, z) "vmovup" s " " R(z) ", " AT(2) "(" C ")\n"
#define SET1M(s, x, y, z) "vmovup" s " " R(x) ", (" C ")" MASKED "\n"
#define SET2M(s, x, y, z) SET1(s, x, y, z) "vmovup" s " " R(y) ", " AT(1) "(" C ")" MASKED "\n"
#define SET3M(s, x, y, z) SET2(s, x, y, z) "vmovup" s " " R(z) ", " AT(2) "(" C ")" MASKED "\n"
#define OVERWRITE(s, v, x, y, z) SET##v(s, x, y, z) "addq " C_ROW ", " C "\n"
#define UPDATE(s, v, x, y, z) ADD##v(s, x, y, z) OVERWRITE(s, v, x, y, z)

#define STEP(s, rows, v) LOAD##v(s) ROWS##rows(s, v) ADVANCE_A "addq " B_STEP ", " B "\n"

/// What is done before the loop, in a turn of it, how many steps that are, and what is done in each of the last.
#define PLAIN(s, rows, v) STEP(s, rows, v)
#define PLAIN_FIRST
#define PLAIN_STEPS "1"
#define PLAIN_LAST STEP
#define ASK(s, rows, v) "prefetcht1 (" FROM ")\n" "addq " OF(from_step) ", " FROM "\n" STEP(s, rows, v)
#define ASK_FIRST
#define ASK_STEPS "1"
#define ASK_LAST ASK
#define COPY(s, rows, v)                                    \
    "vmovup" s " (" FROM "), " R(A0) "\n"                   \
    "prefetcht1 (" FROM ", " AHEAD ")\n"                    \
    "prefetchw %c[copy_ahead]*" AT(3) "(" TO ")\n"          \
    "vmovup" s " " R(A0) ", (" TO ")\n"                     \
    "addq " OF(from_step) ", " FROM "\n"                    \
    "addq $" AT(3) ", " TO "\n"                             \
    STEP(s, rows, v) STEP(s, rows, v)
#define COPY_FIRST
#define COPY_STEPS "2"
#define COPY_LAST STEP
#define PARTIAL(s, rows, v) STEP(s, rows, v)
#define PARTIAL_FIRST "kmovw " OF(mask) ", %%k1\n"
#define PARTIAL_STEPS "1"
#define PARTIAL_LAST STEP

/// A tile of `rows` by `v` vectors. The last steps come after a pause in which C is asked for: early enough to
/// arrive, late enough to be still there.
#define TILE(target_feature, name, s, rows, v, turn, ...)                                                  \
    __attribute__((target(target_feature))) static void name(const sl_gemm_tile *tile) {                   \
        __asm__ volatile(                                                                                  \
            "movq " OF(a) ", " A "\n"                                                                      \
            "movq " OF(a_row) ", " A_ROW "\n"                                                              \
            "leaq (" A_ROW ", " A_ROW ", 2), " ROW3 "\n"                                                   \
            "leaq (" A ", " A_ROW ", 4), " A4 "\n"                                                         \
            "movq " OF(a_step) ", " A_STEP "\n"                                                            \
            "movq " OF(b) ", " B "\n"                                                                      \
            "movq " OF(b_step) ", " B_STEP "\n"                                                            \
            "movq " OF(c_row) ", " C_ROW "\n"                                                              \
            "movq " OF(from) ", " FROM "\n"                                                                \
            "imulq $%c[copy_ahead], " OF(from_step) ", " AHEAD "\n"                                        \
            "movq " OF(to) ", " TO "\n"                                                                    \
            turn##_FIRST EACH##rows(CLEAR, s, v)                                                           \
            "movq " OF(k) ", " LEFT "\n"                                                                   \
            "subq $" TEXT(LAST_STEPS) ", " LEFT "\n"                                                       \
            "andq $-" turn##_STEPS ", " LEFT "\n"                                                          \
            "jle 2f\n"                                                                                     \
            ".p2align 6\n"                                                                                 \
            "1:\n"                                                                                         \
            turn(s, rows, v)                                                                               \
            "subq $" turn##_STEPS ", " LEFT "\n"                                                           \
            "jnz 1b\n"                                                                                     \
            "2:\n"                                                                                         \
            "movq " OF(c) ", " C "\n"                                                                      \
            "movq " OF(k) ", " LEFT "\n"                                                                   \
            "cmpq $" TEXT(LAST_STEPS) ", " LEFT "\n"                                                       \
            "jl 4f\n"                                                                                      \
            "andl $" turn##_STEPS "-1, %%ecx\n"                                                            \
            "addl $" TEXT(LAST_STEPS) "-4*" #rows ", %%ecx\n"                                              \
            "movl $" #rows ", %%r13d\n"                                                                    \
            ".p2align 6\n"                                                                                 \
            "3:\n"                                                                                         \
            FETCH##v "addq " C_ROW ", " C "\n"                                                             \
            turn##_LAST(s, rows, v) turn##_LAST(s, rows, v) turn##_LAST(s, rows, v) turn##_LAST(s, rows, v) \
            "decl %%r13d\n"                                                                                \
            "jnz 3b\n"                                                                                     \
            "jmp 5f\n"                                                                                     \
            "4:\n"                                                                                         \
            EACH##rows(FETCH, s, v)                                                                        \
            "5:\n"                                                                                         \
            "testq " LEFT ", " LEFT "\n"                                                                   \
            "jz 7f\n"                                                                                      \
            ".p2align 6\n"                                                                                 \
            "6:\n"                                                                                         \
            turn##_LAST(s, rows, v)                                                                        \
            "decq " LEFT "\n"                                                                              \
            "jnz 6b\n"                                                                                     \
            "7:\n"                                                                                         \
            "movq " OF(c) ", " C "\n"                                                                      \
            "cmpq $0, " OF(scales) "\n"                                                                    \
            "jz 8f\n"                                                                                      \
            "vbroadcasts" s " " OF(alpha) ", " R(A0) "\n"                                                  \
            EACH##rows(SCALE, s, v)                                                                        \
            "8:\n"                                                                                         \
            "cmpq $0, " OF(reads_c) "\n"                                                                   \
            "jnz 9f\n"                                                                                     \
            EACH##rows(OVERWRITE, s, v)                                                                    \
            "jmp 10f\n"                                                                                    \
            "9:\n"                                                                                         \
            "vbroadcasts" s " " OF(beta) ", " R(A0) "\n"                                                   \
            EACH##rows(UPDATE, s, v)                                                                       \
            "10:\n"                                                                                        \
            "vzeroupper\n"                                                                                 \
            :                                                                                              \
            : "D"(tile), OFFSET(k), OFFSET(a), OFFSET(a_row), OFFSET(a_step), OFFSET(b), OFFSET(b_step),   \
              OFFSET(c), OFFSET(c_row), OFFSET(alpha), OFFSET(beta), OFFSET(scales), OFFSET(reads_c),      \
              OFFSET(from), OFFSET(from_step), OFFSET(to), OFFSET(mask),                                   \
              [copy_ahead] "i"(SL_GEMM_COPY_AHEAD)                                                         \
            : "cc", "memory", "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13",   \
              "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15" __VA_ARGS__);                           \
    }
