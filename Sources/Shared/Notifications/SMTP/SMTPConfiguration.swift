import Foundation

/// Where and how mail leaves: `smtp://[user:password@]host[:port][?starttls=required|none]`, or `smtps://` for TLS from the first byte.
package struct SMTPConfiguration: Sendable {
    package enum StartTLS: String, Sendable {
        case required
        /// Whatever the mails carry, keys among it, can be read on the way.
        case none
    }

    /// Why a setting is not a usable SMTP URL; names the part that is wrong.
    package struct Invalid: Error, CustomStringConvertible {
        package let description: String
    }

    package let host: String
    package let port: Int
    package let implicitTLS: Bool
    package let startTLS: StartTLS
    package let user: String?
    package let password: String?
    package var connectTimeout: Duration = .seconds(5)
    /// For one whole delivery, connecting included.
    package var timeout: Duration = .seconds(30)
    /// Deliveries at the same time, each on a connection of its own.
    package var connections = 4

    /// `starttls` defaults to `required`: who stands in between could take away the offer of one that is only tried. Ports default to 587 with a user, 25
    /// without, 465 for `smtps`.
    package init(url: String) throws(Invalid) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased() else {
            throw Invalid(description: "not a URL; expected smtp://host:port")
        }
        guard scheme == "smtp" || scheme == "smtps" else {
            throw Invalid(description: "scheme '\(scheme)' is not smtp or smtps")
        }
        guard let host = parts.host, !host.isEmpty else { throw Invalid(description: "the host is missing") }
        guard parts.path.isEmpty || parts.path == "/" else {
            throw Invalid(description: "a path ('\(parts.path)') has no meaning here")
        }
        let port = parts.port ?? (scheme == "smtps" ? 465 : parts.user == nil ? 25 : 587)
        guard (1...65_535).contains(port) else { throw Invalid(description: "port \(port) is out of range") }
        self.host = host
        self.port = port
        implicitTLS = scheme == "smtps"
        user = parts.user
        password = parts.password
        startTLS = try Self.startTLS(in: parts.queryItems ?? [])
    }

    private static func startTLS(in items: [URLQueryItem]) throws(Invalid) -> StartTLS {
        var result = StartTLS.required
        for item in items {
            guard item.name == "starttls" else { throw Invalid(description: "unknown option '\(item.name)'") }
            guard let value = item.value.flatMap(StartTLS.init(rawValue:)) else {
                throw Invalid(description: "starttls is '\(item.value ?? "")'; expected required or none")
            }
            result = value
        }
        return result
    }
}
