package import Catalog
package import Core
package import Jobs
package import Vendors

/// How many units can be bought has changed, of each of these once in a transaction. That goods which were held are paid for changes it not.
package struct StockChanged: Event, Hashable {
    package static let name = "stock.changed"

    /// A variant, and what it belongs to.
    package struct Item: Codable, Hashable, Sendable {
        package let variantID: ID<Variant>
        package let productID: ID<Product>
        package let vendorID: ID<Vendor>

        package init(variantID: ID<Variant>, productID: ID<Product>, vendorID: ID<Vendor>) {
            self.variantID = variantID
            self.productID = productID
            self.vendorID = vendorID
        }
    }

    package let items: [Item]

    package init(items: [Item]) { self.items = items }
}

extension StockChanged.Item {
    /// Those that a recorded event names.
    package static func all(of event: RecordedEvent) -> [StockChanged.Item] {
        (JSONValue(recorded: event.payload)["items"]?.arrayValue ?? []).compactMap { item in
            guard let variant = item["variant_id"]?.textValue.flatMap({ ID<Variant>($0.string) }),
                let product = item["product_id"]?.textValue.flatMap({ ID<Product>($0.string) }),
                let vendor = item["vendor_id"]?.textValue.flatMap({ ID<Vendor>($0.string) })
            else { return nil }
            return StockChanged.Item(variantID: variant, productID: product, vendorID: vendor)
        }
    }
}

/// No more units of a variant are left than its threshold says; told when that comes to be.
package struct StockLow: Event, Hashable {
    package static let name = "stock.low"

    package let variantID: ID<Variant>
    package let productID: ID<Product>
    package let vendorID: ID<Vendor>
    /// Units that are nobody's yet.
    package let left: Int64

    package init(variantID: ID<Variant>, productID: ID<Product>, vendorID: ID<Vendor>, left: Int64) {
        self.variantID = variantID
        self.productID = productID
        self.vendorID = vendorID
        self.left = left
    }
}

/// Units of a batch may not be sold any more.
package struct StockBatchEnded: Event, Hashable {
    package static let name = "stock.batch_ended"

    package let batchID: ID<StockBatch>
    package let variantID: ID<Variant>
    package let vendorID: ID<Vendor>
    /// Units that were taken out of stock.
    package let withdrawn: Int64
    /// Units that orders count on: others have to be found for them.
    package let promised: Int64
}

/// A batch of licence keys is not trusted any more: whoever has bought one of them is to know.
package struct LicenceKeyBatchQuarantined: Event, Hashable {
    package static let name = "licence_key_batch.quarantined"

    package let batchID: ID<LicenceKeyBatch>
    package let variantID: ID<Variant>
    package let vendorID: ID<Vendor>
}

/// Goods were sent from one of a vendor's places to another, have arrived there, or came back.
package struct StockTransferMoved: Event, Hashable {
    package static let name = "stock.transfer_moved"

    package let transferID: ID<StockTransfer>
    package let vendorID: ID<Vendor>
    package let state: StockTransferState
}

/// All rows of a stock take have been looked at.
package struct StockTakeFinished: Event, Hashable {
    package static let name = "stock.take_finished"

    package let takeID: ID<StockTake>
    package let vendorID: ID<Vendor>
}

/// What a transaction has done to a variant's stock, as far as others want to know.
package struct StockChange: Hashable, Sendable {
    package let item: StockChanged.Item
    /// Told when no more are left.
    private let threshold: Int64?
    /// Units that were nobody's.
    private let before: Int64
    private let after: Int64

    init(_ item: StockChanged.Item, threshold: Int64?, free before: Int64, afterwards after: Int64) {
        self.item = item
        self.threshold = threshold
        self.before = before
        self.after = after
    }

    /// What is to be told where it has just become low.
    fileprivate var low: StockLow? {
        guard let threshold, before > threshold, after <= threshold else { return nil }
        return StockLow(
            variantID: item.variantID, productID: item.productID, vendorID: item.vendorID, left: after)
    }

    fileprivate var isAny: Bool { before != after }
}

extension UnitOfWork {
    /// Tells what was done to stock, in one event, and which of it has become low.
    package func publish(_ changes: [StockChange]) throws {
        let items = changes.filter(\.isAny).map(\.item)
        if !items.isEmpty { try publish(StockChanged(items: items)) }
        for low in changes.compactMap(\.low) { try publish(low) }
    }
}
