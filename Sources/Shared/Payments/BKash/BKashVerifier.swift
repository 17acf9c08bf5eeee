package import Core
package import Foundation
package import Webhooks

/// Takes in what may be a notification of the wallet's topic. Its signature is looked at by the worker (``PushProvingGateway``), before
/// anything of it is believed: for that a certificate has to be fetched, whose address stands in the notification itself. Here everything
/// is disproved that can be without it, and Amazon has its answer at once.
package struct BKashVerifier: WebhookVerifier {
    private static let topicHeader = "x-amz-sns-topic-arn"

    private let topic: SNSTopic?

    init(topic: SNSTopic?) { self.topic = topic }

    package let headers = [topicHeader]
    package let keptHeaders: [String] = []

    package func isRelevant(_ type: String) -> Bool {
        type == SNSEnvelope.Kind.notification.rawValue || type == SNSEnvelope.Kind.subscription.rawValue
    }

    package func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> UTF8Text {
        guard let topic else { throw .malformedEvent("no topic is configured whose notifications are taken") }
        guard let claimed = header(Self.topicHeader) else { throw .missingSignature(header: Self.topicHeader) }
        guard UTF8Text(claimed) == UTF8Text(topic.arn) else { throw .malformedEvent("it is of another topic") }
        return UTF8Text(claimed)
    }

    package func verify(_ claimed: UTF8Text, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        do throws(MalformedEvent) {
            let envelope = try SNSEnvelope(body)
            guard envelope.topic == claimed else { throw MalformedEvent("it is of another topic") }
            guard topic?.certificatePath(of: envelope.certificateURL) != nil else {
                throw MalformedEvent("its certificate is not Amazon’s")
            }
            return VerifiedEvent(id: envelope.id, type: envelope.kind.rawValue)
        } catch {
            throw .malformedEvent(error.description)
        }
    }
}
