// Digest.swift: SHA-256 of bytes and of files, in hexadecimal, as records have it.
// Files are read a piece at a time: a BLAS library has tens of megabytes, which need not be in memory at once.

import Crypto
import Glibc

package enum Digest {
    /// SHA-256 of `bytes`: 64 lower-case hexadecimal digits.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> String {
        SHA256.hash(data: Array(bytes)).hexadecimal
    }

    /// SHA-256 of a file's content: 64 lower-case hexadecimal digits; nil when it cannot be read to its end.
    package static func sha256(ofFile path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // 1 MiB a read: the system calls vanish beside the hashing.
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { piece.deallocate() }
        var hash = SHA256()
        while true {
            let count = read(descriptor, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return hash.finalize().hexadecimal }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }
}
