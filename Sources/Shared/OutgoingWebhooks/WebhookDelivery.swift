package import Core
package import Foundation

/// A message to an endpoint, and how far it got.
package struct WebhookDelivery: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "wdl"

    package enum State: String, Hashable, Sendable, CaseIterable {
        /// To be sent, for the first time or again.
        case pending
        case delivered
        /// Nothing more is tried.
        case failed
    }

    package let id: ID<WebhookDelivery>
    package let endpoint: ID<WebhookEndpoint>
    /// What the receiver knows it by: repetitions have the same.
    package let event: UUID
    package let eventType: String
    /// As it is signed and sent.
    package let body: String
    package let state: State
    /// Calls that were made.
    package let attempts: Int
    /// Of those that were made since it was last asked for, the ones that failed.
    package let failures: Int
    /// When it is to be sent next; nil unless it is pending.
    package let dueAt: Date?
    package let createdAt: Date

    package init(
        id: ID<WebhookDelivery>, endpoint: ID<WebhookEndpoint>, event: UUID, eventType: String, body: String,
        state: State = .pending, attempts: Int = 0, failures: Int = 0, dueAt: Date?, createdAt: Date
    ) {
        self.id = id
        self.endpoint = endpoint
        self.event = event
        self.eventType = eventType
        self.body = body
        self.state = state
        self.attempts = attempts
        self.failures = failures
        self.dueAt = dueAt
        self.createdAt = createdAt
    }
}

/// One call of a delivery, on record.
package struct WebhookAttempt: Hashable, Sendable {
    /// The first is 1.
    package let number: Int
    package let startedAt: Date
    package let milliseconds: Int
    /// nil where there was no answer.
    package let status: Int?
    /// Why there was none.
    package let error: String?
    /// The beginning of the answer's body.
    package let answer: String

    package init(number: Int, startedAt: Date, milliseconds: Int, status: Int?, error: String?, answer: String) {
        self.number = number
        self.startedAt = startedAt
        self.milliseconds = milliseconds
        self.status = status
        self.error = error
        self.answer = answer
    }
}

/// A delivery with its calls.
package struct WebhookDeliveryDetails: Hashable, Sendable {
    /// More calls than a delivery has; of one that was asked for again and again the newest are told.
    package static let mostAttempts = 100

    package let delivery: WebhookDelivery
    /// The newest first.
    package let attempts: [WebhookAttempt]

    package init(delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        self.delivery = delivery
        self.attempts = attempts
    }
}
