package import Core
package import Foundation
import Identity
package import Jobs
package import Logging
package import Postgres

/// Compares a gateway's own record of a period with ours and with the ledger. Where asking the gateway about a payment can mend
/// what differs, that question is recorded as a job; the rest is for a person.
///
/// A gateway lists disputes and refunds by their beginning. Those that began before the period and have no end yet are
/// therefore asked about as well: their end may be what never reached us.
package struct Reconcile: Sendable {
    /// News of the last minutes may still be on its way.
    package static let settlingTime: TimeInterval = 600
    /// How long before the period a dispute or a refund may have begun and still be waited for.
    private static let patience: TimeInterval = 180 * 86_400

    let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let logger: Logger

    package init(
        postgres: any PostgresExecutor, gateways: GatewayRegistry, audit: AuditStore, ids: UUIDv7Generator,
        clock: any WallClock, logger: Logger
    ) {
        self.postgres = postgres
        self.gateways = gateways
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.logger = logger
    }

    /// Those that any of this can be compared with.
    package func gateways(for parts: Set<ReconciliationPart>) -> [GatewayName] {
        gateways.all.filter { parts.lacking(at: $0) == nil }.map(\.name)
    }

    /// One transaction at the end, with the questions and the audit event; nothing is written where both agree and nothing is
    /// undecided. Where a gateway keeps no lists, it is asked about each of our payments of the period.
    /// - Throws: ``Problem`` for a gateway that is unknown, or that lacks all that is asked for; ``GatewayError`` where it does not
    ///   answer; `PostgresError`.
    package func callAsFunction(
        _ name: GatewayName, _ parts: Set<ReconciliationPart> = ReconciliationPart.all, in period: GatewayPeriod,
        by actor: AuditActor, in claim: some Claim
    ) async throws -> ReconciliationReport {
        let gateway = try gateways.gateway(name)
        if let lacking = parts.lacking(at: gateway) { throw gateway.lacks(lacking) }
        try await claim.hold()
        var report = ReconciliationReport(gateway: name, period: period)
        var seen = SeenReferences()
        if let listing = gateway as? any RecordListingGateway {
            seen = try await compareRecords(at: listing, parts, into: &report)
        }
        if parts.contains(.payments) {
            try await compareOwnCaptures(at: gateway, seen: seen.payments, into: &report)
            try await compareOverdue(at: gateway, into: &report)
            try await compareBookings(of: name, into: &report)
        }
        if parts.contains(.refunds) {
            try await compareOwnRefunds(at: gateway, seen: seen.refunds, into: &report)
            report.undecided += try await ReconciliationStore().revisited(
                through: name, endingAt: period.end, from: postgres)
        }
        if parts.contains(.disputes) { try await compareDisputeBalances(at: gateway, into: &report) }
        if parts.contains(.events) { try await compareEvents(at: gateway, into: &report) }
        let begun = period.start.addingTimeInterval(-Self.patience)..<period.start
        report.undecided += try await ReconciliationStore().undecided(
            through: name, parts, begun: begun, from: postgres)
        try await conclude(report, by: actor, in: claim)
        return report
    }

    private func compareBookings(of name: GatewayName, into report: inout ReconciliationReport) async throws {
        let misbooked = try await ReconciliationStore().misbooked(through: name, in: report.period, from: postgres)
        for (id, booked, due) in misbooked {
            report.discrepancies.append(
                Discrepancy(.ledgerDiffers, "\(id)", "booked \(booked); payment, refunds and disputes come to \(due)"))
        }
    }

    /// The references that the gateway has on record.
    private struct SeenReferences {
        var payments: Set<String> = []
        var refunds: Set<String> = []
    }

    private func compareRecords(
        at gateway: any RecordListingGateway, _ parts: Set<ReconciliationPart>, into report: inout ReconciliationReport
    ) async throws -> SeenReferences {
        var seen = SeenReferences()
        for kind in GatewayRecordKind.allCases where parts.contains(kind.part) {
            for try await record in GatewayRecords(gateway: gateway, kind: kind, period: report.period) {
                let discrepancy: Discrepancy?
                switch record {
                case .payment(let theirs):
                    report.payments += 1
                    if let reference = theirs.reference { seen.payments.insert(reference) }
                    discrepancy = try await compare(theirs, at: gateway)
                case .refund(let theirs):
                    report.refunds += 1
                    seen.refunds.insert(theirs.reference)
                    discrepancy = try await compare(theirs, at: gateway)
                case .dispute(let theirs):
                    report.disputes += 1
                    discrepancy = try await compare(theirs, at: gateway)
                case .unreadable(let reference, let reason):
                    discrepancy = Discrepancy(.recordUnreadable, reference, reason)
                }
                if let discrepancy { report.discrepancies.append(discrepancy) }
            }
        }
        return seen
    }

    private func compare(_ theirs: Report, at gateway: any PaymentGateway) async throws -> Discrepancy? {
        let ours = try await PaymentStore().find(
            id: theirs.paymentID, gateway: gateway.name, reference: theirs.reference,
            sessionReference: theirs.sessionReference, in: postgres)
        if let ours { return ours.discrepancy(to: theirs) }
        guard theirs.status == .captured else { return nil }
        return Discrepancy(.paymentUnknownHere, theirs.reference ?? "", "\(gateway.name) says \(theirs.statement)")
    }

    func compare(_ theirs: RefundReport, at gateway: any PaymentGateway) async throws -> Discrepancy? {
        let detail = "\(gateway.name) says \(theirs.status.rawValue), \(theirs.amount.minorUnits)"
        guard let payment = try await find(theirs.paymentReference, at: gateway) else {
            return Discrepancy(.refundOfUnknownPayment, theirs.reference, detail)
        }
        guard let ours = try await RefundStore().find(theirs, of: payment.id, in: postgres) else {
            return Discrepancy(.refundMissedHere, theirs.reference, detail, repair: payment.id)
        }
        return ours.discrepancy(to: theirs)
    }

    func compare(_ theirs: DisputeReport, at gateway: any PaymentGateway) async throws -> Discrepancy? {
        let detail = "\(gateway.name) says \(theirs.status), \(theirs.funds)"
        guard let payment = try await find(theirs.reference, at: gateway) else {
            return Discrepancy(.disputeOfUnknownPayment, theirs.disputeReference, detail)
        }
        guard let ours = try await DisputeStore().find(theirs.disputeReference, of: payment.id, in: postgres) else {
            return Discrepancy(.disputeMissedHere, theirs.disputeReference, detail, repair: payment.id)
        }
        return ours.discrepancy(to: theirs)
    }

    /// The gateway may have begun a payment before the period in which it was captured: such are asked for one by one.
    private func compareOwnCaptures(
        at gateway: any PaymentGateway, seen: Set<String>, into report: inout ReconciliationReport
    ) async throws {
        let captures = try await ReconciliationStore().captures(
            through: gateway.name, in: report.period, from: postgres)
        for capture in captures where !(capture.reference.map(seen.contains) ?? false) {
            guard let ours = try await PaymentStore().payment(capture.id, visibleTo: .everything, in: postgres) else {
                continue
            }
            report.asked += 1
            if let theirs = try await gateway.read(ours, for: .system) {
                if let discrepancy = ours.discrepancy(to: theirs) { report.discrepancies.append(discrepancy) }
            } else {
                report.discrepancies.append(
                    Discrepancy(.captureUnknownThere, "\(ours.id)", "\(gateway.name) knows nothing of it"))
            }
        }
    }

    private func compareOwnRefunds(
        at gateway: any PaymentGateway, seen: Set<String>, into report: inout ReconciliationReport
    ) async throws {
        guard let gateway = gateway as? any RefundListingGateway else { return }
        let returns = try await ReconciliationStore().returns(through: gateway.name, in: report.period, from: postgres)
        for ours in returns where !(ours.reference.map(seen.contains) ?? false) {
            guard let payment = try await PaymentStore().payment(ours.paymentID, visibleTo: .everything, in: postgres)
            else { continue }
            let theirs = try await gateway.refunds(of: payment, for: .system)
            guard !theirs.contains(where: { $0.refundID == ours.id || $0.reference == ours.reference }) else {
                continue
            }
            report.discrepancies.append(
                Discrepancy(.refundUnknownThere, "\(ours.id)", "\(gateway.name) knows nothing of it"))
        }
    }

    /// By the rows of the gateway's balance, whatever its disputes say of themselves.
    private func compareDisputeBalances(
        at gateway: any PaymentGateway, into report: inout ReconciliationReport
    ) async throws {
        guard let gateway = gateway as? any BalanceListingGateway else { return }
        let disputes = try await DisputeStore().list(through: gateway.name, changedIn: report.period, in: postgres)
        for dispute in disputes {
            let rows = try await gateway.balanceRows(of: dispute.reference).filter { $0.createdAt < report.period.end }
            let currencies = Set(rows.map(\.amount.currency))
            // Rows in the currency of our account say nothing of the sum in the dispute's.
            guard currencies.isSubset(of: [dispute.amount.currency]) else { continue }
            let theirs = try rows.reduce(Money.zero(dispute.amount.currency)) { try $0.adding($1.amount) }.minorUnits
            let ours = try await ReconciliationStore().booked(for: dispute, through: gateway.name, from: postgres)
            guard theirs != ours else { continue }
            report.discrepancies.append(
                Discrepancy(
                    .disputeBalanceDiffers, "\(dispute.id)",
                    "booked \(ours); the balance at \(gateway.name) has \(theirs)", repair: dispute.paymentID))
        }
    }

    private func find(_ reference: String, at gateway: any PaymentGateway) async throws -> Payment? {
        let known = try await PaymentStore().find(
            id: nil, gateway: gateway.name, reference: reference, sessionReference: nil, in: postgres)
        if let known { return known }
        guard let id = try await gateway.knownPaymentID(of: reference) else { return nil }
        return try await PaymentStore().payment(id, visibleTo: .everything, in: postgres)
    }

    private func conclude(
        _ report: ReconciliationReport, by actor: AuditActor, in claim: some Claim
    ) async throws {
        for discrepancy in report.discrepancies {
            logger.error(
                "Gateway and ledger part",
                metadata: [
                    "gateway": "\(report.gateway)", "kind": "\(discrepancy.kind.rawValue)",
                    "subject": "\(discrepancy.subject)", "detail": "\(discrepancy.detail)",
                ])
        }
        let questions = Set(report.repairs + report.undecided).sorted()
        guard !report.discrepancies.isEmpty || !questions.isEmpty else { return }
        try await claim.finish { work in
            for payment in questions { try work.enqueue(VerifyPayment.Job(paymentID: payment)) }
            guard !report.discrepancies.isEmpty else { return }
            let findings = report.discrepancies.map { NewFinding($0) }
            try await FindingStore().note(
                findings, ids: findings.map { _ in ids.next() }, of: report.gateway, at: clock.now, in: work)
            try await audit.append(
                AuditEntry(
                    actor: actor, action: "reconciliation.differed", subject: "gateway_\(report.gateway)",
                    payload: report.record), in: work)
        }
    }
}

/// The entries of a gateway's record, page after page.
private struct GatewayRecords: AsyncSequence {
    let gateway: any RecordListingGateway
    let kind: GatewayRecordKind
    let period: GatewayPeriod

    struct Iterator: AsyncIteratorProtocol {
        let source: GatewayRecords
        var page: ArraySlice<GatewayRecord> = []
        var cursor: String?
        var isAtEnd = false

        mutating func next() async throws -> GatewayRecord? {
            while page.isEmpty {
                guard !isAtEnd else { return nil }
                let fetched = try await source.gateway.records(of: source.kind, in: source.period, after: cursor)
                page = fetched.records[...]
                cursor = fetched.next
                isAtEnd = fetched.next == nil
            }
            return page.popFirst()
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(source: self) }
}

extension ReconciliationReport {
    fileprivate var record: JSONValue {
        [
            "from": .string(period.start.formatted(.iso8601)), "to": .string(period.end.formatted(.iso8601)),
            "discrepancies": .array(
                discrepancies.prefix(1000).map { discrepancy in
                    [
                        "kind": .string(discrepancy.kind.rawValue), "subject": .string(discrepancy.subject),
                        "detail": .string(discrepancy.detail),
                    ]
                }),
            "repairs": .integer(Int64(repairs.count)),
        ]
    }
}
