// KnownDigests.swift: the right results for known data, from the references; the first round of every screening.
// A test compares them with the references; scripts/test-screen-digests computes most of them by other code in Python.

package import ComputeKernels

package enum KnownDigests {
    /// The digest of a data set's right result in round 0; nil for what depends on the processor or a library.
    package static func digest(of dataSet: String) -> ScreenDigest? {
        table[dataSet].map { ScreenDigest(high: $0.0, low: $0.1) }
    }

    /// Of the data sets that have one.
    package static var dataSets: [String] { table.keys.sorted() }

    private static let table: [String: (UInt64, UInt64)] = [
        "fma/bf16/amx-bf16": (0x15e3ee37f0d9f661, 0x690f229fa73d1225),
        "fma/bf16/avx512-bf16": (0x13b5fc31fe8059bf, 0x199c55a5d2fa5fbb),
        "fma/bf16/neon-bf16": (0x5c533f8098a3044a, 0x330cef3ed4825e12),
        "fma/f16/avx512-fp16": (0x2969089e4872478f, 0x19603b9bbcca6394),
        "fma/f16/neon-fp16": (0x2f32d45034305ebf, 0xb5b277d0280eff5f),
        "fma/f32/avx": (0x4bd4c2cf0547901a, 0xe4cc2401d3e96221),
        "fma/f32/avx2": (0x37305875713386a0, 0x3333698405b347db),
        "fma/f32/avx2-mix": (0x5582a7ab1aed2bce, 0xd890816d491af53a),
        "fma/f32/avx512": (0x07e26203a0b283b8, 0xcb7e3989167ca3da),
        "fma/f32/avx512-mix": (0x72b69b3e7f16bb50, 0x4908d7d29a07e015),
        "fma/f32/neon": (0x62eba525bca44158, 0x0882d00741267b87),
        "fma/f32/scalar": (0x1743ffe358dc94ba, 0x5907b68627f98cae),
        "fma/f32/sse2": (0x574f550557bc79ca, 0x74c0fc145e72d1fc),
        "fma/f64/avx": (0x6c8a8dbc4aeac25a, 0xbfd91175626907d0),
        "fma/f64/avx2": (0x102bd5306e582605, 0x7ead3bd25e264c48),
        "fma/f64/avx2-mix": (0x2d98796d2d7a7d3e, 0x23c730e87e85ab47),
        "fma/f64/avx512": (0x70963a57c5c2e60c, 0x1173abc7912f7352),
        "fma/f64/avx512-mix": (0x547d01c5846a8565, 0x8a1a94776314d44c),
        "fma/f64/neon": (0x26f8f8f0268260a4, 0xa945cc02d76b9df1),
        "fma/f64/scalar": (0x07a6c13b36104d5d, 0x69f4dd43ee7cabbd),
        "fma/f64/sse2": (0x0ae2f07fee4e93b8, 0x4e8e10139342d3a5),
        "fma/i8/amx-int8": (0x3783e68857cfb29a, 0xea12d888629cff15),
        "fma/i8/avx-vnni": (0x4885814d4703a23e, 0x6171df5991bda339),
        "fma/i8/avx512-vnni": (0x1592b57f59048a48, 0x84ecc159c1a895e6),
        "fma/i8/neon-dotprod": (0x55a82acca089c902, 0xf7727e3c670f4990),
        "fma/i8/neon-i8mm": (0x11bfe9475993703d, 0x5a87172f3b1a1804),
        "gemm/f32/integers": (0x1cdca3d9edb706fb, 0x8854dfdfff1d87fb),
        "gemm/f32/simd-avx2/reals": (0x1a615d6dcdb0b90c, 0x0a79bcafa012dfc0),
        "gemm/f32/simd-avx512/reals": (0x2af8f1f0d6dbbc7e, 0x08d0c3eaffc79deb),
        "gemm/f64/integers": (0x28d6a73df638b4a3, 0x2dabe7545879e39e),
        "gemm/f64/simd-avx2/reals": (0x2e316bfa8872f0c6, 0x5745c4ecb5db764c),
        "gemm/f64/simd-avx512/reals": (0x68c258369f5bbcbf, 0x18f4de72f468e54c),
        "int/aes": (0x576aaf2c983c2408, 0x8347acd58df7ff7c),
        "int/clmul": (0x04268eeb26388678, 0x080d7576993c1dff),
        "int/copy": (0x443991a78652612f, 0x45b152134bde9f7b),
        "int/count": (0x6abc809c076c93e4, 0xa7b5f2f1e33a32d9),
        "int/crc": (0x660a2d5ce25c90b1, 0x8b934e7a480a96ab),
        "int/deposit": (0x274d057f45dfc148, 0xa97e702b3175bd6c),
        "int/divide": (0x443ebac63a2ce1f2, 0x056b64846f797f70),
        "int/multiply": (0x26f5f971693d0033, 0x1b8b42ed09d7c7c6),
        "int/permute256": (0x6469accc32772359, 0x9888484a903f9454),
        "int/permute512": (0x6380be1cfe3965cf, 0xacfe42a1b9774d5d),
        "int/vector": (0x03dc590ac99ed783, 0x18866d5368b2f94f),
    ]
}
