import Core
package import Foundation
package import Jobs

/// Has the gateways asked about payments that were authorised a while ago and are still not captured: asking takes what may be taken.
package struct CaptureAuthorised: JobPayload {
    package static let kind = "payments.capture_authorised"
    package static let queue = QueueName.payments
    /// A gateway that captures by itself has done so by then.
    private static let patience: TimeInterval = 120
    /// How many at once; the rest has its turn with the next run.
    private static let limit = 500

    package init() {}

    /// Records a question for each.
    package func callAsFunction(_ gateways: GatewayRegistry, at now: Date, in work: UnitOfWork) async throws {
        for gateway in gateways.all {
            guard let capturing = gateway as? any CapturingGateway, capturing.takesWhatIsAuthorised else { continue }
            let payments = try await PaymentStore().listAuthorised(
                through: gateway.name, before: now.addingTimeInterval(-Self.patience), limit: Self.limit, in: work)
            for payment in payments { try work.enqueue(VerifyPayment.Job(paymentID: payment)) }
        }
    }
}
