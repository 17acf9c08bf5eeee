package import Core

/// How many units of a line have come how far.
package struct LineProgress: Hashable, Sendable {
    /// With a courier, or beyond.
    package var handedOver: Int64
    /// With the customer, or beyond.
    package var delivered: Int64
    /// With the vendor again, after the customer had them.
    package var returned: Int64
    /// Whether the customer took some of its units and nobody says which.
    package var isPartlyDelivered: Bool

    package init(handedOver: Int64 = 0, delivered: Int64 = 0, returned: Int64 = 0, isPartlyDelivered: Bool = false) {
        self.handedOver = handedOver
        self.delivered = delivered
        self.returned = returned
        self.isPartlyDelivered = isPartlyDelivered
    }
}

extension OrderLine {
    /// The units that are to be handed over.
    var due: Int64 { quantity - cancelled }

    /// How far it has come by what is written of it as a whole.
    var wholeProgress: LineProgress {
        LineProgress(handedOver: fulfilledAt == nil ? 0 : due, delivered: deliveredAt == nil ? 0 : due)
    }
}

extension FulfilmentState {
    /// How far these lines have come together; what was cancelled whole does not count.
    /// - Parameter progress: of lines that go by units; the others as a whole.
    init(of all: some Collection<OrderLine>, _ progress: [ID<OrderLine>: LineProgress]) {
        let lines = all.filter { !$0.isCancelled }.map { ($0.due, progress[$0.id] ?? $0.wholeProgress) }
        self =
            if lines.isEmpty, !all.isEmpty {
                .cancelled
            } else if lines.allSatisfy({ $1.returned >= $0 }) {
                .returned
            } else if lines.allSatisfy({ $1.delivered >= $0 }) {
                .delivered
            } else if lines.allSatisfy({ $1.handedOver >= $0 }) {
                lines.contains { $1.delivered > 0 || $1.isPartlyDelivered } ? .partiallyDelivered : .fulfilled
            } else {
                lines.contains { $1.handedOver > 0 } ? .partiallyFulfilled : .unfulfilled
            }
    }
}
