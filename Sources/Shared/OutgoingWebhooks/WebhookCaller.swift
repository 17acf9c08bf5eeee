package import Core
import Foundation
import Jobs
import NIOCore
package import Outbound

/// Calls endpoints.
package struct WebhookCaller: Sendable {
    /// How long a receiver has for its answer, from the lookup of its name on.
    package static let time: Duration = .seconds(10)
    /// Of an answer's body so much is kept.
    static let excerptBytes = 4096
    /// How long the lookup of a name may take where somebody waits for it.
    private static let lookupTime: Duration = .seconds(3)

    private let client: UntrustedClient
    private let requiresTLS: Bool
    private let limits: UntrustedLimits

    /// - Parameter time: how long a receiver has for its answer.
    package init(client: UntrustedClient, requiresTLS: Bool = true, time: Duration = WebhookCaller.time) {
        self.client = client
        self.requiresTLS = requiresTLS
        var limits = UntrustedLimits(bodyBytes: .max)
        limits.time = time
        self.limits = limits
    }

    /// In the Internet, with TLS, unless the settings say otherwise.
    package init(_ settings: OutgoingWebhookSettings) {
        self.init(
            client: UntrustedClient(rules: settings.permitThisMachine ? .thisMachineToo : AddressRules()),
            requiresTLS: !settings.permitThisMachine)
    }

    /// Refuses an address that is not called. A name that has none at the moment may get one: each call looks again.
    /// - Throws: a 422 `Problem`; `CancellationError`.
    package func check(_ url: String) async throws {
        do {
            let address = try UntrustedURL(url)
            guard address.isSecure || !requiresTLS else { throw UntrustedCallError.refused("only https is called") }
            try await client.check(address, within: Self.lookupTime)
        } catch let error as UntrustedCallError where !error.isTemporary {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/url", code: "not_called", message: "can’t be called: \(error)")
            ])
        } catch is UntrustedCallError {
            return
        }
    }

    /// Makes one call. It never fails: how it ended is what it answers.
    /// - Throws: `CancellationError`.
    func call(
        _ delivery: WebhookDelivery, at url: String, signedWith keys: [WebhookSigningKey], now: Date
    ) async throws -> WebhookCallResult.Ending {
        let body = Array(delivery.body.utf8)
        let (id, seconds) = (delivery.event.webhookID, now.secondsSince1970)
        let signatures = keys.map { $0.signature(id: id, seconds: seconds, body: body) }
        let request = UntrustedRequest(
            url: url, method: .post(body),
            headers: [
                OutboundHeader("Content-Type", "application/json"), OutboundHeader("webhook-id", id),
                OutboundHeader("webhook-timestamp", "\(seconds)"),
                OutboundHeader("webhook-signature", signatures.joined(separator: " ")),
            ])
        do {
            let address = try UntrustedURL(url)
            guard address.isSecure || !requiresTLS else { throw UntrustedCallError.refused("only https is called") }
            return try await client.call(request, limits) { response in
                var bytes: [UInt8] = []
                for try await piece in response.body {
                    bytes += piece.readableBytesView.prefix(Self.excerptBytes - bytes.count)
                    if bytes.count >= Self.excerptBytes { break }
                }
                let wait = response.headers.first { $0.name.lowercased() == "retry-after" }?.value
                return .answered(
                    status: response.status, excerpt: Self.text(of: bytes),
                    retryAfter: RetryRules.retryAfter(wait, now: now))
            }
        } catch let error as UntrustedCallError {
            return .failed(error)
        }
    }

    /// What people and PostgreSQL can read of a stranger's bytes.
    static func text(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 && $0 != "\n" && $0 != "\t" ? "\u{FFFD}" : $0 }))
    }
}

extension UUID {
    /// What receivers know an event by.
    var webhookID: String { ID<RecordedEvent>(uuid: self).description }
}
