/// Why a call to a stranger's address has no answer to show. What it says may be told to the stranger: nothing of our own network is in it.
package enum UntrustedCallError: Error, Sendable, Hashable {
    /// The address, or one that it leads to, is not called: it is malformed, or not public.
    case refused(String)
    /// The name has no address at the moment.
    case unresolved
    /// Nobody took the connection, or not as who they should be.
    case unreachable
    /// The connection ended before the answer did.
    case interrupted
    /// All of it took too long.
    case tooSlow
    /// The answer has more bytes than this.
    case tooLarge(Int)
    case tooManyRedirects
    /// The answer is something else than what was asked for; nil where it doesn't say what.
    case unexpectedContentType(String?)
}

extension UntrustedCallError {
    /// Whether another attempt can end otherwise although nobody changes anything.
    package var isTemporary: Bool {
        switch self {
        case .unresolved, .unreachable, .interrupted, .tooSlow: true
        case .refused, .tooLarge, .tooManyRedirects, .unexpectedContentType: false
        }
    }
}

extension UntrustedCallError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let reason): reason
        case .unresolved: "the host’s name has no address"
        case .unreachable: "the host can’t be reached"
        case .interrupted: "the connection broke"
        case .tooSlow: "the answer took too long"
        case .tooLarge(let limit): "the answer has more than \(limit) bytes"
        case .tooManyRedirects: "the address leads from one to another without end"
        case .unexpectedContentType(let type): "the answer is \(type ?? "of no known type")"
        }
    }
}
