import Testing

@testable import Redis

@Suite("The reply decoder")
struct ReplyDecoderTests {
    static let samples: [(String, RedisValue)] = [
        ("+OK\r\n", .status("OK")),
        ("-ERR no\r\n", .error("ERR no")),
        (":-42\r\n", .integer(-42)),
        (":9223372036854775807\r\n", .integer(.max)),
        ("$5\r\nhe\r\no\r\n", .string(Array("he\r\no".utf8))),
        ("$0\r\n\r\n", .string([])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        (
            "*5\r\n$1\r\na\r\n:7\r\n$-1\r\n+fine\r\n-BAD\r\n",
            .array([.string([97]), .integer(7), .null, .status("fine"), .error("BAD")])
        ),
        (
            "*3\r\n*2\r\n:1\r\n*0\r\n*1\r\n*1\r\n$2\r\nhi\r\n:3\r\n",
            .array([.array([.integer(1), .array([])]), .array([.array([.string([104, 105])])]), .integer(3)])
        ),
    ]

    @Test("reads every kind of reply, whole", arguments: samples)
    func whole(text: String, value: RedisValue) throws {
        #expect(try decode([Array(text.utf8)]) == [value])
    }

    @Test("reads every kind of reply, byte by byte", arguments: samples)
    func fragments(text: String, value: RedisValue) throws {
        #expect(try decode(text.utf8.map { [$0] }) == [value])
    }

    @Test("reads many replies from one piece, in order")
    func stream() throws {
        let text = Self.samples.map(\.0).joined()
        let many = String(repeating: text, count: 500)
        let values = try decode([Array(many.utf8)])
        #expect(values.count == 500 * Self.samples.count)
        #expect(Array(values.suffix(Self.samples.count)) == Self.samples.map(\.1))
    }

    @Test("reads a bulk string that comes in many pieces")
    func largeString() throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = Array("$\(content.count)\r\n".utf8) + content + Array("\r\n".utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 70_001).map {
            Array(bytes[$0..<min($0 + 70_001, bytes.count)])
        }
        #expect(try decode(pieces) == [.string(content)])
    }

    @Test(
        "refuses what is no reply",
        arguments: [
            "hello\r\n", "$abc\r\n", "$-2\r\n", ":12x\r\n", ":\r\n", "*-2\r\n", "*x\r\n", "\0\0\0\0\r\n",
            "HTTP/1.1 400 Bad Request\r\n\r\n", "$99999999999999999999\r\n", "*99999999999\r\n",
        ])
    func malformed(text: String) {
        #expect(throws: RedisProtocolError.self) { try decode([Array(text.utf8)]) }
        #expect(throws: RedisProtocolError.self) { try decode(text.utf8.map { [$0] }) }
    }

    @Test("refuses a bulk string of 512 MB as soon as it is announced")
    func hugeAnnouncement() {
        #expect(throws: RedisProtocolError(reason: "a reply is larger than 67108864 bytes")) {
            try decode([Array("$536870912\r\n".utf8)], maximumReplyBytes: 64 << 20)
        }
    }

    @Test("refuses an array whose elements would not fit")
    func hugeArray() {
        #expect(throws: RedisProtocolError.self) { try decode([Array("*1000000000\r\n".utf8)]) }
    }

    @Test("counts all elements of a reply against the limit, and starts anew with the next reply")
    func sum() throws {
        let piece = "$400\r\n" + String(repeating: "x", count: 400) + "\r\n"
        #expect(try decode([Array((piece + piece + piece).utf8)], maximumReplyBytes: 1000).count == 3)
        #expect(throws: RedisProtocolError.self) {
            try decode([Array(("*3\r\n" + piece + piece + piece).utf8)], maximumReplyBytes: 1000)
        }
    }

    @Test("refuses a line without an end")
    func endlessLine() {
        #expect(throws: RedisProtocolError.self) { try decode([Array(repeating: UInt8(ascii: "+"), count: 200_000)]) }
    }

    @Test("refuses deep nesting")
    func deepNesting() throws {
        let seven = String(repeating: "*1\r\n", count: 7) + ":1\r\n"
        #expect(try decode([Array(seven.utf8)]).count == 1)
        #expect(throws: RedisProtocolError.self) {
            try decode([Array((String(repeating: "*1\r\n", count: 10_000) + ":1\r\n").utf8)])
        }
    }

    @Test("leaks nothing when it goes away in the middle of a reply")
    func abandoned() throws {
        #expect(try decode([Array("*3\r\n$3\r\nabc\r\n*2\r\n:1\r\n$10\r\nab".utf8)]) == [])
    }

    private func decode(_ pieces: [[UInt8]], maximumReplyBytes: Int = 16 << 20) throws -> [RedisValue] {
        let decoder = ReplyDecoder(maximumReplyBytes: maximumReplyBytes)
        var values: [RedisValue] = []
        for piece in pieces {
            try piece.withUnsafeBytes { bytes in
                try decoder.decode(bytes) { values.append($0) }
            }
        }
        return values
    }
}
