import CHiredis

/// What a server's bytes did wrong; the connection can't be used further.
struct RedisProtocolError: Error, Equatable {
    let reason: String
}

/// Turns bytes into replies with hiredis' reader, which calls back for each element so that Swift values are built
/// without a C reply tree in between. hiredis refuses nesting deeper than seven arrays.
final class ReplyDecoder {
    /// An unfinished status line, or the digits of a length, need not be longer.
    private static let maximumLineBytes = 64 << 10
    /// hiredis moves the rest of its buffer to the front after each reply, so it gets small pieces.
    private static let feedBytes = 16 << 10

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: ReplyBuilder

    init(maximumReplyBytes: Int) {
        builder = ReplyBuilder(maximumBytes: maximumReplyBytes)
        functions = .allocate(capacity: 1)
        functions.initialize(to: ReplyBuilder.callbacks)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            preconditionFailure("hiredis found no memory for a reader")
        }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
        reader.pointee.maxbuf = Self.feedBytes
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    /// The first error that shows a server of no use; see ``ServerFitness``.
    var unfitness: String? { builder.unfitness }

    /// Consumes the bytes and hands over each reply they complete. After an error nothing more may be decoded.
    func decode(
        _ bytes: UnsafeRawBufferPointer, _ deliver: (RedisValue) throws(RedisProtocolError) -> Void
    ) throws(RedisProtocolError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.feedBytes))
            rest = rest.dropFirst(piece.count)
            let start = piece.bindMemory(to: CChar.self).baseAddress
            guard redisReaderFeed(reader, start, piece.count) == REDIS_OK else { throw failure() }
            while let reply = try next() {
                try deliver(reply)
            }
        }
    }

    private func next() throws(RedisProtocolError) -> RedisValue? {
        guard redisReaderGetReply(reader, nil) == REDIS_OK else { throw failure() }
        if let reply = builder.takeReply() {
            return reply
        }
        try checkUnfinishedElement()
        return nil
    }

    /// hiredis buffers a bulk string of any announced length, so the announcement is judged here.
    private func checkUnfinishedElement() throws(RedisProtocolError) {
        let unread = Int(reader.pointee.len) - Int(reader.pointee.pos)
        guard unread > 0, let buffer = reader.pointee.buf else { return }
        let bytes = UnsafeRawBufferPointer(start: buffer + Int(reader.pointee.pos), count: unread)
        guard currentElementIsBulkString else {
            guard unread <= Self.maximumLineBytes else {
                throw RedisProtocolError(reason: "a line of a reply is longer than \(Self.maximumLineBytes) bytes")
            }
            return
        }
        var announced = 0
        for byte in bytes.prefix(20) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
            announced = announced.multipliedReportingOverflow(by: 10).partialValue &+ Int(byte - UInt8(ascii: "0"))
            guard builder.hasRoom(for: announced) else {
                throw RedisProtocolError(reason: builder.tooLarge)
            }
        }
    }

    private var currentElementIsBulkString: Bool {
        let index = reader.pointee.ridx
        guard index >= 0 else { return false }
        return withUnsafeBytes(of: &reader.pointee.rstack) { stack in
            stack.bindMemory(to: redisReadTask.self)[Int(index)].type == REDIS_REPLY_STRING
        }
    }

    private func failure() -> RedisProtocolError {
        if let refusal = builder.refusal {
            return RedisProtocolError(reason: refusal)
        }
        let reason = withUnsafeBytes(of: &reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisProtocolError(reason: reason)
    }
}

/// Collects the elements hiredis reports, in order, into one reply.
private final class ReplyBuilder {
    private struct OpenArray {
        var elements: [RedisValue]
        let count: Int
    }

    private let maximumBytes: Int
    private var openArrays: [OpenArray] = []
    private var reply: RedisValue?
    private var usedBytes = 0
    private(set) var refusal: String?
    private(set) var unfitness: String?

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    var tooLarge: String { "a reply is larger than \(maximumBytes) bytes" }

    func hasRoom(for bytes: Int) -> Bool {
        bytes >= 0 && bytes <= maximumBytes - usedBytes
    }

    func takeReply() -> RedisValue? {
        defer { reply = nil }
        return reply
    }

    private func open(count: Int) -> Bool {
        // An element costs at least three bytes on the wire and a slot here, so the count is charged too.
        let (bytes, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<RedisValue>.stride)
        guard use(overflows ? .max : bytes) else { return false }
        guard count > 0 else {
            add(.array([]))
            return true
        }
        openArrays.append(OpenArray(elements: [], count: count))
        return true
    }

    private func add(_ value: RedisValue) {
        var value = value
        while let top = openArrays.indices.last {
            openArrays[top].elements.append(value)
            guard openArrays[top].elements.count == openArrays[top].count else { return }
            value = .array(openArrays.removeLast().elements)
        }
        reply = value
        usedBytes = 0
    }

    /// Wherever the error stands: alone, in a pipeline, in an array.
    private func add(error message: String) {
        if unfitness == nil, ServerFitness.isRefuted(by: message) { unfitness = message }
        add(.error(message))
    }

    private func use(_ bytes: Int) -> Bool {
        guard hasRoom(for: bytes) else {
            refusal = tooLarge
            return false
        }
        usedBytes += bytes
        return true
    }

    /// hiredis takes a null pointer for "out of memory" and any other as an object it need not understand.
    private static var accepted: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    private static func builder(of task: UnsafePointer<redisReadTask>?) -> ReplyBuilder? {
        guard let privdata = task?.pointee.privdata else { return nil }
        return Unmanaged<ReplyBuilder>.fromOpaque(privdata).takeUnretainedValue()
    }

    static var callbacks: redisReplyObjectFunctions {
        redisReplyObjectFunctions(
            createString: { task, start, count in
                guard let task, let builder = ReplyBuilder.builder(of: task), builder.use(count) else { return nil }
                let bytes = UnsafeRawBufferPointer(start: start, count: count)
                switch task.pointee.type {
                case REDIS_REPLY_STATUS: builder.add(.status(String(decoding: bytes, as: UTF8.self)))
                case REDIS_REPLY_ERROR: builder.add(error: String(decoding: bytes, as: UTF8.self))
                default: builder.add(.string(Array(bytes)))
                }
                return ReplyBuilder.accepted
            },
            createArray: { task, count in
                // The count's type differs between versions of hiredis.
                guard let builder = ReplyBuilder.builder(of: task), builder.open(count: Int(clamping: count)) else {
                    return nil
                }
                return ReplyBuilder.accepted
            },
            createInteger: { task, value in
                guard let builder = ReplyBuilder.builder(of: task) else { return nil }
                builder.add(.integer(Int(value)))
                return ReplyBuilder.accepted
            },
            createNil: { task in
                guard let builder = ReplyBuilder.builder(of: task) else { return nil }
                builder.add(.null)
                return ReplyBuilder.accepted
            },
            freeObject: { _ in })
    }
}
