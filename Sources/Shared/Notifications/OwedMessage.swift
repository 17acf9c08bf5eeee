package import Core
import Foundation
package import Orders
import Postgres
package import Vendors

/// How a message reaches somebody.
package enum MessageChannel: String, Sendable, CaseIterable {
    case email
    case sms
}

/// How far a message got.
package enum MessageState: String, Sendable, CaseIterable, PostgresCodable {
    case queued
    /// Handed over, and the answer is not noted yet. Where a process dies here, the message is sent once more under the same id.
    case sending
    case sent
    /// Refused for good.
    case failed
}

/// What a message is about, and for whom.
package enum MessageSubject: Hashable, Sendable {
    /// To the customer of an order, whose timeline tells of it.
    case order(ID<Order>)
    /// To a vendor, about their part of an order.
    case sale(ID<Order>, to: ID<Vendor>)
    /// Something else that has a TypeID, such as an account.
    case other(String)

    /// About what has this id.
    package static func of<Subject>(_ id: ID<Subject>) -> MessageSubject { .other(id.description) }

    var order: ID<Order>? {
        switch self {
        case .order(let order), .sale(let order, _): order
        case .other: nil
        }
    }

    var vendor: ID<Vendor>? { if case .sale(_, let vendor) = self { vendor } else { nil } }

    /// The TypeID of what is no order.
    var other: String? { if case .other(let id) = self { id } else { nil } }

    /// What the audit record names.
    var typeID: String {
        switch self {
        case .order(let order), .sale(let order, _): order.description
        case .other(let id): id
        }
    }
}

/// A message that the shop owes somebody, without its words.
struct OwedMessage: Sendable {
    /// The id of the job that sends it.
    let id: UUID
    let subject: MessageSubject
    let template: String
    let templateVersion: Int
    let locale: MessageLocale
    /// An address or a number, as the channel has it.
    let recipient: String
    /// What the other side knows it by; a repetition has the same one.
    let messageID: String
}
