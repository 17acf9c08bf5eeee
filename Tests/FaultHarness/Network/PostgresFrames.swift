import NIOCore

/// Splits what a PostgreSQL client sends into messages, so that a fault can be placed at one of them.
struct PostgresFrames {
    /// One message as it was sent.
    struct Message: Equatable {
        /// The type byte; 0 for the messages before the session starts, which have none.
        let type: UInt8
        let bytes: [UInt8]
    }

    private static let startupProtocol: [UInt8] = [0, 3]
    private var buffer: [UInt8] = []
    private var hasStarted = false

    mutating func read(_ bytes: [UInt8]) -> [Message] {
        buffer += bytes
        var messages: [Message] = []
        while let message = next() { messages.append(message) }
        return messages
    }

    private mutating func next() -> Message? {
        let prefix = hasStarted ? 1 : 0
        guard buffer.count >= prefix + 4 else { return nil }
        let length = buffer[prefix..<(prefix + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, buffer.count >= prefix + length else { return nil }
        let bytes = Array(buffer[..<(prefix + length)])
        buffer.removeFirst(prefix + length)
        // A session starts with the protocol's version 3; requests for TLS come before it and look alike.
        if !hasStarted {
            hasStarted = bytes.count >= 6 && Array(bytes[4..<6]) == Self.startupProtocol
            return Message(type: 0, bytes: bytes)
        }
        return Message(type: bytes[0], bytes: bytes)
    }
}

/// Recognises, on one connection, the messages that execute a certain statement, prepared or not.
struct StatementWatch {
    private let text: String
    private var prepared: Set<String> = []

    /// - Parameter text: part of the statement, in any case: `COMMIT`, or a table's name.
    init(_ text: String) {
        self.text = text.uppercased()
    }

    /// Whether this message makes the server execute the statement: a query, or a Bind, which Execute follows.
    mutating func executes(_ message: PostgresFrames.Message) -> Bool {
        switch message.type {
        case UInt8(ascii: "Q"):
            return strings(in: message, count: 1)[0].uppercased().contains(text)
        case UInt8(ascii: "P"):
            let fields = strings(in: message, count: 2)
            if fields[1].uppercased().contains(text) { prepared.insert(fields[0]) } else { prepared.remove(fields[0]) }
            return false
        case UInt8(ascii: "B"):
            return prepared.contains(strings(in: message, count: 2)[1])
        default:
            return false
        }
    }

    private func strings(in message: PostgresFrames.Message, count: Int) -> [String] {
        let parts = message.bytes.dropFirst(5).split(separator: 0, maxSplits: count, omittingEmptySubsequences: false)
        let texts = parts.prefix(count).map { String(decoding: $0, as: UTF8.self) }
        return texts + Array(repeating: "", count: max(0, count - texts.count))
    }
}
