package import Core
package import Jobs
package import Orders
package import Postgres

/// Asks the gateways about every payment of an order that may still bring money, before the order is given up.
package struct VerifyOpenPayments: Sendable {
    /// How long a gateway without an answer is left alone.
    private static let pause: Duration = .seconds(60)

    private let postgres: any PostgresExecutor
    private let verify: VerifyPayment

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        verify = VerifyPayment(postgres: postgres, gateways: gateways, book: book)
    }

    /// Applies what the gateways say, one transaction for each payment.
    /// - Throws: `RetryLater` where a gateway does not answer: its silence is no proof that nobody paid.
    package func callAsFunction(_ order: ID<Order>, in scope: some WorkScope) async throws {
        for payment in try await PaymentStore().payments(of: order, in: postgres) where payment.state.isOpen {
            do {
                _ = try await verify(payment.id, for: .system, in: scope)
            } catch let error as GatewayError {
                guard error.isSilence else { throw error }
                throw RetryLater(after: Self.pause, reason: "\(payment.gateway) can't be asked: \(error)")
            }
        }
    }
}
