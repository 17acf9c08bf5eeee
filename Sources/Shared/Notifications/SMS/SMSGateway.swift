package import Core
package import Logging
package import Outbound

/// A text on its way.
package struct SMSMessage: Sendable, Hashable {
    /// The same for a repetition.
    package let id: String
    package let to: PhoneNumber
    package let text: String

    package init(id: String, to: PhoneNumber, text: String) {
        self.id = id
        self.to = to
        self.text = text
    }
}

/// Hands a text to a gateway.
package protocol SMSTransport: Sendable {
    /// Returns once the gateway has taken responsibility for the text.
    func deliver(_ message: SMSMessage) async throws(SMSError)
}

/// Why a text was not accepted. What it says tells nothing about the recipient.
package enum SMSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// For good.
    case refused(String)
    /// Worth another attempt: the gateway was not reached, is busy, doesn't take our credentials, or what it did is not known.
    case temporary(String)

    package var description: String {
        switch self {
        case .refused(let reason): "refused: \(reason)"
        case .temporary(let reason): "not accepted now: \(reason)"
        }
    }
}

/// Any gateway that takes a text by one HTTP call, as the settings describe it.
package struct SMSGateway: SMSTransport {
    private let settings: SMSSettings
    private let client: ProviderClient

    package init(
        settings: SMSSettings, transport: any OutboundTransport, timing: OutboundTiming = .system, logger: Logger
    ) {
        self.settings = settings
        let profile = ProviderProfile(
            name: "sms", baseURL: settings.origin,
            headers: settings.headers.map { OutboundHeader($0.name, $0.value.reveal()) },
            mask: SecretMask(headers: settings.headers.map(\.name)))
        client = ProviderClient(profile: profile, transport: transport, timing: timing, logger: logger)
    }

    package func deliver(_ message: SMSMessage) async throws(SMSError) {
        let words = SMSSettings.Words(
            id: message.id, to: message.to.rawValue, text: message.text, sender: settings.sender)
        let request = OutboundRequest(
            operation: "messages.send", method: settings.body == nil ? "GET" : "POST",
            path: settings.target.filled(with: words, .url), body: body(words), safety: .once, subject: message.id)
        let answer: OutboundAnswer
        do {
            answer = try await client.call(request)
        } catch {
            throw Self.meaning(of: error)
        }
        guard let accepted = settings.accepted else { return }
        guard answer.response.body.firstRange(of: Array(accepted.utf8)) != nil else {
            throw .temporary("the answer does not say that it was accepted")
        }
    }

    private func body(_ words: SMSSettings.Words) -> [UInt8] {
        settings.body.map { Array($0.template.filled(with: words, $0.encoding).utf8) } ?? []
    }

    private static func meaning(of error: OutboundError) -> SMSError {
        switch error {
        case .refused(let answer): .refused("status \(answer.response.status)")
        case .credentialsRefused(let answer):
            .temporary("our credentials are refused with status \(answer.response.status)")
        case .unavailable: .temporary("the gateway can't be reached")
        case .unknown: .temporary("what the gateway did is not known")
        }
    }
}
