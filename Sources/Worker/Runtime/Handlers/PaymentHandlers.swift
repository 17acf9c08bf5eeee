import Core
import Jobs
import Payments
import Platform
import Webhooks

extension JobRegistry {
    /// Stored webhook events and refunds.
    mutating func registerPayments(on platform: Platform) {
        let gateways = GatewayRegistry([
            StripeGateway(
                settings: platform.configuration.stripe, http: platform.http,
                calls: GatewayCallLog(
                    postgres: platform.postgres, ids: platform.ids, clock: platform.clock, logger: platform.logger),
                logger: platform.logger)
        ])
        let book = PaymentBook(
            orders: OrderSettlement(audit: platform.audit), ledger: LedgerStore(ids: platform.ids), audit: platform.audit,
            ids: platform.ids, clock: platform.clock, logger: platform.logger)
        let processEvent = ProcessGatewayEvent(postgres: platform.postgres, gateways: gateways, book: book)
        register(ProcessWebhookEvent.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await processEvent(job, in: context, logger: context.logger)
        }
        let refund = RefundPaymentHandler(postgres: platform.postgres, gateways: gateways, book: book)
        register(RefundPayment.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await refund(job, in: context, logger: context.logger)
        }
    }
}
