// X86Features.swift: instruction-set extensions from CPUID, kept only when the operating system saves their registers.
// A bit in CPUID alone is not enough: a kernel without AVX-512 state makes the first such instruction fault.

/// One extension: its name in /proc/cpuinfo, its CPUID bit, and the register state it needs.
struct X86Feature {
    enum Register { case eax, ebx, ecx, edx }

    /// Bits of XCR0 that must all be set.
    enum State: UInt64 {
        case none = 0
        /// SSE and AVX: bits 1, 2.
        case avx = 0x6
        /// The same with opmask and the upper halves and registers of AVX-512: bits 5, 6, 7.
        case avx512 = 0xE6
        /// Tile configuration and data: bits 17, 18.
        case amx = 0x60000
    }

    let name: String
    let leaf: UInt32
    let subleaf: UInt32
    let register: Register
    let bit: UInt32
    let state: State

    init(_ name: String, _ leaf: UInt32, _ subleaf: UInt32, _ register: Register, _ bit: UInt32, _ state: State) {
        self.name = name
        self.leaf = leaf
        self.subleaf = subleaf
        self.register = register
        self.bit = bit
        self.state = state
    }

    /// Names as in the kernel's cpufeatures.h. Source of the bits: Intel SDM volume 2A; AMD APM volume 3, appendix E.
    static let table: [X86Feature] = [
        X86Feature("sse", 1, 0, .edx, 25, .none),
        X86Feature("sse2", 1, 0, .edx, 26, .none),
        X86Feature("pni", 1, 0, .ecx, 0, .none),
        X86Feature("pclmulqdq", 1, 0, .ecx, 1, .none),
        X86Feature("ssse3", 1, 0, .ecx, 9, .none),
        X86Feature("fma", 1, 0, .ecx, 12, .avx),
        X86Feature("sse4_1", 1, 0, .ecx, 19, .none),
        X86Feature("sse4_2", 1, 0, .ecx, 20, .none),
        X86Feature("movbe", 1, 0, .ecx, 22, .none),
        X86Feature("popcnt", 1, 0, .ecx, 23, .none),
        X86Feature("aes", 1, 0, .ecx, 25, .none),
        X86Feature("avx", 1, 0, .ecx, 28, .avx),
        X86Feature("f16c", 1, 0, .ecx, 29, .avx),
        X86Feature("bmi1", 7, 0, .ebx, 3, .none),
        X86Feature("avx2", 7, 0, .ebx, 5, .avx),
        X86Feature("bmi2", 7, 0, .ebx, 8, .none),
        X86Feature("avx512f", 7, 0, .ebx, 16, .avx512),
        X86Feature("avx512dq", 7, 0, .ebx, 17, .avx512),
        X86Feature("adx", 7, 0, .ebx, 19, .none),
        X86Feature("avx512ifma", 7, 0, .ebx, 21, .avx512),
        X86Feature("avx512cd", 7, 0, .ebx, 28, .avx512),
        X86Feature("sha_ni", 7, 0, .ebx, 29, .none),
        X86Feature("avx512bw", 7, 0, .ebx, 30, .avx512),
        X86Feature("avx512vl", 7, 0, .ebx, 31, .avx512),
        X86Feature("avx512vbmi", 7, 0, .ecx, 1, .avx512),
        X86Feature("avx512_vbmi2", 7, 0, .ecx, 6, .avx512),
        X86Feature("gfni", 7, 0, .ecx, 8, .none),
        X86Feature("vaes", 7, 0, .ecx, 9, .avx),
        X86Feature("vpclmulqdq", 7, 0, .ecx, 10, .avx),
        X86Feature("avx512_vnni", 7, 0, .ecx, 11, .avx512),
        X86Feature("avx512_bitalg", 7, 0, .ecx, 12, .avx512),
        X86Feature("avx512_vpopcntdq", 7, 0, .ecx, 14, .avx512),
        X86Feature("avx512_vp2intersect", 7, 0, .edx, 8, .avx512),
        X86Feature("amx_bf16", 7, 0, .edx, 22, .amx),
        X86Feature("avx512_fp16", 7, 0, .edx, 23, .avx512),
        X86Feature("amx_tile", 7, 0, .edx, 24, .amx),
        X86Feature("amx_int8", 7, 0, .edx, 25, .amx),
        X86Feature("avx_vnni", 7, 1, .eax, 4, .avx),
        X86Feature("avx512_bf16", 7, 1, .eax, 5, .avx512),
        X86Feature("abm", 0x8000_0001, 0, .ecx, 5, .none),
        X86Feature("sse4a", 0x8000_0001, 0, .ecx, 6, .none),
        X86Feature("fma4", 0x8000_0001, 0, .ecx, 16, .avx),
    ]

    /// The names of all extensions that processor and operating system support, sorted.
    static func supported(by processor: ProcessorInterface) -> [String] {
        let subleavesOf7 = processor.leaf(7)?.eax ?? 0
        return table.filter { feature in
            guard feature.leaf != 7 || feature.subleaf <= subleavesOf7,
                let registers = processor.leaf(feature.leaf, feature.subleaf)
            else { return false }
            let value =
                switch feature.register {
                case .eax: registers.eax
                case .ebx: registers.ebx
                case .ecx: registers.ecx
                case .edx: registers.edx
                }
            return value >> feature.bit & 1 == 1 && processor.xcr0 & feature.state.rawValue == feature.state.rawValue
        }.map(\.name).sorted()
    }
}
