@testable import Redis

/// Replies are the same however the network cuts them, and what a server writes is read.
enum RedisChecks {
    private static let maximumReplyBytes = 2_048

    static func check(_ bytes: [UInt8]) {
        let whole = decode([bytes[...]])
        let first = Int(bytes.first ?? 0)
        let cuts = stride(from: 0, to: bytes.count, by: 1 + first % 7).map {
            bytes[$0..<min($0 + 1 + first % 7, bytes.count)]
        }
        let pieces = decode(cuts)
        promise(whole.hasFailed == pieces.hasFailed, "pieces fail where the whole does not, or the other way round")
        promise(whole.replies == pieces.replies, "pieces give other replies")
        for reply in whole.replies {
            checkViews(reply)
            guard !reply.isStatusOfSeveralLines else { continue }
            let again = decode([Resp.bytes(of: reply)[...]])
            promise(again.replies == [reply] && !again.hasFailed, "written and read again it is another reply")
        }
        checkURL(bytes)
    }

    private static func decode(_ pieces: [ArraySlice<UInt8>]) -> (replies: [RedisValue], hasFailed: Bool) {
        let decoder = ReplyDecoder(maximumReplyBytes: maximumReplyBytes)
        var replies: [RedisValue] = []
        do {
            for piece in pieces {
                try piece.withUnsafeBytes { bytes in try decoder.decode(bytes) { reply in replies.append(reply) } }
            }
            return (replies, false)
        } catch {
            return (replies, true)
        }
    }

    private static func checkViews(_ reply: RedisValue) {
        promise(reply.text.map { Array($0.utf8) == reply.bytes } ?? true, "a text of other bytes")
        promise(
            reply.int.map { reply == .integer($0) || reply.text.flatMap { Int($0) } == $0 } ?? true, "another number")
        let isFit = ServerFitness.verdict(onRole: reply) == .fit
        promise(!isFit || reply.elements?.first?.text == "master", "a replica that is fit")
    }

    private static func checkURL(_ bytes: [UInt8]) {
        _ = accepted { () throws(RedisError) in try RedisURL(parsing: String(decoding: bytes, as: UTF8.self)) }
        var fuzzed = FuzzedBytes(bytes)
        let (username, password, host) = (fuzzed.text(), fuzzed.text(), fuzzed.text())
        guard !host.isEmpty, !password.isEmpty else { return }
        let text = "rediss://\(escaped(username)):\(escaped(password))@\(escaped(host)):6380/3?a=\(escaped(host))"
        let url = accepted { () throws(RedisError) in try RedisURL(parsing: text) }
        promise(url?.password.map { Array($0.utf8) } == Array(password.utf8), "another password")
        promise(url.map { Array($0.host.utf8) } == Array(host.utf8), "another host")
        promise(url?.options["a"].map { Array($0.utf8) } == Array(host.utf8), "another option")
        promise(url?.database == 3 && url?.port == 6380 && url?.usesTLS == true, "another server")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// RESP2 as a server writes it.
private enum Resp {
    static func bytes(of value: RedisValue) -> [UInt8] {
        switch value {
        case .null: Array("$-1\r\n".utf8)
        case .string(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .status(let text): Array("+\(text)\r\n".utf8)
        case .error(let text): Array("-\(text)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .array(let elements): Array("*\(elements.count)\r\n".utf8) + elements.flatMap(bytes(of:))
        }
    }
}

extension RedisValue {
    /// A status line may hold a line break that is not one of RESP's; written anew, repaired text may be longer than the limit.
    fileprivate var isStatusOfSeveralLines: Bool {
        switch self {
        case .status(let text), .error(let text):
            text.utf8.contains(UInt8(ascii: "\r")) || text.unicodeScalars.contains("\u{FFFD}")
        case .array(let elements): elements.contains(where: \.isStatusOfSeveralLines)
        default: false
        }
    }
}
