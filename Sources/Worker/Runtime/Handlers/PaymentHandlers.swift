import Core
import Jobs
import Orders
import Payments
import Platform

extension JobRegistry {
    /// Refunds, checkouts of closed orders, and comparisons with the gateways' own records.
    mutating func registerPayments(on platform: Platform, _ payments: PaymentServices) {
        let refund = payments.refundPayment
        register(RefundPayment.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await refund(job, in: context, logger: context.logger)
        }
        let close = payments.closeCheckouts
        register(CloseCheckouts.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await close(job.orderID, in: context)
        }
        let openCash = payments.openCashPayment
        register(OpenCashPayment.Job.self) { job, context in
            try await context.finish { _ = try await openCash(job.orderID, in: $0) }
        }
        register(CloseCheckouts.SupersededJob.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await close(superseded: job.demandID, in: context)
        }
        let verify = payments.verifyPayment
        register(VerifyPayment.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            let answer = try await verify.ask(job.paymentID, for: .system, in: context)
            _ = try await context.finish { try await verify.apply(answer, in: $0) }
        }
        register(RecheckOpenPayments.self) { job, context in
            try await context.finish { try await job(in: $0) }
        }
        let (gateways, reconcile, clock) = (payments.gateways, payments.reconcile, platform.clock)
        register(CaptureAuthorised.self) { job, context in
            try await context.finish { try await job(gateways, at: clock.now, in: $0) }
        }
        register(ReconcileGateways.self) { job, context in
            try await context.finish { try job(gateways, at: clock.now, in: $0) }
        }
        register(ReadAllSettlements.self) { job, context in
            try await context.finish { try job(gateways, at: clock.now, in: $0) }
        }
        let settlements = payments.readSettlements
        register(ReadSettlements.Job.self, timeout: .seconds(3600)) { job, context in
            _ = try await settlements(job.name, in: job.period, by: .system, in: context)
        }
        register(RecheckAwaitedTransfers.self) { job, context in
            try await context.finish { try await job(gateways, in: $0) }
        }
        register(Reconcile.Job.self, timeout: .seconds(3600)) { job, context in
            _ = try await reconcile(job.name, in: job.period, by: .system, in: context)
        }
    }
}
