import Crypto
import CryptoExtras

/// The envelope of Amazon's SNS, signed with the sandbox's own key.
struct BKashEnvelope: Sendable {
    let topic: String
    /// Where the certificate and the actions are.
    let base: String

    var certificateURL: String { "\(base)/SimpleNotificationService-haatsandbox.pem" }

    func body(_ message: BKashMessage) throws -> [UInt8] {
        let fields = signedFields(message)
        let signature = try Self.sign(Self.stringToSign(fields), version: message.version)
        var object = JSONObject()
        object["Type"] = .string(message.kind.rawValue)
        object["MessageId"] = .string(message.id)
        if let token = message.token { object["Token"] = .string(token) }
        object["TopicArn"] = .string(topic)
        object["Message"] =
            message.isObject ? try JSONParser.parse(Array(message.text.utf8)) : .string(message.text)
        if message.kind != .notification { object["SubscribeURL"] = .string(subscribeURL(message)) }
        object["Timestamp"] = .string(Self.time(message.created))
        object["SignatureVersion"] = .string(message.version)
        object["Signature"] = .string(signature)
        object["SigningCertURL"] = .string(certificateURL)
        if message.kind == .notification {
            object["UnsubscribeURL"] = .string("\(base)/?Action=Unsubscribe&SubscriptionArn=\(topic):haat")
        }
        return JSON.object(object).pretty
    }

    private func subscribeURL(_ message: BKashMessage) -> String {
        "\(base)/?Action=ConfirmSubscription&TopicArn=\(topic)&Token=\(message.token ?? "")"
    }

    /// What is signed, in its fixed order.
    private func signedFields(_ message: BKashMessage) -> [(name: String, value: String)] {
        let isNotification = message.kind == .notification
        var fields = [(name: "Message", value: message.text), (name: "MessageId", value: message.id)]
        if !isNotification { fields.append(("SubscribeURL", subscribeURL(message))) }
        fields.append(("Timestamp", Self.time(message.created)))
        if !isNotification { fields.append(("Token", message.token ?? "")) }
        return fields + [("TopicArn", topic), ("Type", message.kind.rawValue)]
    }

    private static func stringToSign(_ fields: [(name: String, value: String)]) -> [UInt8] {
        Array(fields.map { "\($0.name)\n\($0.value)\n" }.joined().utf8)
    }

    private static func sign(_ bytes: [UInt8], version: String) throws -> String {
        let der = Base64.decode(BKashCertificate.key) ?? []
        let key = try _RSA.Signing.PrivateKey(derRepresentation: der)
        let signature =
            version == "2"
            ? try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
            : try key.signature(for: Insecure.SHA1.hash(data: bytes), padding: .insecurePKCS1v1_5)
        return Base64.encode(signature.rawRepresentation)
    }

    /// `2018-04-19T12:22:46.236Z`
    private static func time(_ unix: Int) -> String {
        let date = CivilTime(unix: unix, offset: 0)
        return "\(date.date)T\(date.time).000Z"
    }
}

extension RetrySchedule {
    /// Amazon's default for HTTP: three more attempts, 20 seconds apart; a 4xx other than 429 is final (UNCONFIRMED: what
    /// bKash configured).
    static let bkash = RetrySchedule(
        delay: { failures in failures <= 3 ? 20 : nil },
        givesUp: { status in (400..<500).contains(status) && status != 429 })
}
