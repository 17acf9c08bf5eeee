package import Core
package import Foundation
package import Media
package import Orders
package import Vendors

/// A document that was issued, without what it says.
package struct IssuedDocument: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "doc"

    package let id: ID<IssuedDocument>
    package let type: DocumentType
    /// Unique among the issuer's documents of a financial year.
    package let number: String
    package let vendor: ID<Vendor>
    package let order: ID<Order>
    package let vendorOrder: ID<VendorOrder>
    /// What a credit note takes back in part or whole.
    package let original: ID<IssuedDocument>?
    package let issuedAt: Date
    package let total: Money
    /// What was drawn of it so far.
    package let files: [Rendition: ID<MediaFile>]
    package let cancelledAt: Date?

    package init(
        id: ID<IssuedDocument>, type: DocumentType, number: String, vendor: ID<Vendor>, order: ID<Order>,
        vendorOrder: ID<VendorOrder>, original: ID<IssuedDocument>? = nil, issuedAt: Date, total: Money,
        files: [Rendition: ID<MediaFile>] = [:], cancelledAt: Date? = nil
    ) {
        self.id = id
        self.type = type
        self.number = number
        self.vendor = vendor
        self.order = order
        self.vendorOrder = vendorOrder
        self.original = original
        self.issuedAt = issuedAt
        self.total = total
        self.files = files
        self.cancelledAt = cancelledAt
    }
}

/// A document with all that it says.
package struct DocumentDetails: Hashable, Sendable {
    package let document: IssuedDocument
    package let content: DocumentContent

    package init(document: IssuedDocument, content: DocumentContent) {
        self.document = document
        self.content = content
    }
}
