package import Foundation

/// One dispatch of a job: the id and the attempt together, so that pushing the same attempt twice is a no-op and a stale
/// entry of an earlier attempt can't run.
package struct DispatchKey: Hashable, Sendable {
    package let jobID: UUID
    /// Never negative.
    package let attempt: Int32
    /// `uuid:attempt`, as it stands in Redis.
    package let text: String

    package init(jobID: UUID, attempt: Int32) {
        self.jobID = jobID
        self.attempt = attempt
        text = "\(jobID.lowercaseText):\(attempt)"
    }

    /// Reads `uuid:attempt` letter for letter as `text` has it, so that no dispatch has two names; `nil` for anything else
    /// that someone put into the list.
    package init?(_ text: String) {
        var text = text
        let parts = text.withUTF8 { bytes -> (UUID, Int32)? in
            guard bytes.count > 37, bytes[36] == UInt8(ascii: ":"),
                let jobID = UUID(lowercaseText: UnsafeBufferPointer(rebasing: bytes[..<36])),
                let attempt = Self.attempt(UnsafeBufferPointer(rebasing: bytes[37...]))
            else { return nil }
            return (jobID, attempt)
        }
        guard let (jobID, attempt) = parts else { return nil }
        self.jobID = jobID
        self.attempt = attempt
        self.text = text
    }

    private static func attempt(_ digits: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard (1...10).contains(digits.count), digits[0] != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return Int32(exactly: number)
    }

    package static func == (left: DispatchKey, right: DispatchKey) -> Bool {
        left.jobID == right.jobID && left.attempt == right.attempt
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(jobID)
        hasher.combine(attempt)
    }
}

extension UUID {
    /// 8-4-4-4-12 in lower case; `uuidString` formats through `printf`, which shows on the hot path.
    package var lowercaseText: String {
        withUnsafeBytes(of: uuid) { bytes in
            String(unsafeUninitializedCapacity: 36) { text in
                var position = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    text[position] = Self.hexadecimalDigit(byte >> 4)
                    text[position + 1] = Self.hexadecimalDigit(byte & 0xF)
                    position += 2
                }
                return position
            }
        }
    }

    /// Reads exactly what `lowercaseText` writes.
    init?(lowercaseText bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var number: UInt128 = 0
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = Self.value(ofHexadecimalDigit: byte) else { return nil }
                number = number << 4 | UInt128(digit)
            }
        }
        let uuid = withUnsafeBytes(of: number.bigEndian) { $0.loadUnaligned(as: uuid_t.self) }
        self.init(uuid: uuid)
    }

    private static func value(ofHexadecimalDigit byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// A job as its workers get it.
package struct JobEnvelope: Sendable, Equatable {
    package let key: DispatchKey
    package let queue: QueueName
    package let kind: String
    package let trace: String?
    /// JSON.
    package let payload: [UInt8]
    /// Whether runs of this attempt have begun and not ended, as far as its row tells.
    let hasUnendedRuns: Bool

    package init(key: DispatchKey, queue: QueueName, kind: String, trace: String?, payload: [UInt8]) {
        self.init(key: key, queue: queue, kind: kind, trace: trace, payload: payload, hasUnendedRuns: false)
    }

    init(
        key: DispatchKey, queue: QueueName, kind: String, trace: String?, payload: [UInt8], hasUnendedRuns: Bool
    ) {
        self.key = key
        self.queue = queue
        self.kind = kind
        self.trace = trace
        self.payload = payload
        self.hasUnendedRuns = hasUnendedRuns
    }
}
