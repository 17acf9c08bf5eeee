import Foundation
import NIOCore

/// An open file, and what the media directory asks of the file system. Each call may wait for the disk.
///
/// Nothing is followed that is a link, and what is made is for this user alone.
struct DiskFile: Sendable {
    private let descriptor: Int32

    /// A new file for writing.
    static func create(_ path: String) throws(MediaStorageError) -> DiskFile {
        try open(path, O_WRONLY | O_CREAT | O_EXCL)
    }

    /// A file for reading.
    static func open(_ path: String) throws(MediaStorageError) -> DiskFile { try open(path, O_RDONLY) }

    private static func open(_ path: String, _ flags: Int32) throws(MediaStorageError) -> DiskFile {
        DiskFile(descriptor: try check { Foundation.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600) })
    }

    func write(_ block: ByteBuffer) throws(MediaStorageError) {
        var rest = block.readableBytesView
        while !rest.isEmpty {
            let count = try Self.check {
                rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// The next bytes; none at the end.
    func read(upTo count: Int) throws(MediaStorageError) -> ByteBuffer {
        var block = ByteBufferAllocator().buffer(capacity: count)
        var failure: MediaStorageError?
        block.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            do throws(MediaStorageError) {
                return try Self.check { Foundation.read(descriptor, target.baseAddress, min(count, target.count)) }
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return block
    }

    /// Goes to a place in it, from where it is read on.
    func seek(to offset: Int64) throws(MediaStorageError) {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw MediaStorageError(errorNumber: errno) }
    }

    func close() { _ = Foundation.close(descriptor) }

    /// Returns once the bytes are on the disk.
    func sync() throws(MediaStorageError) { try Self.check { fsync(descriptor) } }

    /// With those above it.
    static func makeDirectories(_ path: String) throws(MediaStorageError) {
        do {
            try makeDirectory(path)
        } catch  where error.errorNumber == ENOENT {
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw error }
            try makeDirectories(String(path[..<slash]))
            // Once more and no oftener: there are places where nothing can be made.
            try makeDirectory(path)
        }
    }

    private static func makeDirectory(_ path: String) throws(MediaStorageError) {
        if mkdir(path, 0o700) != 0 {
            let failure = errno
            guard failure != EEXIST else { return }
            throw MediaStorageError(errorNumber: failure)
        }
        try syncDirectory(above: path)
    }

    /// Moves a file for good; it may have been moved before.
    static func rename(_ source: String, to target: String) throws(MediaStorageError) {
        if Foundation.rename(source, target) != 0 {
            let failure = MediaStorageError(errorNumber: errno)
            guard failure.errorNumber == ENOENT, try size(of: target) != nil else { throw failure }
        }
        try syncDirectory(above: target)
    }

    /// Removes a file, where there is one.
    static func remove(_ path: String) throws(MediaStorageError) {
        guard unlink(path) != 0 else { return }
        guard errno == ENOENT else { throw MediaStorageError(errorNumber: errno) }
    }

    /// The bytes of a regular file; nil where there is none.
    static func size(of path: String) throws(MediaStorageError) -> Int64? {
        var status = stat()
        guard lstat(path, &status) != 0 else {
            return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
        }
        guard errno == ENOENT else { throw MediaStorageError(errorNumber: errno) }
        return nil
    }

    /// The names of files in a directory that were not written since.
    static func names(
        in directory: String, lastWrittenBefore moment: Date, atMost limit: Int
    ) throws(MediaStorageError) -> [String] {
        guard let stream = opendir(directory) else { throw MediaStorageError(errorNumber: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            guard lstat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                TimeInterval(status.st_mtim.tv_sec) < moment.timeIntervalSince1970
            else { continue }
            names.append(name)
        }
        return names
    }

    /// The entry of a file is on the disk once its directory is.
    private static func syncDirectory(above path: String) throws(MediaStorageError) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let directory = DiskFile(
            descriptor: try check { Foundation.open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        )
        defer { directory.close() }
        try check { fsync(directory.descriptor) }
    }

    /// The result of a call that is repeated where a signal interrupts it.
    @discardableResult
    private static func check<Number: SignedInteger>(_ call: () -> Number) throws(MediaStorageError) -> Number {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EINTR else { throw MediaStorageError(errorNumber: errno) }
        }
    }
}
