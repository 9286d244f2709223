// screen_reference_aes.c: rounds of the AES and their inverse, byte by byte, with the S-box computed as FIPS 197
// defines it.

#include <string.h>

#include "screen_variants.h"

static uint8_t doubled(uint8_t a) { return (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1B : 0)); }

static uint8_t multiplied(uint8_t a, uint8_t b) {
    uint8_t product = 0;
    for (; b != 0; b >>= 1, a = doubled(a)) {
        product ^= b & 1 ? a : 0;
    }
    return product;
}

typedef struct {
    uint8_t sbox[256], inverse[256];
    /// Products of each byte with 2, 3, 9, 11, 13 and 14.
    uint8_t by2[256], by3[256], by9[256], by11[256], by13[256], by14[256];
} tables;

static void make(tables *t) {
    for (int i = 0; i < 256; i++) {
        const uint8_t a = (uint8_t)i;
        // a^254 is the inverse of a, and 0 for 0.
        uint8_t inverse = 1, power = a;
        for (int bit = 1; bit < 8; bit++) {
            power = multiplied(power, power);
            inverse = multiplied(inverse, power);
        }
        uint8_t s = 0x63;
        for (int by = 0; by < 5; by++) {
            s ^= (uint8_t)(inverse << by | inverse >> (8 - by));
        }
        t->sbox[i] = s;
        t->inverse[s] = a;
        t->by2[i] = doubled(a);
        t->by3[i] = multiplied(a, 3);
        t->by9[i] = multiplied(a, 9);
        t->by11[i] = multiplied(a, 11);
        t->by13[i] = multiplied(a, 13);
        t->by14[i] = multiplied(a, 14);
    }
}

/// ShiftRows, SubBytes, MixColumns, then the key: what x86's AESENC does.
static void encrypt_round(const tables *t, uint8_t *block, const uint8_t *key) {
    uint8_t s[16];
    for (int i = 0; i < 16; i++) {
        s[i] = t->sbox[block[(i + 4 * (i % 4)) % 16]];
    }
    for (int c = 0; c < 16; c += 4) {
        for (int r = 0; r < 4; r++) {
            block[c + r] = t->by2[s[c + r]] ^ t->by3[s[c + (r + 1) % 4]] ^ s[c + (r + 2) % 4] ^ s[c + (r + 3) % 4]
                ^ key[c + r];
        }
    }
}

/// The inverse steps, then the key: AESDEC.
static void decrypt_round(const tables *t, uint8_t *block, const uint8_t *key) {
    uint8_t s[16];
    for (int i = 0; i < 16; i++) {
        s[i] = t->inverse[block[(i + 12 * (i % 4)) % 16]];
    }
    for (int c = 0; c < 16; c += 4) {
        for (int r = 0; r < 4; r++) {
            block[c + r] = t->by14[s[c + r]] ^ t->by11[s[c + (r + 1) % 4]] ^ t->by13[s[c + (r + 2) % 4]]
                ^ t->by9[s[c + (r + 3) % 4]] ^ key[c + r];
        }
    }
}

void sl_reference_aes(uint64_t turns, uint64_t *state, const uint64_t *k) {
    tables t;
    make(&t);
    uint8_t keys[3][16];
    memcpy(keys, k, sizeof keys);
    for (int i = 0; i < SL_AES_WORDS / 2; i++) {
        uint8_t block[16];
        memcpy(block, state + 2 * i, sizeof block);
        for (uint64_t left = turns; left > 0; left--) {
            encrypt_round(&t, block, keys[0]);
            encrypt_round(&t, block, keys[1]);
            decrypt_round(&t, block, keys[2]);
        }
        memcpy(state + 2 * i, block, sizeof block);
    }
}
