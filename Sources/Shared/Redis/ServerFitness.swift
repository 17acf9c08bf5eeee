/// What a server's answers say about its being of use: a primary that has its data.
///
/// A server may go on answering after it was demoted, or while it loads. Only a new connection may lead elsewhere, to
/// whatever was promoted behind the same address. Errors that a new connection would meet as well (`MISCONF`,
/// `NOREPLICAS`, `OOM`) are not of this kind.
enum ServerFitness {
    /// `UNBLOCKED` ends a blocking command of a server that has become a replica. `NOAUTH` shows that the connection leads
    /// to another server than the one that it has authenticated to.
    private static let codes = ["READONLY", "LOADING", "MASTERDOWN", "UNBLOCKED", "NOAUTH"]
    /// Before version 7 a script's error wraps the command's; and so does that of a transaction.
    private static let wrappings = [
        (prefix: "ERR Error running script", separator: ": -"), (prefix: "EXECABORT ", separator: "because of: "),
    ]

    /// Whether an error reply shows that its server is of no use.
    static func isRefuted(by error: String) -> Bool {
        if startsWithCode(error.utf8[...]) { return true }
        return wrappings.contains { wrapping in
            guard error.utf8.starts(with: wrapping.prefix.utf8) else { return false }
            return error.utf8.ranges(of: wrapping.separator.utf8).contains {
                startsWithCode(error.utf8[$0.upperBound...])
            }
        }
    }

    private static func startsWithCode(_ error: Substring.UTF8View) -> Bool {
        let code = error.prefix { $0 != UInt8(ascii: " ") }
        return codes.contains { $0.utf8.elementsEqual(code) }
    }

    /// What an answer to `ROLE` tells.
    enum Verdict: Equatable {
        case fit
        case unfit(String)
        /// An access list may forbid the command, and a proxy may not know it.
        case unknown
    }

    static func verdict(onRole reply: RedisValue) -> Verdict {
        if case .error(let message) = reply { return isRefuted(by: message) ? .unfit(message) : .unknown }
        return switch reply.elements?.first?.text {
        case "master": .fit
        case "slave": .unfit("it is a replica")
        default: .unfit("it is no primary")
        }
    }
}
