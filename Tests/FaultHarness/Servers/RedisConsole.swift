/// Commands to whichever Redis answers at a port, each on a connection of its own, outside of the client under test.
package struct RedisConsole: Sendable {
    let port: Int

    /// What is in each list of a queue, by key.
    package func listLengths() async throws -> [String: Int] {
        var lengths: [String: Int] = [:]
        for key in try await command("KEYS", "haat:*").lines where key.hasSuffix(":ready") || key.contains(":active:") {
            let reply = try await command("LLEN", key)
            lengths[key] = reply.lines.first.flatMap { Int($0.dropFirst()) } ?? 0
        }
        return lengths
    }

    /// What somebody may do who can write to it.
    package func tamper(_ words: String...) async throws { try await command(words) }

    func answers() async -> Bool {
        do {
            return try await command("PING").text.hasPrefix("+PONG")
        } catch {
            return false
        }
    }

    /// - Throws: `HarnessError.failed` with an answer that is an error, or none.
    @discardableResult
    func command(_ words: String...) async throws -> Reply { try await command(words) }

    @discardableResult
    private func command(_ words: [String]) async throws -> Reply {
        let request = Self.encode(words) + Self.encode(["QUIT"])
        let answer = try await RawConnection.exchange(request, port: port, within: .seconds(20))
        let reply = Reply(text: String(decoding: answer, as: UTF8.self).removingFarewell)
        guard !reply.text.hasPrefix("-"), !reply.text.isEmpty else {
            throw HarnessError.failed("Redis answers \(words) with \(reply.text)")
        }
        return reply
    }

    private static func encode(_ words: [String]) -> [UInt8] {
        Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
    }

    struct Reply {
        let text: String

        /// The lines that are no lengths.
        var lines: [String] {
            text.split(separator: "\r\n").map(String.init).filter { !$0.hasPrefix("$") && !$0.hasPrefix("*") }
        }
    }
}

extension String {
    /// Without the answer to the QUIT that ends a conversation with Redis.
    fileprivate var removingFarewell: String { hasSuffix("+OK\r\n") ? String(dropLast("+OK\r\n".count)) : self }
}
