package import Core
package import Foundation
package import Media
package import Orders

/// A file that is sold with a variant.
package struct VariantDownload: Hashable, Sendable {
    /// What a title must be like.
    package static let title = TextRule(1...120, .line)
    /// How often each order may fetch a file.
    package static let limit = 1...1_000
    /// How many files a variant may have.
    package static let mostPerVariant = 20

    package let media: ID<MediaFile>
    /// As buyers are told.
    package let title: String
    /// How often each order may fetch it.
    package let limit: Int

    package init(media: ID<MediaFile>, title: String, limit: Int = 5) {
        self.media = media
        self.title = title
        self.limit = limit
    }
}

/// A file that an order's customer may fetch.
package struct OrderDownload: Hashable, Sendable {
    package let line: ID<OrderLine>
    package let file: VariantDownload
    package let sizeBytes: Int64
    package let fileName: String?
    /// How often they were given a link.
    package let links: Int

    package init(line: ID<OrderLine>, file: VariantDownload, sizeBytes: Int64, fileName: String?, links: Int) {
        self.line = line
        self.file = file
        self.sizeBytes = sizeBytes
        self.fileName = fileName
        self.links = links
    }

    /// How many links they may still be given.
    package var left: Int { max(file.limit - links, 0) }
}

extension Problem {
    package static let downloadsUsedUp = Problem.conflict(
        "downloads-used-up", title: "The file was fetched as often as it may be",
        detail: "Ask the shop if you need it once more")
}
