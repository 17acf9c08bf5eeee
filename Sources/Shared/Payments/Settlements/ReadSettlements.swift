package import Core
package import Foundation
import Identity
package import Jobs
package import Logging
package import Postgres

/// Reads what a gateway has paid out to our bank, line by line, and books it: what the gateway kept, and what arrived. Each line counts
/// once, and where it is not what we have on record, that is a finding. Memory stays the same however long a settlement is: a page at a
/// time is read, matched in the database, and committed with its bookings.
package struct ReadSettlements: Sendable {
    /// Read the settlements of one gateway.
    package struct Job: JobPayload, Hashable {
        package static let kind = "payments.read_settlements"
        package static let queue = QueueName.maintenance

        /// A settlement may become known days after its date.
        package static let days: TimeInterval = 7

        package let gateway: String
        package let start: Date
        package let end: Date

        package init(_ gateway: GatewayName, before now: Date) {
            self.gateway = gateway.rawValue
            start = now.addingTimeInterval(-Self.days * 86_400)
            // The gateway's clock may be ahead.
            end = now.addingTimeInterval(3_600)
        }

        package var name: GatewayName { GatewayName(rawValue: gateway) }
        package var period: GatewayPeriod { GatewayPeriod(start: start, end: end) }
    }

    /// What was read and found.
    package struct Report: Sendable, Hashable {
        package var settlements = 0
        /// Those that were not on record.
        package var lines: Int64 = 0
        package var findings = 0
        package var mended = 0
    }

    private let postgres: any PostgresExecutor
    private let gateways: GatewayRegistry
    private let book: PaymentBook

    package init(postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook) {
        self.postgres = postgres
        self.gateways = gateways
        self.book = book
    }

    /// Safe to repeat at any point: what was read before is not read again.
    /// - Throws: ``Problem`` for a gateway that is unknown or has no settlements; ``GatewayError``; `PostgresError`.
    package func callAsFunction(
        _ name: GatewayName, in period: GatewayPeriod, by actor: AuditActor, in scope: some WorkScope
    ) async throws -> Report {
        let known = try gateways.gateway(name)
        guard let gateway = known as? any SettlementListingGateway else { throw known.lacks(.listSettlements) }
        var report = Report()
        var cursor: String?
        repeat {
            try await scope.hold()
            let page = try await gateway.settlements(in: period, after: cursor)
            for settlement in page.settlements {
                report.settlements += 1
                report.findings += try await scope.withUnitOfWork { try await open(settlement, of: name, in: $0) }
            }
            cursor = page.next
        } while cursor != nil
        // Those that an interrupted run has left as well.
        for settlement in try await SettlementStore().unfinished(of: name, in: postgres) {
            try await read(settlement, from: gateway, into: &report, by: actor, in: scope)
        }
        report.mended = try await scope.withUnitOfWork { work in
            try await FindingStore().mend(of: name, at: book.clock.now, in: work)
        }
        return report
    }

    /// - Returns: the number of findings.
    private func open(
        _ theirs: GatewaySettlement, of gateway: GatewayName, in work: UnitOfWork
    ) async throws -> Int {
        let ours = try await SettlementStore().open(
            ID(uuid: book.ids.next()), theirs, of: gateway, at: book.clock.now, in: work)
        guard let ours, ours.amount != theirs.amount else { return 0 }
        let finding = NewFinding(
            .settlementChanged, theirs.reference, "here \(ours.amount), the gateway says \(theirs.amount) by now",
            settlementID: ours.id)
        try await note([finding], of: gateway, in: work)
        return 1
    }

    private func read(
        _ settlement: Settlement, from gateway: any SettlementListingGateway, into report: inout Report,
        by actor: AuditActor, in scope: some WorkScope
    ) async throws {
        var settlement = settlement
        while settlement.state == .reading {
            try await scope.hold()
            let page = try await gateway.lines(of: settlement.statement, after: settlement.cursor)
            let before = settlement
            let (after, findings) = try await scope.withUnitOfWork { work in
                try await take(page, of: before, by: actor, in: work)
            }
            report.lines += after.lineCount - before.lineCount
            report.findings += findings
            settlement = after
        }
    }

    /// Records and books a page, and completes the settlement after the last one.
    /// - Returns: the settlement afterwards, and the number of findings.
    private func take(
        _ page: SettlementLinePage, of before: Settlement, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> (Settlement, findings: Int) {
        guard var settlement = try await SettlementStore().lock(before.id, in: work) else {
            throw Problem.notFound("settlement")
        }
        // Somebody else reads it, and is further.
        guard settlement.state == .reading, settlement.cursor == before.cursor else { return (settlement, 0) }
        var findings = 0
        let ids = page.lines.map { _ in book.ids.next() }
        if let first = ids.first {
            let currency = settlement.amount.currency
            if let added = try await SettlementStore().add(page.lines, ids: ids, to: settlement, in: work) {
                let fee = Money(minorUnits: added.fee, currency: currency)
                let tax = Money(minorUnits: added.tax, currency: currency)
                settlement.lineCount += added.count
                settlement.lines = try settlement.lines.adding(Money(minorUnits: added.net, currency: currency))
                settlement.fee = try settlement.fee.adding(fee)
                settlement.tax = try settlement.tax.adding(tax)
                let posting = try LedgerPosting.settlementFees(fee, tax: tax, through: settlement.gateway)
                try await record(posting, .settlementFees, "\(settlement.id)/\(first)", in: work)
            }
            let (asked, found) = try await judge(ids, in: work)
            for payment in asked { try work.enqueue(VerifyPayment.Job(paymentID: payment)) }
            findings += found
        }
        settlement.cursor = page.next
        if page.next == nil { findings += try await complete(&settlement, by: actor, in: work) }
        try await SettlementStore().update(settlement, in: work)
        return (settlement, findings)
    }

    private func judge(_ lines: [UUID], in work: UnitOfWork) async throws -> (asked: [ID<Payment>], found: Int) {
        let asked = try await FindingStore().judge(lines: lines, at: book.clock.now, in: work)
        return (asked, try await FindingStore().count(among: lines, in: work))
    }

    /// - Returns: the number of findings.
    private func complete(_ settlement: inout Settlement, by actor: AuditActor, in work: UnitOfWork) async throws -> Int
    {
        settlement.state = .complete
        settlement.completedAt = book.clock.now.roundedToMicroseconds
        let payout = try LedgerPosting.payout(of: settlement.amount, through: settlement.gateway)
        try await record(payout, .settlementPayout, "\(settlement.id)", in: work)
        try await book.audit.append(
            AuditEntry(
                actor: actor, action: "settlement.completed", subject: settlement.id,
                payload: [
                    "gateway": .string("\(settlement.gateway)"), "reference": .string(settlement.reference),
                    "amount": .integer(settlement.amount.minorUnits), "fee": .integer(settlement.fee.minorUnits),
                    "tax": .integer(settlement.tax.minorUnits), "currency": .string(settlement.amount.currency.code),
                    "lines": .integer(settlement.lineCount),
                ]), in: work)
        guard settlement.lines != settlement.amount else { return 0 }
        let finding = NewFinding(
            .settlementSumDiffers, settlement.reference,
            "paid out \(settlement.amount), its lines come to \(settlement.lines)",
            amount: try settlement.amount.subtracting(settlement.lines), settlementID: settlement.id)
        try await note([finding], of: settlement.gateway, in: work)
        return 1
    }

    private func record(
        _ posting: LedgerPosting, _ kind: LedgerTransactionKind, _ subject: String, in work: UnitOfWork
    ) async throws {
        guard !posting.isEmpty else { return }
        try await book.ledger.record(posting, kind: kind, subject: subject, of: nil, at: book.clock.now, in: work)
    }

    private func note(_ findings: [NewFinding], of gateway: GatewayName, in work: UnitOfWork) async throws {
        try await FindingStore().note(
            findings, ids: findings.map { _ in book.ids.next() }, of: gateway, at: book.clock.now, in: work)
        for finding in findings {
            book.logger.error(
                "A settlement and our record part",
                metadata: ["gateway": "\(gateway)", "kind": "\(finding.kind)", "subject": "\(finding.subject)"])
        }
    }
}

/// Read the settlements of all gateways that have some, each by a job of its own.
package struct ReadAllSettlements: JobPayload {
    package static let kind = "payments.read_all_settlements"
    package static let queue = QueueName.maintenance

    package init() {}

    /// Records a job for each of them.
    package func callAsFunction(_ gateways: GatewayRegistry, at now: Date, in work: UnitOfWork) throws {
        for gateway in gateways.all where gateway.can(.listSettlements) {
            try work.enqueue(ReadSettlements.Job(gateway.name, before: now))
        }
    }
}
