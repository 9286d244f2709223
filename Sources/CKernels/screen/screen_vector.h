// screen_vector.h: the recurrence of the integer vector kernels, for registers and operations that the including file
// names. Four pairs (x, y) of registers; every 128 bits of a pair are a chain of its own.
//
// It defines SL_NAME and SL_TARGET; SL_REGISTER, and SL_WORDS, its 64-bit words; SL_LOAD(address), SL_STORE(address,
// v), SL_KEY(word), a word in all of them, and SL_BYTES(order), 16 bytes in all 128-bit parts; and of elements of 8 to
// 64 bits SL_ADD8, SL_ADD32, SL_ADD64, SL_SUB16, SL_XOR, SL_MULTIPLY32 (lower half), SL_UPPER16 (upper half, unsigned),
// SL_WIDE32 (even elements to 64 bits, unsigned), SL_SHUFFLE(v, order), SL_ROTATE32(v, by), SL_PAIRS16 (products of
// signed elements, added in pairs), SL_DISTANCE8 (absolute differences, added by eights), SL_MAXIMUM8 (unsigned), and
// SL_GREATER32 (signed, all bits set where greater).

#define SL_TURN(x, y)                                         \
    x = SL_ADD32(x, SL_MULTIPLY32(y, k0));                    \
    y = SL_XOR(y, SL_UPPER16(x, k1));                         \
    x = SL_ADD64(x, SL_WIDE32(y, k2));                        \
    y = SL_SHUFFLE(y, order);                                 \
    x = SL_ROTATE32(x, 11);                                   \
    y = SL_SUB16(y, x);                                       \
    x = SL_XOR(x, SL_PAIRS16(y, k3));                         \
    y = SL_ADD64(y, SL_DISTANCE8(x, k4));                     \
    x = SL_ADD8(x, SL_MAXIMUM8(y, k5));                       \
    y = SL_XOR(y, SL_GREATER32(x, k6));

SL_TARGET void SL_NAME(uint64_t turns, uint64_t *state, const uint64_t *keys) {
    static const uint8_t byte_order[16] = { 7, 12, 1, 10, 15, 4, 9, 2, 13, 0, 11, 6, 3, 8, 5, 14 };
    const SL_REGISTER order = SL_BYTES(byte_order);
    const SL_REGISTER k0 = SL_KEY(keys[0]), k1 = SL_KEY(keys[1]), k2 = SL_KEY(keys[2]), k3 = SL_KEY(keys[3]);
    const SL_REGISTER k4 = SL_KEY(keys[4]), k5 = SL_KEY(keys[5]), k6 = SL_KEY(keys[6]);
    // Registers of the state have eight words; narrower ones take them a part at a time.
    for (uint64_t *s = state; s < state + 8; s += SL_WORDS) {
        SL_REGISTER x0 = SL_LOAD(s), y0 = SL_LOAD(s + 8), x1 = SL_LOAD(s + 16), y1 = SL_LOAD(s + 24);
        SL_REGISTER x2 = SL_LOAD(s + 32), y2 = SL_LOAD(s + 40), x3 = SL_LOAD(s + 48), y3 = SL_LOAD(s + 56);
        for (uint64_t left = turns; left > 0; left--) {
            SL_TURN(x0, y0)
            SL_TURN(x1, y1)
            SL_TURN(x2, y2)
            SL_TURN(x3, y3)
        }
        SL_STORE(s, x0);
        SL_STORE(s + 8, y0);
        SL_STORE(s + 16, x1);
        SL_STORE(s + 24, y1);
        SL_STORE(s + 32, x2);
        SL_STORE(s + 40, y2);
        SL_STORE(s + 48, x3);
        SL_STORE(s + 56, y3);
    }
}
