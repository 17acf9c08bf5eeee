/// Why a Redis call did not give a value.
package enum RedisError: Error, Sendable, Hashable {
    /// The configuration can't be used; the text names what is wrong and never holds a password.
    case configuration(String)
    /// Nothing was sent: no connection is up, or the client is not running. The call may be repeated safely.
    case unavailable(String)
    /// The connection ended while the command was in flight, so its outcome is unknown.
    case connectionLost(String)
    /// No reply within the time allowed; the command may still take effect.
    case timedOut
    /// The server refused the command; the text is the server's, starting with its code (`WRONGTYPE …`).
    case server(String)
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .configuration(let reason): "Redis configuration: \(reason)"
        case .unavailable(let reason): "Redis is unavailable: \(reason)"
        case .connectionLost(let reason): "the connection to Redis was lost: \(reason)"
        case .timedOut: "Redis did not answer in time"
        case .server(let message): "Redis refused the command: \(message)"
        }
    }
}
