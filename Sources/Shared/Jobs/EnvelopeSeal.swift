import Crypto
import Foundation

/// Tells envelopes that a process of this installation has pushed from whatever else stands in Redis: a keyed digest covers
/// all that decides what is run. An envelope without it counts as absent, and PostgreSQL is asked.
struct EnvelopeSeal: Sendable {
    /// HMAC-SHA256, cut to so many bytes: more than anybody can try.
    static let byteCount = 16

    private let keyed: KeyedDigest

    init(key: SymmetricKey) {
        keyed = KeyedDigest(key: key)
    }

    /// The digest, then kind and trace on a line each, then the payload: cheaper than another layer of JSON, and readable in
    /// `redis-cli`.
    func seal(_ envelope: JobEnvelope) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        let trace = envelope.trace ?? ""
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Self.byteCount + envelope.kind.utf8.count + trace.utf8.count + envelope.payload.count + 2)
        bytes.append(contentsOf: repeatElement(0, count: Self.byteCount))
        bytes.append(contentsOf: envelope.kind.utf8)
        bytes.append(newline)
        bytes.append(contentsOf: trace.utf8)
        bytes.append(newline)
        bytes.append(contentsOf: envelope.payload)
        let digest = digest(
            of: bytes, key: envelope.key, queue: envelope.queue, kindLength: envelope.kind.utf8.count,
            traceLength: trace.utf8.count)
        digest.withUnsafeBytes { digest in
            for index in 0..<Self.byteCount { bytes[index] = digest[index] }
        }
        return bytes
    }

    /// The envelope; `nil` for what was not sealed for this very dispatch and queue with this key.
    func open(_ bytes: [UInt8], key: DispatchKey, queue: QueueName) -> JobEnvelope? {
        let newline = UInt8(ascii: "\n")
        let start = Self.byteCount
        guard bytes.count > start, let first = bytes[start...].firstIndex(of: newline),
            let second = bytes[(first + 1)...].firstIndex(of: newline)
        else { return nil }
        let digest = digest(
            of: bytes, key: key, queue: queue, kindLength: first - start, traceLength: second - first - 1)
        guard Self.isEqual(digest, bytes) else { return nil }
        let trace = String(decoding: bytes[(first + 1)..<second], as: UTF8.self)
        return JobEnvelope(
            key: key, queue: queue, kind: String(decoding: bytes[start..<first], as: UTF8.self),
            trace: trace.isEmpty ? nil : trace, payload: Array(bytes[(second + 1)...]))
    }

    /// Over everything behind the digest's own place. The lengths come first, so that no two envelopes share their input.
    private func digest(
        of bytes: [UInt8], key: DispatchKey, queue: QueueName, kindLength: Int, traceLength: Int
    ) -> SHA256Digest {
        var head: [UInt8] = []
        head.reserveCapacity(40 + queue.rawValue.utf8.count)
        withUnsafeBytes(of: key.jobID.uuid) { head.append(contentsOf: $0) }
        withUnsafeBytes(of: key.attempt.littleEndian) { head.append(contentsOf: $0) }
        withUnsafeBytes(of: kindLength.littleEndian) { head.append(contentsOf: $0) }
        withUnsafeBytes(of: traceLength.littleEndian) { head.append(contentsOf: $0) }
        head.append(UInt8(truncatingIfNeeded: queue.rawValue.utf8.count))
        head.append(contentsOf: queue.rawValue.utf8)
        return keyed.code { pieces in
            pieces.add(head)
            bytes.withUnsafeBytes { pieces.add(UnsafeRawBufferPointer(rebasing: $0[Self.byteCount...])) }
        }
    }

    /// In the same time wherever they differ.
    private static func isEqual(_ digest: SHA256Digest, _ bytes: [UInt8]) -> Bool {
        digest.withUnsafeBytes { digest in
            var difference: UInt8 = 0
            for index in 0..<byteCount { difference |= digest[index] ^ bytes[index] }
            return difference == 0
        }
    }
}
