/// The parts of a `redis://` or `rediss://` URL:
/// `redis[s]://[[user]:password@]host[:port][/database][?option=value&…]`.
///
/// User, password and host may be percent-encoded; an IPv6 address stands in brackets. Error texts never repeat the
/// part that may hold the password.
struct RedisURL: Equatable {
    static let defaultPort = 6379

    var usesTLS: Bool
    var host: String
    var port = RedisURL.defaultPort
    var username: String?
    var password: String?
    var database = 0
    var options: [String: String] = [:]

    init(parsing text: String) throws(RedisError) {
        guard let separator = text.firstRange(of: "://") else {
            throw .configuration("the URL has no scheme; expected redis://host:port/database")
        }
        switch text[..<separator.lowerBound].lowercased() {
        case "redis": usesTLS = false
        case "rediss": usesTLS = true
        case let scheme: throw .configuration("unknown URL scheme \"\(scheme)\"; expected redis or rediss")
        }
        let rest = text[separator.upperBound...]
        guard !rest.contains("#") else {
            throw .configuration("the URL has a fragment; write \"#\" in a password as %23")
        }
        let query = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let location = query[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let authority = location[0]
        let at = authority.lastIndex(of: "@")
        (host, port) = try Self.endpoint(at.map { authority[authority.index(after: $0)...] } ?? authority)
        if let at {
            (username, password) = try Self.credentials(authority[..<at])
        }
        if location.count == 2 {
            database = try Self.database(location[1])
        }
        if query.count == 2 {
            options = try Self.options(query[1])
        }
    }

    private static func endpoint(_ text: Substring) throws(RedisError) -> (host: String, port: Int) {
        let hostText: Substring
        let portText: Substring?
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else {
                throw .configuration("the IPv6 address in the URL has no closing bracket")
            }
            hostText = text[text.index(after: text.startIndex)..<bracket]
            let tail = text[text.index(after: bracket)...]
            guard tail.isEmpty || tail.hasPrefix(":") else {
                throw .configuration("only a port may follow the IPv6 address in the URL")
            }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else {
                throw .configuration("an IPv6 address in the URL must stand in brackets, as in redis://[::1]:6379")
            }
            hostText = parts[0]
            portText = parts.count == 2 ? parts[1] : nil
        }
        let host = try decoded(hostText, "host")
        guard !host.isEmpty else { throw .configuration("the URL names no host") }
        guard let portText else { return (host, defaultPort) }
        guard let port = Int(portText), (1...65535).contains(port) else {
            throw .configuration("the port in the URL is not a number between 1 and 65535")
        }
        return (host, port)
    }

    private static func credentials(
        _ text: Substring
    ) throws(RedisError) -> (username: String?, password: String?) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let username = try decoded(parts[0], "user name")
        guard parts.count == 2, !parts[1].isEmpty else {
            guard username.isEmpty else {
                throw .configuration("the URL has a user name without a password; a password alone is :password@")
            }
            return (nil, nil)
        }
        return (username.isEmpty ? nil : username, try decoded(parts[1], "password"))
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), number >= 0 else {
            throw .configuration("the path of the URL must be a database number, as in redis://host:6379/0")
        }
        return number
    }

    private static func options(_ text: Substring) throws(RedisError) -> [String: String] {
        var options: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else {
                throw .configuration("the URL option \"\(sides[0])\" has no value")
            }
            options[String(sides[0])] = try decoded(sides[1], "option \"\(sides[0])\"")
        }
        return options
    }

    private static func decoded(_ text: Substring, _ part: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            // A sign would be read as part of the number.
            let digits = rest.prefix(2)
            guard digits.count == 2, !digits.contains(where: "+-".utf8.contains),
                let value = UInt8(String(digits) ?? "", radix: 16)
            else {
                throw .configuration("the \(part) in the URL has a broken percent-encoding")
            }
            bytes.append(value)
            rest.removeFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .configuration("the \(part) in the URL is not valid UTF-8")
        }
        return decoded
    }
}
