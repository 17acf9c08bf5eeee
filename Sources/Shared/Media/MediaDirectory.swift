package import Core
import Foundation
package import Logging
package import NIOCore
package import NIOPosix

/// The folder that holds the bytes of media, on this machine or on a file system that all processes share.
///
///     incoming/med_…       written, and its row not committed yet, or just now
///     files/4w/med_…       of a committed row
///
/// A file's name is its id and nothing from outside. It is written under `incoming`, brought to the disk, and renamed once its row is
/// committed: what a crash leaves in between is found there by whoever reads it or sweeps.
package struct MediaDirectory: Sendable {
    /// Bytes that are read and written at once.
    private static let blockSize = 64 << 10

    private let incoming: String
    private let files: String
    private let pool: NIOThreadPool
    private let logger: Logger

    /// - Parameter pool: runs what may wait for the disk.
    package init(path: String, pool: NIOThreadPool = .singleton, logger: Logger) {
        incoming = "\(path)/incoming"
        files = "\(path)/files"
        self.pool = pool
        self.logger = logger
    }

    /// Makes the folders where there are none and tries to write: for the start of a process.
    /// - Throws: ``MediaStorageError``.
    package func prepare() throws(MediaStorageError) {
        try DiskFile.makeDirectories(incoming)
        try DiskFile.makeDirectories(files)
        let probe = "\(incoming)/probe-\(UUID().uuidString.lowercased())"
        try DiskFile.create(probe).close()
        try DiskFile.remove(probe)
    }

    /// Writes a file to the disk, not yet to where committed ones stand. Where it fails, nothing of it stays.
    /// - Parameters:
    ///   - pieces: gone through once; no more than a block of them is held.
    ///   - id: new.
    ///   - look: sees each piece before it is written and may refuse it.
    ///   - whole: called when there are no more, and may refuse them all.
    /// - Throws: what `pieces` and the closures throw; ``MediaStorageError``.
    func stage<Pieces: AsyncSequence>(
        _ pieces: Pieces, as id: ID<MediaFile>, _ look: (ByteBuffer) throws -> Void, whole: () throws -> Void
    ) async throws where Pieces.Element == ByteBuffer {
        let path = incomingPath(id)
        let file = try await onDisk("create") { () throws(MediaStorageError) in try DiskFile.create(path) }
        do {
            var block = ByteBuffer()
            for try await var piece in pieces {
                try look(piece)
                block.writeBuffer(&piece)
                guard block.readableBytes >= Self.blockSize else { continue }
                try await write(block, to: file)
                block.clear(minimumCapacity: Self.blockSize)
            }
            try whole()
            try await write(block, to: file)
            try await onDisk("sync") { () throws(MediaStorageError) in try file.sync() }
            file.close()
        } catch {
            file.close()
            await discard(id)
            throw error
        }
    }

    /// Moves a staged file to where committed ones stand; does nothing where it stands there already.
    /// - Throws: ``MediaStorageError``, also where there is no such file at all.
    func place(_ id: ID<MediaFile>) async throws(MediaStorageError) {
        let (source, target) = (incomingPath(id), filePath(id))
        try await onDisk("place") { () throws(MediaStorageError) in
            try DiskFile.makeDirectories(Self.parent(of: target))
            try DiskFile.rename(source, to: target)
        }
    }

    /// Removes a staged file. One that can't be removed now is swept later.
    func discard(_ id: ID<MediaFile>) async {
        let path = incomingPath(id)
        do {
            try await onDisk("discard") { () throws(MediaStorageError) in try DiskFile.remove(path) }
        } catch {
            // Told to the log already.
        }
    }

    /// Removes a file wherever it stands; there need not be one.
    func remove(_ id: ID<MediaFile>) async throws(MediaStorageError) {
        let paths = [incomingPath(id), filePath(id)]
        try await onDisk("remove") { () throws(MediaStorageError) in
            for path in paths { try DiskFile.remove(path) }
        }
    }

    /// The bytes that a committed file has, placed where a crash has left it unplaced; nil where it is lost.
    package func size(of id: ID<MediaFile>) async throws(MediaStorageError) -> Int64? {
        let (source, target) = (incomingPath(id), filePath(id))
        return try await onDisk("look up") { () throws(MediaStorageError) in
            if let size = try DiskFile.size(of: target) { return size }
            guard try DiskFile.size(of: source) != nil else { return nil }
            try DiskFile.makeDirectories(Self.parent(of: target))
            try DiskFile.rename(source, to: target)
            return try DiskFile.size(of: target)
        }
    }

    /// Goes through a committed file, a block at a time.
    /// - Throws: ``MediaStorageError``; what `body` throws.
    package func read(_ id: ID<MediaFile>, _ body: (ByteBuffer) async throws -> Void) async throws {
        try await read(id, from: 0, count: .max, body)
    }

    /// Goes through a part of it.
    /// - Parameters:
    ///   - start: the first byte.
    ///   - count: how many at most.
    /// - Throws: ``MediaStorageError``; what `body` throws.
    func read(
        _ id: ID<MediaFile>, from start: Int64, count: Int64, _ body: (ByteBuffer) async throws -> Void
    ) async throws {
        let path = filePath(id)
        let file = try await onDisk("open") { () throws(MediaStorageError) in
            let file = try DiskFile.open(path)
            if start > 0 { try file.seek(to: start) }
            return file
        }
        defer { file.close() }
        var left = count
        while left > 0 {
            let size = Int(min(left, Int64(Self.blockSize)))
            let block = try await onDisk("read") { () throws(MediaStorageError) in try file.read(upTo: size) }
            guard block.readableBytes > 0 else { return }
            left -= Int64(block.readableBytes)
            try await body(block)
        }
    }

    /// Staged files that were last written before a moment, at most `limit` of them.
    func staged(before moment: Date, atMost limit: Int) async throws(MediaStorageError) -> [ID<MediaFile>] {
        let directory = incoming
        return try await onDisk("list") { () throws(MediaStorageError) in
            try DiskFile.names(in: directory, lastWrittenBefore: moment, atMost: limit).compactMap { ID($0) }
        }
    }

    private func write(_ block: ByteBuffer, to file: DiskFile) async throws(MediaStorageError) {
        guard block.readableBytes > 0 else { return }
        try await onDisk("write") { () throws(MediaStorageError) in try file.write(block) }
    }

    /// To its end even where the task is cancelled: what was begun is cleared away.
    private func onDisk<Success: Sendable>(
        _ operation: String, _ body: @escaping @Sendable () throws(MediaStorageError) -> Success
    ) async throws(MediaStorageError) -> Success {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<DiskResult<Success>, Never>) in
            pool.submit { state in
                guard state == .active else {
                    continuation.resume(returning: .failure(MediaStorageError(errorNumber: ECANCELED)))
                    return
                }
                continuation.resume(returning: DiskResult(catching: body))
            }
        }
        if case .failure(let error) = result {
            logger.error(
                "The media directory can't be used", metadata: ["operation": "\(operation)", "error": "\(error)"])
        }
        return try result.get()
    }

    private func incomingPath(_ id: ID<MediaFile>) -> String { "\(incoming)/\(id)" }

    /// The last digits of an id are random: they spread the files evenly.
    private func filePath(_ id: ID<MediaFile>) -> String { "\(files)/\(id.description.suffix(2))/\(id)" }

    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    }
}

private typealias DiskResult<Success> = Result<Success, MediaStorageError>

/// The disk did not do what it was asked.
package struct MediaStorageError: Error, Hashable, Sendable, CustomStringConvertible {
    let errorNumber: Int32

    package var description: String { String(cString: strerror(errorNumber)) }
}

extension MediaStorageError: ProblemConvertible {
    package var problem: Problem {
        Problem(
            type: "unavailable", title: "Temporarily unavailable", status: 503,
            detail: "The file can't be stored or read at the moment", retryAfter: .seconds(5))
    }
}
