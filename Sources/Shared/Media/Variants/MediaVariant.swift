package import Core
import Postgres

/// A smaller picture that was made of an uploaded one.
package struct MediaVariant: Hashable, Sendable {
    /// The file that it is itself.
    package let id: ID<MediaFile>
    package let contentType: MediaType
    /// In pixels.
    package let width: Int
    package let height: Int

    package init(id: ID<MediaFile>, contentType: MediaType, width: Int, height: Int) {
        self.id = id
        self.contentType = contentType
        self.width = width
        self.height = height
    }
}

/// A picture that was made of another one, before it is kept.
package struct ScaledPicture: Hashable, Sendable {
    package let contentType: MediaType
    package let width: Int
    package let height: Int
    package let bytes: [UInt8]

    package init(contentType: MediaType, width: Int, height: Int, bytes: [UInt8]) {
        self.contentType = contentType
        self.width = width
        self.height = height
        self.bytes = bytes
    }
}

/// Makes smaller pictures, upright and without what cameras and programs note in them, such as places.
package protocol PictureScaler: Sendable {
    /// One for each width that is less than the picture's own, and one of its own width or the largest of these; each in every type that is
    /// made.
    /// - Throws: ``UnusablePicture``.
    func scale(_ bytes: [UInt8], to widths: [Int]) async throws -> [ScaledPicture]
}

/// Nothing can be made of a picture: it is damaged, or has more pixels than are looked at.
package struct UnusablePicture: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ reason: String) { description = reason }
}
