import Jobs
import Payments
import Shipments
import Webhooks

extension JobRegistry {
    /// Stored pushes, each by whose it is.
    mutating func registerWebhooks(_ payments: PaymentServices, _ shipments: ShipmentServices) {
        let (ofGateways, ofCouriers) = (payments.processGatewayEvent, shipments.processEvent)
        register(ProcessWebhookEvent.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            if ofCouriers.handles(job.account) {
                try await ofCouriers(job, in: context, logger: context.logger)
            } else {
                try await ofGateways(job, in: context, logger: context.logger)
            }
        }
    }

    /// What couriers are told and asked, and what follows for orders and their cash.
    mutating func registerShipments(_ shipments: ShipmentServices) {
        let (advance, track, balances) = (shipments.advance, shipments.track, shipments.readBalances)
        register(AdvanceShipment.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: .seconds(80)) {
            job, context in
            try await advance(job, in: context, logger: context.logger)
        }
        register(TrackShipment.SilentJob.self) { job, context in
            try await context.finish { try await track(job, in: $0) }
        }
        register(TrackShipment.Job.self) { job, context in try await track(job, in: context) }
        register(ReadCourierBalances.Job.self) { job, context in
            try await balances(job, in: context, logger: context.logger)
        }
        let (cash, follow) = (shipments.collectCash, shipments.followCancelledUnits)
        register(CollectShipmentCash.Job.self) { job, context in
            let logger = context.logger
            try await context.finish { _ = try await cash(job, logger: logger, in: $0) }
        }
        register(FollowCancelledUnits.Job.self) { job, context in
            try await context.finish { try await follow(job, in: $0) }
        }
    }
}
