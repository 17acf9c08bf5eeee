import Jobs
import Orders
import Payments
import Platform

extension JobRegistry {
    /// Delivery of licence keys and expiry of unpaid orders.
    mutating func registerOrders(on platform: Platform, _ payments: PaymentServices) {
        let deliver = DeliverLicenceKeys(audit: platform.audit, clock: platform.clock)
        register(DeliverKeys.self) { job, context in
            try await deliver(job, in: context)
        }
        let expire = ExpireUnpaidOrder(audit: platform.audit, clock: platform.clock)
        let verify = payments.verifyOpenPayments
        register(ExpireOrder.self) { job, context in
            try await verify(job.orderID, in: context.withoutFinishing)
            try await expire(job.orderID, in: context)
        }
    }
}
