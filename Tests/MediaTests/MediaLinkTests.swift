import Foundation
import Testing

@testable import Core
@testable import Media

@Suite("Links to private files")
struct MediaLinkTests {
    private let root = EncryptionKey()
    private let media = ID<MediaFile>(uuid: UUID())
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private var links: MediaLinks { MediaLinks(keys: RootKeys(root), publicURL: "https://shop.example") }

    private func parameters(_ link: String) throws -> (expires: String, signature: String) {
        let query = try #require(URLComponents(string: link)?.queryItems)
        return (
            try #require(query.first { $0.name == "expires" }?.value),
            try #require(query.first { $0.name == "signature" }?.value)
        )
    }

    @Test("A link opens its file until its moment and not at it")
    func lifetime() throws {
        let link = links.link(to: media, until: now + 60.9)
        #expect(link.hasPrefix("https://shop.example/media/\(media)?expires=1800000060&signature="))
        let (expires, signature) = try parameters(link)
        for (moment, opens) in [(0, true), (59, true), (60, false), (10_000, false)] {
            #expect(
                links.opens(media, expires: expires, signature: signature, at: now + TimeInterval(moment)) == opens)
        }
    }

    @Test("It opens no other file, no other moment, and nothing with another signature or key")
    func forgery() throws {
        let (expires, signature) = try parameters(links.link(to: media, until: now + 60))
        let other = ID<MediaFile>(uuid: UUID())
        #expect(!links.opens(other, expires: expires, signature: signature, at: now))
        for later in ["1800000061", "1800000060 ", "+1800000060", "01800000060", "99999999999999999999", ""] {
            #expect(!links.opens(media, expires: later, signature: signature, at: now), "\(later)")
        }
        let changed = (signature.first == "A" ? "B" : "A") + signature.dropFirst()
        for wrong in ["", "A", changed, signature + "=", String(signature.dropLast()), "%%%"] {
            #expect(!links.opens(media, expires: expires, signature: wrong, at: now), "\(wrong)")
        }
        let strangers = MediaLinks(keys: RootKeys(EncryptionKey()), publicURL: "https://shop.example")
        #expect(!strangers.opens(media, expires: expires, signature: signature, at: now))
    }

    @Test("After a rotation links of the retired key are good, and new ones are the new key's")
    func rotation() throws {
        let (expires, signature) = try parameters(links.link(to: media, until: now + 60))
        let next = EncryptionKey()
        let rotated = MediaLinks(keys: RootKeys(next, retired: [root]), publicURL: "https://shop.example")
        #expect(rotated.opens(media, expires: expires, signature: signature, at: now))
        let new = try parameters(rotated.link(to: media, until: now + 60))
        let alone = MediaLinks(keys: RootKeys(next), publicURL: "https://shop.example")
        #expect(alone.opens(media, expires: new.expires, signature: new.signature, at: now))
        #expect(!alone.opens(media, expires: expires, signature: signature, at: now))
    }
}
