import Core
import Jobs
import Orders
import Payments
import Platform
import Webhooks

extension PaymentServices {
    init(on platform: Platform) {
        self.init(
            stripe: platform.configuration.stripe, http: platform.http, postgres: platform.postgres,
            audit: platform.audit, ids: platform.ids, clock: platform.clock, logger: platform.logger)
    }
}

extension JobRegistry {
    /// Stored webhook events, refunds, checkouts of closed orders, and comparisons with the gateways' own records.
    mutating func registerPayments(on platform: Platform, _ payments: PaymentServices) {
        let processEvent = payments.processGatewayEvent
        register(ProcessWebhookEvent.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await processEvent(job, in: context, logger: context.logger)
        }
        let refund = payments.refundPayment
        register(RefundPayment.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await refund(job, in: context, logger: context.logger)
        }
        let close = payments.closeCheckouts
        register(OrderClosed.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await close(job.orderID, in: context.withoutFinishing)
        }
        let verify = payments.verifyPayment
        register(RecheckPayment.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            _ = try await verify(job.paymentID, for: .system, in: context)
        }
        let (reconcile, clock) = (payments.reconcile, platform.clock)
        register(ReconcileGateways.self, timeout: .seconds(3600)) { _, context in
            let period = ReconcileGateways.period(endingBefore: clock.now)
            for gateway in payments.gateways.names {
                _ = try await reconcile(gateway, in: period, by: .system, in: context.withoutFinishing)
            }
        }
    }
}
