package import Core
import Foundation
package import Identity
package import Inventory
package import Jobs

/// Has all keys of a batch in quarantine that buyers have replaced, order by order.
package struct ReplaceBatchKeys: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "orders.replace_batch_keys"
        package static let queue = QueueName.orders

        package let batchID: ID<LicenceKeyBatch>
        /// As the audit record names who has asked for it.
        package let actor: String

        package init(batchID: ID<LicenceKeyBatch>, actor: String) {
            self.batchID = batchID
            self.actor = actor
        }
    }

    private static let page = 200

    private let batches = LicenceKeyBatchStore()
    private let sold = SoldKeyStore()
    private let locks = OrderLocks()
    private let orders = KeyOrderStore()
    private let replace: ReplaceOrderKeys
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
        replace = ReplaceOrderKeys(audit: audit, clock: clock)
    }

    /// Puts it on record; a job does it.
    /// - Throws: `Problem`: 404; 409 ("key-batch-trusted") for a batch that is not in quarantine; `PostgresError`.
    package func start(
        _ id: ID<LicenceKeyBatch>, by principal: Principal, in work: UnitOfWork
    ) async throws -> CountedKeyBatch {
        guard let batch = try await batches.batch(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("batch")
        }
        guard batch.quarantine != nil else { throw Problem.keyBatchTrusted }
        try work.enqueue(Job(batchID: id, actor: principal.actor.rawValue))
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "licence_key_batch.replacing", subject: id), in: work)
        return CountedKeyBatch(batch: batch, figures: try await batches.figures(of: id, in: work))
    }

    /// Each order is a transaction of its own. Where the pool has not enough keys for an order it waits for those that follow; what is
    /// left is replaced by asking again once there are others.
    /// - Returns: how many orders it had not enough for.
    package func run(_ job: Job, in claim: some Claim) async throws -> Int {
        var (position, lacking) = (ID<Order>?.none, 0)
        while true {
            let start = position
            let page = try await claim.withUnitOfWork { work in
                try await orders.orders(havingKeysOf: job.batchID, after: start, limit: Self.page, in: work)
            }
            for order in page {
                let isDone = try await replaceAll(of: order, job, in: claim)
                guard let isDone else {
                    try await claim.finish { _ in }
                    return lacking
                }
                if !isDone { lacking += 1 }
            }
            guard let last = page.last, page.count == Self.page else { break }
            position = last
        }
        let count = Int64(lacking)
        try await claim.finish { work in
            try await audit.append(
                AuditEntry(
                    actor: AuditActor(rawValue: job.actor), action: "licence_key_batch.replaced", subject: job.batchID,
                    payload: ["orders_lacking": .integer(count)]), in: work)
        }
        return lacking
    }

    /// - Returns: whether the pool had enough keys; nil where the batch is trusted again.
    private func replaceAll(of order: ID<Order>, _ job: Job, in claim: some Claim) async throws -> Bool? {
        do {
            return try await claim.withUnitOfWork { work -> Bool? in
                guard let locked = try await locks.lockWithLines(order, in: work) else { return true }
                guard
                    let quarantine = try await batches.batch(job.batchID, visibleTo: .everything, in: work)?.quarantine
                else { return nil }
                guard locked.order.isPaid, locked.order.paymentState != .refunded else { return true }
                let keys = try await sold.keys(of: job.batchID, on: locked.lines.map(\.id.uuid), in: work)
                let closing = KeyClosing(reason: quarantine.reason, at: clock.now.roundedToMicroseconds)
                _ = try await replace.replace(
                    keys, of: locked, closing, by: AuditActor(rawValue: job.actor), in: work)
                return true
            }
        } catch let problem as Problem where problem.type == Problem.licenceKeysLacking(left: 0).type {
            return false
        }
    }
}

extension Problem {
    package static let keyBatchTrusted = Problem.conflict(
        "key-batch-trusted", title: "The batch is not in quarantine",
        detail: "Keys are replaced one by one, or all of a batch that is in quarantine")
}
