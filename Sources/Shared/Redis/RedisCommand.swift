/// Something that can stand as one argument of a command; arguments are bytes to Redis.
package protocol RedisArgument: Sendable {
    /// Appends the argument's bytes as one RESP bulk string.
    func encode(into bytes: inout [UInt8])
}

extension String: RedisArgument {
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBulkString(utf8, count: utf8.count)
    }
}

extension Substring: RedisArgument {
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBulkString(utf8, count: utf8.count)
    }
}

extension [UInt8]: RedisArgument {
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBulkString(self, count: count)
    }
}

extension Int: RedisArgument {
    package func encode(into bytes: inout [UInt8]) {
        String(self).encode(into: &bytes)
    }
}

extension Int64: RedisArgument {
    package func encode(into bytes: inout [UInt8]) {
        String(self).encode(into: &bytes)
    }
}

/// One command, already in wire form, so that the connection only copies bytes.
package struct RedisCommand: Sendable, Hashable {
    /// The RESP array of bulk strings.
    let encoded: [UInt8]

    /// A command such as `RedisCommand("SET", key, value, "PX", 30_000)`.
    package init(_ name: String, _ arguments: any RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    /// A command whose arguments are in an array.
    package init(_ name: String, arguments: [any RedisArgument]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32 + 24 * arguments.count)
        bytes.appendHeader("*", count: arguments.count + 1)
        name.encode(into: &bytes)
        for argument in arguments {
            argument.encode(into: &bytes)
        }
        encoded = bytes
    }
}

extension RedisCommand {
    /// Asks what the server is; see ``ServerFitness``.
    static let role = RedisCommand("ROLE")
}

extension [UInt8] {
    fileprivate mutating func appendHeader(_ marker: Unicode.Scalar, count: Int) {
        append(UInt8(ascii: marker))
        append(contentsOf: String(count).utf8)
        appendLineEnd()
    }

    fileprivate mutating func appendBulkString(_ content: some Sequence<UInt8>, count: Int) {
        appendHeader("$", count: count)
        append(contentsOf: content)
        appendLineEnd()
    }

    private mutating func appendLineEnd() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }
}
