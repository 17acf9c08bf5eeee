import Complaints
package import Core
package import Foundation
import Orders
import Payments
package import Postgres
package import Vendors

/// Something that happened to an order, wherever it is on record.
package struct TimelineEntry: Hashable, Sendable {
    package enum Source: String, Hashable, Sendable, CaseIterable {
        case order, payment, refund, complaint, dispute, note
    }

    package let source: Source
    /// What happened, in the words of the source.
    package let kind: String
    /// What it was about, such as a payment; may be empty.
    package let reference: String
    package let happenedAt: Date
    package let amount: Money?
    /// Of a note; of a refund its reason; of a payment the gateway.
    package let text: String?
    /// As the audit record names them.
    package let author: String?
    /// Whose note it is; nil: the staff's.
    package let vendor: ID<Vendor>?
    /// Tells it from all others of its source.
    let key: String

    package init(
        source: Source, kind: String, reference: String = "", at time: Date, amount: Money? = nil, text: String? = nil,
        author: String? = nil, vendor: ID<Vendor>? = nil, key: String = ""
    ) {
        self.source = source
        self.kind = kind
        self.reference = reference
        happenedAt = time
        self.amount = amount
        self.text = text
        self.author = author
        self.vendor = vendor
        self.key = key
    }
}

extension TimelineEntry: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let word: String = try row.decode("source")
        guard let source = Source(rawValue: word) else { throw .decoding("\(word) is no source of a timeline") }
        let subject: UUID? = try row.decode("subject")
        let minorUnits: Int64? = try row.decode("amount_minor")
        let currency: Currency? = try row.decode("currency")
        let text: String = try row.decode("reference")
        let reference =
            switch (source, subject) {
            case (.payment, let id?): ID<Payment>(uuid: id).description
            case (.refund, let id?): ID<Refund>(uuid: id).description
            case (.complaint, let id?): ID<Complaint>(uuid: id).description
            case (.dispute, let id?): ID<Dispute>(uuid: id).description
            case (.note, let id?): ID<OrderNote>(uuid: id).description
            default: text
            }
        var amount: Money?
        if let minorUnits, let currency { amount = Money(minorUnits: minorUnits, currency: currency) }
        self.init(
            source: source, kind: try row.decode("kind"), reference: reference, at: try row.decode("at"),
            amount: amount, text: try row.decode("text"), author: try row.decode("author"),
            vendor: try row.decode("vendor_id"), key: try row.decode("key"))
    }
}
