import Core
import Foundation
package import Jobs

/// Ask a gateway about every payment that may still bring money, because something that it said could not be understood. Once a
/// minute at most, whatever is said; what is left out here is asked about before its order is given up.
package struct RecheckOpenPayments: JobPayload {
    package static let kind = "payments.recheck_open"
    package static let queue = QueueName.payments
    /// How many, the newest.
    private static let limit = 500

    private let gateway: String
    /// Since 1970.
    private let minute: Int64

    /// When the minute is over, so that all that was said in it is answered by one job.
    init(of gateway: GatewayName, afterMinuteOf now: Date) {
        self.gateway = gateway.rawValue
        minute = Int64(clamping: Int(now.timeIntervalSince1970 / 60))
    }

    package var uniqueKey: String? { "\(gateway)/\(minute)" }

    var runAt: Date { Date(timeIntervalSince1970: TimeInterval(minute + 1) * 60) }

    /// Records a question for each.
    package func callAsFunction(in work: UnitOfWork) async throws {
        let payments = try await PaymentStore().listOpen(
            through: GatewayName(rawValue: gateway), limit: Self.limit, in: work)
        for payment in payments { try work.enqueue(VerifyPayment.Job(paymentID: payment)) }
    }
}
