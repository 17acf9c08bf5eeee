import Postgres

/// What a file is for. From it follows what it may be, how large, and whether everybody may see it.
package enum MediaPurpose: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case productImage = "product_image"
    /// A vendor's logo or banner.
    case vendorImage = "vendor_image"
    /// What a vendor proves something with, such as a trade licence.
    case vendorDocument = "vendor_document"
    /// What somebody shows about an order that they complain of, or answer for.
    case complaintAttachment = "complaint_attachment"
    /// A table to be read in by a job.
    case `import`
    /// An invoice or another paper that belongs to an order.
    case orderDocument = "order_document"
    /// Orders as a table, written for whoever asked.
    case orderExport = "order_export"
    /// What is sold with a variant, such as an installer.
    case download
    /// What the marketplace holds about a person, written for them alone.
    case personalData = "personal_data"

    package var contentTypes: Set<MediaType> {
        switch self {
        case .productImage, .vendorImage: [.jpeg, .png, .webP, .gif]
        case .vendorDocument: [.pdf, .jpeg, .png]
        case .complaintAttachment: [.pdf, .jpeg, .png, .webP]
        case .import, .orderExport: [.csv]
        case .orderDocument: [.pdf]
        case .personalData: [.json]
        case .download: [.zip, .pdf, .binary]
        }
    }

    package var maximumBytes: Int {
        switch self {
        case .vendorImage: 2 << 20
        case .productImage, .vendorDocument, .orderDocument, .complaintAttachment: 10 << 20
        case .import, .orderExport, .personalData, .download: 100 << 20
        }
    }

    /// Images may be: they are meant to be shown. Documents and tables tell about people and trade.
    package var mayBePublic: Bool {
        switch self {
        case .productImage, .vendorImage: true
        case .vendorDocument, .orderDocument, .orderExport, .complaintAttachment, .import, .personalData, .download:
            false
        }
    }

    /// Whether it is for those alone who asked for it: nobody else lists such files, or gets links to them.
    package var isPersonal: Bool { self == .personalData || self == .orderExport }

    /// Whether somebody uploads such files; others are of the marketplace's own making.
    package var isUploaded: Bool { !isPersonal && self != .orderDocument }

    /// The limit of the largest.
    package static var largestBytes: Int { allCases.map(\.maximumBytes).max() ?? 0 }
}
