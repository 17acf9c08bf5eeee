import Catalog
package import Core
import Crypto
import Foundation

/// For whom units are held that nobody has paid for: what they hold already counts.
package struct UnpaidClaim: Sendable, Hashable {
    /// Digests, which lead nobody back to a person.
    let client: Int64?
    let email: Int64?
    let settings: ReservationSettings

    /// Nil where no limit is set for any of them: then nothing is counted, and nobody waits.
    ///
    /// - Parameters:
    ///   - client: a network or an account; nil where only the address is known.
    ///   - email: however it is written.
    package init?(client: String?, email: EmailAddress, settings: ReservationSettings) {
        let isStockLimited = settings.stockShare != nil
        let counted = (
            client: isStockLimited || settings.unitsPerClient != nil ? client : nil,
            email: isStockLimited || settings.unitsPerEmail != nil ? email : nil
        )
        guard counted.client != nil || counted.email != nil else { return nil }
        self.client = counted.client.map { Self.digest("client", $0) }
        self.email = counted.email.map { Self.digest("email", $0.comparisonKey) }
        self.settings = settings
    }

    /// Locked by each of their orders until its transaction ends, in this order: of two at once the second sees what the first
    /// holds. Nobody else waits for them.
    package var locks: [Int64] { [client, email].compactMap(\.self).sorted() }

    private static func digest(_ kind: String, _ text: String) -> Int64 {
        SHA256.hash(data: Array("\(kind):\(text)".utf8)).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// Somebody holds, or would hold, more than anybody may who has not paid.
package struct UnpaidLimitReached: ProblemConvertible, Hashable, Sendable {
    package enum Limit: String, Hashable, Sendable {
        case client, email, stock
    }

    package let limit: Limit

    package init(_ limit: Limit) { self.limit = limit }

    package var problem: Problem {
        Problem(
            type: "unpaid-limit", title: "Too much is held and not paid", status: 409, detail: detail,
            extensions: ["limit": .string(limit.rawValue)])
    }

    private var detail: String {
        switch limit {
        case .client: "Pay or cancel earlier orders from here first, or order less"
        case .email: "Pay or cancel earlier orders of this e-mail address first, or order less"
        case .stock: "So large a part of what is in stock is held for nobody who has not paid; order less"
        }
    }
}
