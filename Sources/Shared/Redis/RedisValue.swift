/// A RESP2 reply.
package enum RedisValue: Sendable, Hashable {
    /// A null bulk string or null array.
    case null
    /// A bulk string.
    case string([UInt8])
    /// A simple string such as `OK`.
    case status(String)
    /// An integer.
    case integer(Int)
    /// An array, possibly nested.
    case array([RedisValue])
    /// An error inside an array or a pipeline; an error that answers a single command is thrown instead.
    case error(String)
}

extension RedisValue {
    /// Whether this is a null.
    package var isNull: Bool { self == .null }

    /// The bytes of a bulk string or of a status, else nil.
    package var bytes: [UInt8]? {
        switch self {
        case .string(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a bulk string that is valid UTF-8 or of a status, else nil.
    package var text: String? {
        switch self {
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// An integer reply, or a bulk string that spells one, else nil.
    package var int: Int? {
        switch self {
        case .integer(let value): value
        case .string: text.flatMap { Int($0) }
        default: nil
        }
    }

    /// The elements of an array, else nil.
    package var elements: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The reply, with an error reply as a failure.
    package var result: Result<RedisValue, RedisError> {
        guard case .error(let message) = self else { return .success(self) }
        return .failure(.server(message))
    }
}
