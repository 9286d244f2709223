// LoadedLibrary.swift: a shared library in this process, and its symbols by name.
// Opened with dlopen rather than linked, so that any CBLAS library can take OpenBLAS's place; never closed, since
// its worker threads would go on running in unmapped code.

import Glibc

/// A handle of dlopen, valid as long as the process lives.
struct LoadedLibrary {
    private let handle: UnsafeMutableRawPointer

    /// Its functions find their own kind first, and no other library finds them: several libraries can be in one
    /// process. MKL makes its functions global, so that one loaded after it would otherwise call dtrsm_ of MKL.
    ///
    /// - Parameter name: A path, or a bare file name for the loader to look up.
    /// - Returns: nil and the loader's words when it refuses.
    static func load(_ name: String) -> (library: LoadedLibrary?, detail: String) {
        if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND) {
            return (LoadedLibrary(handle: handle), "")
        }
        return (nil, dlerror().map { String(cString: $0) } ?? "the loader gave no reason")
    }

    /// The address of `name` in the library or in one that it depends on.
    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

    /// The file that the code or data at `address` was loaded from, with links resolved.
    static func file(holding address: UnsafeRawPointer) -> String? {
        // dladdr is a GNU extension that Swift's Glibc module leaves out; its Dl_info is four pointers, of which the
        // first is the file's name, owned by the loader.
        typealias Answer = (UnsafePointer<CChar>?, UnsafeRawPointer?, UnsafePointer<CChar>?, UnsafeRawPointer?)
        typealias Function = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer) -> Int32
        guard let dladdr = dlsym(nil, "dladdr").map({ unsafeBitCast($0, to: Function.self) }) else { return nil }
        var answer: Answer = (nil, nil, nil, nil)
        guard dladdr(address, &answer) != 0, let name = answer.0 else { return nil }
        return SharedObjectFile.realPath(String(cString: name))
    }
}
