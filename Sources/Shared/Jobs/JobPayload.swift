/// The name of a queue: lower-case letters, digits and underscores, because it becomes part of Redis keys.
package struct QueueName: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    /// `nil` where the name could not stand in a Redis key.
    package init?(rawValue: String) {
        let allowed = rawValue.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "_")
        }
        guard allowed, (1...64).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    private init(known: String) {
        rawValue = known
    }

    package var description: String { rawValue }

    /// Stored webhook events waiting to be understood.
    package static let webhooks = QueueName(known: "webhooks")
    /// Licence keys waiting to be assigned.
    package static let delivery = QueueName(known: "delivery")
    /// E-mails waiting to be sent.
    package static let email = QueueName(known: "email")
    /// Texts to telephones waiting to be sent.
    package static let sms = QueueName(known: "sms")
    /// Refunds and other calls to gateways.
    package static let payments = QueueName(known: "payments")
    /// Expiry of unpaid orders.
    package static let orders = QueueName(known: "orders")
    /// Parcels that couriers are told of or asked about.
    package static let shipping = QueueName(known: "shipping")
    /// Invoices and other papers waiting to be drawn.
    package static let documents = QueueName(known: "documents")
    /// Tables of products, read in and written.
    package static let imports = QueueName(known: "imports")
    /// Pictures that tables name by their addresses.
    package static let pictures = QueueName(known: "pictures")
    /// What searches find, to be brought in line with the catalogue.
    package static let search = QueueName(known: "search")
    /// What caches before the API are to drop.
    package static let caches = QueueName(known: "caches")
    /// Outgoing webhooks waiting to be sent.
    package static let callbacks = QueueName(known: "callbacks")
    /// The same for receivers that did not answer last.
    package static let callbackRetries = QueueName(known: "callback_retries")
    /// Partitions, purges and other house-keeping.
    package static let maintenance = QueueName(known: "maintenance")

    /// Where its jobs stand when a worker has more to do than it can do at once.
    var urgency: QueueUrgency {
        switch self {
        case .webhooks, .delivery: .urgent
        case .email, .sms, .documents, .imports, .pictures, .callbacks, .callbackRetries: .yielding
        default: .indifferent
        }
    }

    /// Every queue of this version, in the order in which operators read them.
    package static let all: [QueueName] = [
        .webhooks, .delivery, .payments, .orders, .shipping, .email, .sms, .documents, .search, .imports, .pictures,
        .caches, .callbacks, .callbackRetries, .maintenance,
    ]
}

/// Whether jobs come before others in a crowd.
enum QueueUrgency: Sendable {
    /// Money that came in and goods that go out.
    case urgent
    /// They wait for outsiders or have time, and neither make way nor make others wait.
    case indifferent
    /// They step back while many urgent ones run.
    case yielding
}

/// What a job of one kind carries. A payload is stored as JSON and outlives deployments: add optional fields, never rename.
package protocol JobPayload: Codable, Sendable {
    /// The stable name under which handlers register, such as `orders.deliver_keys`.
    static var kind: String { get }
    static var queue: QueueName { get }
    /// At most one job of this kind with this key is ever recorded; `nil` for no such bound.
    var uniqueKey: String? { get }
}

extension JobPayload {
    package var uniqueKey: String? { nil }
}
