import Core
import Crypto
package import Foundation
package import Webhooks

/// Pushes that nothing proves, as forms or as JSON: which payment they are about is all that is read of them.
enum UnsignedPush {
    /// nil where the push has no such field.
    static func field(_ name: UTF8Text, in body: [UInt8]) throws(MalformedEvent) -> String? {
        if LazyJSON(body).shape == .object {
            return try ProviderObject(parsing: body, path: "push").optionalWord(name)
        }
        return try PercentEncoding.fields(of: body)[name]
    }

    /// What a push with the number of one of our attempts in `field` means.
    static func trigger(_ push: GatewayPush, field name: UTF8Text) throws(MalformedEvent) -> PushMeaning {
        guard let text = try field(name, in: push.body), let number = AttemptNumber(text) else {
            throw MalformedEvent("push.\(name) is no number of ours")
        }
        return .trigger(PaymentPointer(paymentID: number.paymentID, sessionReference: text))
    }
}

/// Takes every push that names a number: anybody may have sent it. Duplicates are those that are alike to the last byte; who sends the
/// same words with another one beside them keeps no genuine push from being read.
struct UnsignedPushVerifier: WebhookVerifier {
    struct NoClaim: Sendable {}

    /// What providers of this kind send is a tenth of that.
    private static let lengthLimit = 16 << 10
    private static let ours = "notification"
    /// Of what somebody else sells through the same account: kept, and nobody asks about it.
    private static let foreign = "foreign_notification"

    let numberField: UTF8Text
    let headers: [String] = []

    func isRelevant(_ type: String) -> Bool { type == Self.ours }

    func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> NoClaim { NoClaim() }

    func verify(_ claim: NoClaim, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        guard body.count <= Self.lengthLimit else {
            throw .malformedEvent("it is longer than \(Self.lengthLimit) bytes")
        }
        let number: String?
        do throws(MalformedEvent) {
            number = try UnsignedPush.field(numberField, in: body)
        } catch {
            throw .malformedEvent(error.description)
        }
        guard let number else { throw .malformedEvent("it has no \(numberField)") }
        let digest = Hexadecimal.encode(SHA256.hash(data: Data(body)))
        return VerifiedEvent(id: digest, type: AttemptNumber(number) == nil ? Self.foreign : Self.ours)
    }
}
