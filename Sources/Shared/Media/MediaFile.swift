package import Core
package import Foundation

/// Who may fetch a file.
package enum MediaVisibility: String, Hashable, Sendable, CaseIterable {
    /// Whoever knows its address.
    case `public`
    /// Whoever holds a link that somebody entitled has asked for.
    case `private`
}

/// A file that was uploaded.
package struct MediaFile: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "med"

    package let id: ID<MediaFile>
    /// The vendor whose it is; nil for the marketplace's own.
    package let vendor: UUID?
    package let purpose: MediaPurpose
    package let visibility: MediaVisibility
    package let contentType: MediaType
    package let sizeBytes: Int64
    package let sha256: [UInt8]
    /// As the uploader calls it: a text, never a path.
    package let fileName: String?
    package let createdBy: AuditActor
    package let createdAt: Date

    package init(
        id: ID<MediaFile>, vendor: UUID?, purpose: MediaPurpose, visibility: MediaVisibility,
        contentType: MediaType, sizeBytes: Int64, sha256: [UInt8], fileName: String?, createdBy: AuditActor,
        createdAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.purpose = purpose
        self.visibility = visibility
        self.contentType = contentType
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.fileName = fileName
        self.createdBy = createdBy
        self.createdAt = createdAt
    }
}

/// What somebody says of a file that they upload.
package struct NewMedia: Hashable, Sendable {
    /// What a file's name must be like.
    package static let fileName = TextRule(1...255, .line)

    /// The vendor whose it is to be; nil for the uploader's own.
    package let vendor: UUID?
    package let purpose: MediaPurpose
    package let visibility: MediaVisibility
    package let contentType: MediaType
    package let fileName: String?

    package init(
        vendor: UUID?, purpose: MediaPurpose, visibility: MediaVisibility, contentType: MediaType,
        fileName: String?
    ) {
        self.vendor = vendor
        self.purpose = purpose
        self.visibility = visibility
        self.contentType = contentType
        self.fileName = fileName
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func check() throws(Problem) {
        var check = InputCheck()
        if let fileName { check.text("/file_name", fileName, Self.fileName) }
        if visibility == .public, !purpose.mayBePublic {
            check.fail("/visibility", "not_public", "files of this purpose are private")
        }
        if !purpose.contentTypes.contains(contentType) {
            let types = purpose.contentTypes.map(\.rawValue).sorted().joined(separator: ", ")
            check.fail("/purpose", "content_type", "takes \(types)")
        }
        try check.finish()
    }
}
