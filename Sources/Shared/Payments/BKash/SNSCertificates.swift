import Core
import CryptoExtras
import Foundation
import NIOSSL
import Outbound
import Synchronization

/// The keys that a topic's notifications are signed with, fetched once each.
///
/// What makes a certificate Amazon's is where it comes from: the one host of the topic's region, over TLS that the transport verifies, with
/// no redirect. Amazon's own libraries ask for no more; its time is looked at besides.
final class SNSCertificates: Sendable {
    private struct Key {
        let publicKey: _RSA.Signing.PublicKey
        let validity: ClosedRange<Date>
    }

    /// Amazon changes them about once a year.
    private static let limit = 16

    private let topic: SNSTopic
    private let client: ProviderClient
    private let timing: OutboundTiming
    private let keys = Mutex<[UTF8Text: Key]>([:])

    init(topic: SNSTopic, client: ProviderClient, timing: OutboundTiming) {
        self.topic = topic
        self.client = client
        self.timing = timing
    }

    /// Why a notification is not the topic's; nil where it is.
    func objection(to envelope: SNSEnvelope) async throws(GatewayError) -> String? {
        guard let path = topic.certificatePath(of: envelope.certificateURL) else {
            return "its certificate is not at \(topic.origin)"
        }
        let key: Key
        do {
            key = try await self.key(at: path, of: envelope.certificateURL)
        } catch .refused(_, let message, _) {
            return "its certificate can't be had: \(message)"
        } catch .integrity(let message) {
            return message
        }
        guard key.validity.contains(timing.now()) else { return "its certificate is out of date" }
        return envelope.isSigned(by: key.publicKey) ? nil : "its signature is wrong"
    }

    private func key(at path: String, of address: UTF8Text) async throws(GatewayError) -> Key {
        if let known = keys.withLock({ $0[address] }) { return known }
        let answer: OutboundAnswer
        do {
            answer = try await client.call(
                OutboundRequest(operation: "sns.certificate", method: "GET", path: path, safety: .read))
        } catch {
            throw GatewayError(error)
        }
        let key = try Self.key(in: answer.response.body)
        keys.withLock { keys in
            if keys.count >= Self.limit { keys.removeAll() }
            keys[address] = key
        }
        return key
    }

    private static func key(in pem: [UInt8]) throws(GatewayError) -> Key {
        do {
            let certificate = try NIOSSLCertificate(bytes: pem, format: .pem)
            let start = Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore))
            let end = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
            return Key(
                publicKey: try _RSA.Signing.PublicKey(
                    derRepresentation: try certificate.extractPublicKey().toSPKIBytes()),
                validity: start...max(start, end))
        } catch {
            throw .integrity("its certificate can't be read: \(error)")
        }
    }
}
