/// The name of an account of ours at a courier: `steadfast` for the main one there, `steadfast/dhaka` for a further one. As in rows,
/// logs, settings and URLs.
package struct CourierName: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
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

    /// Nobody's account: the vendor brings the goods and says so.
    package static let ownDelivery = CourierName(rawValue: "own_delivery")
}
