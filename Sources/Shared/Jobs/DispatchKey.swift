package import Foundation

/// One dispatch of a job: the id and the attempt together, so that pushing the same attempt twice is a no-op and a stale
/// entry of an earlier attempt can't run.
package struct DispatchKey: Hashable, Sendable {
    package let jobID: UUID
    package let attempt: Int
    /// `uuid:attempt`, as it stands in Redis.
    package let text: String

    package init(jobID: UUID, attempt: Int) {
        self.jobID = jobID
        self.attempt = attempt
        text = "\(jobID.lowercaseText):\(attempt)"
    }

    /// Reads `uuid:attempt`; `nil` for anything else that someone put into the list.
    package init?(_ text: String) {
        let sides = text.split(separator: ":")
        guard sides.count == 2, let jobID = UUID(uuidString: String(sides[0])), let attempt = Int(sides[1]) else {
            return nil
        }
        self.jobID = jobID
        self.attempt = attempt
        self.text = text
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

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// A job as it travels through Redis.
package struct JobEnvelope: Sendable, Equatable {
    package let key: DispatchKey
    package let queue: QueueName
    package let kind: String
    package let trace: String?
    /// JSON.
    package let payload: [UInt8]

    package init(key: DispatchKey, queue: QueueName, kind: String, trace: String?, payload: [UInt8]) {
        self.key = key
        self.queue = queue
        self.kind = kind
        self.trace = trace
        self.payload = payload
    }

    /// Kind and trace on a line each, then the payload: cheaper than another layer of JSON, and readable in `redis-cli`.
    var wireFormat: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(kind.utf8.count + (trace?.utf8.count ?? 0) + payload.count + 2)
        bytes.append(contentsOf: kind.utf8)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: (trace ?? "").utf8)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: payload)
        return bytes
    }

    init?(key: DispatchKey, queue: QueueName, wireFormat bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        guard let first = bytes.firstIndex(of: newline), let second = bytes[(first + 1)...].firstIndex(of: newline)
        else {
            return nil
        }
        let trace = String(decoding: bytes[(first + 1)..<second], as: UTF8.self)
        self.init(
            key: key, queue: queue, kind: String(decoding: bytes[..<first], as: UTF8.self),
            trace: trace.isEmpty ? nil : trace, payload: Array(bytes[(second + 1)...]))
    }
}
