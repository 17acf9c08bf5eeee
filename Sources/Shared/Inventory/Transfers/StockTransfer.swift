package import Catalog
package import Core
package import Foundation
import Postgres
package import Vendors

/// Goods on their way from one of a vendor's places to another. What is on its way is not for sale.
package struct StockTransfer: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "trf"
    package static let lineCount = 1...200
    package static let quantity: ClosedRange<Int64> = 1...1_000_000_000
    /// What a note must be like.
    package static let note = TextRule(0...500, .line)

    /// A variant that is moved.
    package struct Line: Hashable, Sendable {
        package let variant: ID<Variant>
        package let batch: ID<StockBatch>?
        package let quantity: Int64
        /// What arrived; the rest was lost on the way.
        package let received: Int64?

        package init(variant: ID<Variant>, batch: ID<StockBatch>? = nil, quantity: Int64, received: Int64? = nil) {
            self.variant = variant
            self.batch = batch
            self.quantity = quantity
            self.received = received
        }
    }

    package let id: ID<StockTransfer>
    package let vendor: ID<Vendor>
    /// nil for the vendor's usual place.
    package let origin: ID<PickupLocation>?
    package let destination: ID<PickupLocation>?
    package let state: StockTransferState
    package let note: String
    package let createdBy: AuditActor
    package let createdAt: Date
    package let sentAt: Date?
    /// When it arrived or was given up.
    package let closedAt: Date?

    package init(
        id: ID<StockTransfer>, vendor: ID<Vendor>, origin: ID<PickupLocation>?, destination: ID<PickupLocation>?,
        state: StockTransferState = .draft, note: String = "", createdBy: AuditActor, createdAt: Date,
        sentAt: Date? = nil, closedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.origin = origin
        self.destination = destination
        self.state = state
        self.note = note
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.sentAt = sentAt
        self.closedAt = closedAt
    }
}

/// How far a transfer is.
package enum StockTransferState: String, Hashable, Sendable, CaseIterable, Codable {
    /// Nothing has left.
    case draft
    case inTransit = "in_transit"
    case received
    /// Given up; what had left is back.
    case cancelled
}

/// A transfer with what is moved.
package struct StockTransferDetails: Hashable, Sendable {
    package let transfer: StockTransfer
    package let lines: [StockTransfer.Line]

    package init(transfer: StockTransfer, lines: [StockTransfer.Line]) {
        self.transfer = transfer
        self.lines = lines
    }
}

/// A transfer as somebody enters it.
package struct NewStockTransfer: Hashable, Sendable {
    package let origin: ID<PickupLocation>?
    package let destination: ID<PickupLocation>?
    package let lines: [StockTransfer.Line]
    package let note: String

    package init(
        from origin: ID<PickupLocation>?, to destination: ID<PickupLocation>?, lines: [StockTransfer.Line],
        note: String = ""
    ) {
        self.origin = origin
        self.destination = destination
        self.lines = lines
        self.note = note
    }

    func check() throws(Problem) {
        var check = InputCheck()
        if origin == destination {
            check.fail("/to_location_id", "same", "must be another place than from_location_id")
        }
        check.number("/lines", lines.count, in: StockTransfer.lineCount)
        check.text("/note", note, StockTransfer.note)
        var known: Set<StockTransfer.Line> = []
        for (index, line) in lines.prefix(StockTransfer.lineCount.upperBound).enumerated() {
            check.number("/lines/\(index)/quantity", line.quantity, in: StockTransfer.quantity)
            let place = StockTransfer.Line(variant: line.variant, batch: line.batch, quantity: 0)
            if !known.insert(place).inserted {
                check.fail("/lines/\(index)", "duplicate", "the same units stand in an earlier line")
            }
        }
        try check.finish()
    }
}
