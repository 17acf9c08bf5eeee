/// The name of a payment gateway, which is an account of ours at a provider: `stripe` for the main one, `stripe/eu` for a further one.
/// As in rows, logs, settings and URLs.
package struct GatewayName: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    /// What stands before the slash.
    package var provider: String { String(rawValue.prefix { $0 != "/" }) }

    /// What stands behind it; nil for the main account.
    package var account: String? {
        rawValue.firstIndex(of: "/").map { String(rawValue[$0...].dropFirst()) }
    }
}
