// screen_copy.h: the loop around a copy: B = A, then A = B rotated by SL_COPY_STEP words, for a copy that the including
// file names: SL_NAME, SL_TARGET, and SL_COPY(to, from, words), ascending, of any number of words.

SL_TARGET void SL_NAME(uint64_t turns, uint64_t *state, const uint64_t *keys) {
    (void)keys;
    uint64_t *const a = state, *const b = state + SL_COPY_HALF_WORDS;
    for (; turns > 0; turns--) {
        SL_COPY(b, a, SL_COPY_HALF_WORDS);
        SL_COPY(a, b + SL_COPY_STEP, SL_COPY_HALF_WORDS - SL_COPY_STEP);
        SL_COPY(a + SL_COPY_HALF_WORDS - SL_COPY_STEP, b, SL_COPY_STEP);
    }
}

#undef SL_NAME
#undef SL_TARGET
#undef SL_COPY
