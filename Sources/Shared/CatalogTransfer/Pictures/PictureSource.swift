import Core
package import Media
package import Outbound

/// Where the pictures are that files name by their addresses.
package protocol PictureSource: Sendable {
    /// - Throws: `PictureFailure`.
    func picture(at url: String) async throws -> FetchedPicture
}

/// A picture and what it is by its own bytes.
package struct FetchedPicture: Sendable {
    package let bytes: [UInt8]
    package let type: MediaType

    package init(bytes: [UInt8], type: MediaType) {
        self.bytes = bytes
        self.type = type
    }
}

/// Why there is no picture, in words that may be told.
package struct PictureFailure: Error, Hashable, Sendable {
    package let message: String
    /// Whether another attempt can end otherwise although nobody changes anything.
    package let isTemporary: Bool

    package init(_ message: String, isTemporary: Bool = false) {
        self.message = message
        self.isTemporary = isTemporary
    }
}

/// The public Internet.
package struct InternetPictures: PictureSource {
    private let client: UntrustedClient

    package init(client: UntrustedClient) { self.client = client }

    package func picture(at url: String) async throws -> FetchedPicture {
        let bytes: [UInt8]
        do {
            bytes = try await client.call(
                UntrustedRequest(url: url), UntrustedLimits(bodyBytes: MediaPurpose.productImage.maximumBytes)
            ) { response in
                guard response.status == 200 else {
                    throw PictureFailure(
                        "the answer was \(response.status)",
                        isTemporary: response.status >= 500 || response.status == 429 || response.status == 408)
                }
                return try await response.body.collect()
            }
        } catch {
            guard let failure = error as? UntrustedCallError else { throw error }
            throw PictureFailure(failure.description, isTemporary: failure.isTemporary)
        }
        // What servers say of their pictures is often wrong; what they begin with is not.
        guard let type = MediaType.picture(begunBy: bytes) else {
            throw PictureFailure("it is no JPEG, PNG, WebP or GIF")
        }
        return FetchedPicture(bytes: bytes, type: type)
    }
}
