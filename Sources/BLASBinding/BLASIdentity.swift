// BLASIdentity.swift: what a library says about itself, by the functions that OpenBLAS, BLIS and MKL have for it.

/// The part of `BLASDescription` that a library tells when asked.
struct BLASIdentity {
    /// `openblas`, `blis`, `mkl`, or `cblas` for a library that does not name itself.
    var library = "cblas"
    var version: String?
    var config: String?
    var coreName: String?
    /// `pthreads`, `openmp` or `sequential`.
    var threading: String?
    /// The most threads it was built for; nil when it has no limit or does not tell.
    var maximumThreads: Int?
    /// When it starts threads, as far as its own words tell.
    var threadStart: ThreadStart {
        switch (library, threading) {
        case (_, "sequential"): .never
        case ("openblas", "pthreads"): .whenSet
        case (_, "pthreads"): .perCall
        case (_, "openmp"): .perCallingThread
        default: .unknown
        }
    }

    init(of library: LoadedLibrary, spelling: Spelling) {
        func text(_ name: String) -> String? {
            typealias Function = @convention(c) () -> UnsafePointer<CChar>?
            return library.symbol(name, spelling: spelling)
                .flatMap { unsafeBitCast($0, to: Function.self)() }.map { String(cString: $0) }
        }
        func number(_ name: String) -> Int? {
            typealias Function = @convention(c) () -> Int32
            return library.symbol(name, spelling: spelling).map { Int(unsafeBitCast($0, to: Function.self)()) }
        }

        if let config = text("openblas_get_config") {
            self.library = "openblas"
            self.config = config.trimmingSpaces
            let words = config.split(separator: " ")
            // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH … MAX_THREADS=64"; before 0.3.4 without the version.
            if words.count > 1, words[0] == "OpenBLAS", words[1].first?.isNumber == true { version = String(words[1]) }
            maximumThreads = words.first { $0.hasPrefix("MAX_THREADS=") }.flatMap { Int($0.dropFirst(12)) }
            coreName = text("openblas_get_corename")
            threading = number("openblas_get_parallel").flatMap {
                ["sequential", "pthreads", "openmp"].element(at: $0)
            }
        } else if let version = text("bli_info_get_version_str") {
            self.library = "blis"
            self.version = version
            coreName = Self.blisCoreName(library, spelling: spelling)
            if let openMP = number("bli_info_get_enable_openmp"), let pthreads = number("bli_info_get_enable_pthreads")
            {
                threading = openMP != 0 ? "openmp" : pthreads != 0 ? "pthreads" : "sequential"
            }
        } else if let function = library.symbol("MKL_Get_Version_String", spelling: spelling) {
            typealias Function = @convention(c) (UnsafeMutablePointer<CChar>, Int32) -> Void
            self.library = "mkl"
            // MKL documents 198 bytes as enough, and cuts the text off at the length it is given.
            var buffer = [CChar](repeating: 0, count: 256)
            buffer.withUnsafeMutableBufferPointer {
                unsafeBitCast(function, to: Function.self)($0.baseAddress!, Int32($0.count - 1))
            }
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            config = String(decoding: bytes, as: UTF8.self).trimmingSpaces
            version = config?.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init)
        }
    }

    private static func blisCoreName(_ library: LoadedLibrary, spelling: Spelling) -> String? {
        typealias Query = @convention(c) () -> Int32
        typealias Name = @convention(c) (Int32) -> UnsafePointer<CChar>?
        guard let query = library.symbol("bli_arch_query_id", spelling: spelling),
            let name = library.symbol("bli_arch_string", spelling: spelling)
        else { return nil }
        let id = unsafeBitCast(query, to: Query.self)()
        return unsafeBitCast(name, to: Name.self)(id).map { String(cString: $0) }
    }
}

extension Array {
    fileprivate func element(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension String {
    /// OpenBLAS and MKL pad their texts to a fixed length.
    fileprivate var trimmingSpaces: String {
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex
        return String(self[(firstIndex { !$0.isWhitespace } ?? end)..<end])
    }
}
