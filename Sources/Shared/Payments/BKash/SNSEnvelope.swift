import Core
import Crypto
import CryptoExtras
import Foundation

/// A topic of Amazon's SNS, and where its certificates and confirmations may be.
struct SNSTopic: Sendable, Hashable {
    let arn: String
    /// Scheme and host, without a final slash: Amazon's own of the topic's region, unless it is the sandbox's.
    let origin: String

    /// - Returns: nil for what is no topic.
    init?(arn: String, origin: String?) {
        let parts = Array(arn.utf8).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].elementsEqual("arn".utf8), parts[2].elementsEqual("sns".utf8),
            parts[3].count >= 3, (1...256).contains(parts[5].count),
            (parts[1] + parts[3] + parts[4] + parts[5]).allSatisfy(Self.isPartOfName)
        else { return nil }
        self.arn = arn
        let suffix = parts[1].elementsEqual("aws-cn".utf8) ? ".cn" : ""
        self.origin = origin ?? "https://sns.\(String(decoding: parts[3], as: UTF8.self)).amazonaws.com\(suffix)"
    }

    /// What follows the origin in an address of Amazon's for the topic's region; nil for every other address. Neither another host nor a
    /// user name, a port or a second slash in it passes.
    func path(of address: UTF8Text) -> String? {
        guard address.utf8.count <= 1024, address.utf8.starts(with: origin.utf8) else { return nil }
        let rest = address.utf8.dropFirst(origin.utf8.count)
        guard rest.first == UInt8(ascii: "/"), rest.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: rest, as: UTF8.self)
    }

    /// The path of a certificate: one file.
    func certificatePath(of address: UTF8Text) -> String? {
        guard let path = path(of: address) else { return nil }
        let name = path.utf8.dropFirst()
        guard name.count > 4, name.suffix(4).elementsEqual(".pem".utf8), name.dropLast(4).allSatisfy(Self.isPartOfName)
        else { return nil }
        return path
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        ProviderObject.isPartOfID(byte) || byte == UInt8(ascii: "-")
    }
}

/// What SNS sends: a message and its signature.
struct SNSEnvelope {
    enum Kind: String {
        case notification = "Notification"
        case subscription = "SubscriptionConfirmation"
        case unsubscription = "UnsubscribeConfirmation"
    }

    /// Which hash the RSA signature is over.
    enum SignatureVersion: String {
        case sha1 = "1"
        case sha256 = "2"
    }

    let kind: Kind
    let id: String
    let topic: UTF8Text
    /// Its text as it was signed. A document shows an object here, but that could not be put together again byte by byte.
    let message: UTF8Text
    let certificateURL: UTF8Text
    /// Only in confirmations.
    let subscribeURL: UTF8Text?
    private let version: SignatureVersion
    private let signature: [UInt8]
    private let signed: [UInt8]

    init(_ body: [UInt8]) throws(MalformedEvent) {
        let envelope = try ProviderObject(parsing: body, path: "notification")
        let word = try envelope.word("Type")
        guard let kind = Kind(rawValue: word) else { throw MalformedEvent("notification.Type \(word) is unknown") }
        guard let version = SignatureVersion(rawValue: try envelope.word("SignatureVersion")) else {
            throw MalformedEvent("notification.SignatureVersion is unknown")
        }
        guard let signature = Data(base64Encoded: try envelope.text("Signature").string) else {
            throw MalformedEvent("notification.Signature is not Base64")
        }
        self.kind = kind
        self.version = version
        self.signature = Array(signature)
        id = try envelope.word("MessageId")
        topic = try envelope.text("TopicArn")
        message = try envelope.text("Message")
        certificateURL = try envelope.text("SigningCertURL")
        subscribeURL = kind == .notification ? nil : try envelope.text("SubscribeURL")
        signed = try Self.stringToSign(envelope, kind)
    }

    /// Each field that counts, in a fixed order: its name, a line feed, its value, a line feed.
    private static func stringToSign(_ envelope: ProviderObject, _ kind: Kind) throws(MalformedEvent) -> [UInt8] {
        let names: [UTF8Text] =
            kind == .notification
            ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        var bytes: [UInt8] = []
        for name in names {
            if name == "Subject", envelope.note(name) == nil { continue }
            bytes += Array("\(name)\n".utf8) + Array(try envelope.text(name).utf8) + [UInt8(ascii: "\n")]
        }
        return bytes
    }

    func isSigned(by key: _RSA.Signing.PublicKey) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return switch version {
        case .sha1:
            key.isValidSignature(signature, for: Insecure.SHA1.hash(data: signed), padding: .insecurePKCS1v1_5)
        case .sha256: key.isValidSignature(signature, for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
        }
    }
}
