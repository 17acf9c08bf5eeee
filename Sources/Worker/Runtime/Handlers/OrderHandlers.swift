import Jobs
import Logging
import Media
import Metrics
import OrderService
import Orders
import Payments
import Platform

extension JobRegistry {
    /// Delivery of licence keys, expiry of unpaid orders, and files of orders.
    mutating func registerOrders(on platform: Platform, _ payments: PaymentServices) {
        let deliver = DeliverLicenceKeys(audit: platform.audit, clock: platform.clock)
        register(DeliverLicenceKeys.Job.self) { job, context in
            let lacking = try await context.finish { try await deliver(job, in: $0) }
            guard !lacking.isEmpty else { return }
            Counter(label: "haat_licence_keys_lacking_total").increment()
            context.logger.error("A paid order lacks licence keys", metadata: ["order_id": "\(job.orderID)"])
        }
        let replace = ReplaceBatchKeys(audit: platform.audit, clock: platform.clock)
        register(ReplaceBatchKeys.Job.self, timeout: .seconds(3600)) { job, context in
            let lacking = try await replace.run(job, in: context)
            guard lacking > 0 else { return }
            context.logger.warning(
                "Orders wait for keys in place of bad ones",
                metadata: ["batch_id": "\(job.batchID)", "orders": "\(lacking)"])
        }
        let expire = ExpireUnpaidOrder(audit: platform.audit, clock: platform.clock)
        let verify = payments.verifyOpenPayments
        register(ExpireUnpaidOrder.Job.self) { job, context in
            try await verify(job.orderID, in: context)
            try await context.finish { try await expire(job.orderID, in: $0) }
        }
        let media = MediaServices(on: platform)
        let export = RunOrderExport(upload: media.upload, delete: media.delete, clock: platform.clock)
        register(RunOrderExport.Job.self, timeout: .seconds(3600)) { job, context in
            try await export(job, in: context)
        }
        register(RunOrderExport.Removal.self) { job, context in
            try await context.finish { try await export.remove(job, in: $0) }
        }
    }
}
