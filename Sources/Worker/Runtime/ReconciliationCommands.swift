package import Configuration
import Core
package import Foundation
import Inventory
package import Payments
import Platform

/// Comparing with a gateway from the command line.
package enum ReconciliationCommands {
    /// Prints what differs, one a line, tab-separated, and records the questions that may mend it as jobs.
    /// - Parameters:
    ///   - gateway: nil for all that are switched on and can do any of it.
    ///   - start: nil for two days before the end.
    ///   - end: nil for ten minutes ago.
    /// - Returns: whether both records agree.
    /// - Throws: `ConfigurationError`; `InvalidPeriod`; `Problem` for an unknown gateway; `GatewayError`.
    package static func reconcile(
        _ reader: ConfigReader, _ parts: Set<ReconciliationPart>, gateway: String?, from start: Date?, to end: Date?
    ) async throws -> Bool {
        let reports = try await OperatorSession.run(reader, with: GatewaySettings.read) { platform, gateways in
            let usual = Reconcile.Job.period(
                endingBefore: end?.addingTimeInterval(Reconcile.settlingTime) ?? Date())
            let period = GatewayPeriod(start: start ?? usual.start, end: usual.end)
            guard period.start < period.end else { throw InvalidPeriod() }
            let payments = PaymentServices(on: platform, gateways: gateways)
            let names = gateway.map { [GatewayName(rawValue: $0)] } ?? payments.reconcile.gateways(for: parts)
            var reports: [ReconciliationReport] = []
            for name in names {
                reports.append(
                    try await payments.reconcile(name, parts, in: period, by: .thisAccount, in: platform.queue))
            }
            return reports
        }
        for line in reports.flatMap(\.text) { print(line) }
        return reports.allSatisfy(\.discrepancies.isEmpty)
    }

    /// Reads settlements and prints what came of it, one gateway a line.
    /// - Parameters:
    ///   - gateway: nil for all that have settlements.
    ///   - since: nil for seven days ago.
    /// - Returns: whether nothing was found.
    /// - Throws: `ConfigurationError`; `InvalidPeriod`; `Problem` for an unknown gateway; `GatewayError`.
    package static func readSettlements(_ reader: ConfigReader, gateway: String?, since: Date?) async throws -> Bool {
        let reports = try await OperatorSession.run(reader, with: GatewaySettings.read) { platform, gateways in
            let payments = PaymentServices(on: platform, gateways: gateways)
            let now = platform.clock.now
            let start = since ?? now.addingTimeInterval(-ReadSettlements.Job.days * 86_400)
            guard start < now else { throw InvalidPeriod() }
            let names =
                gateway.map { [GatewayName(rawValue: $0)] }
                ?? payments.gateways.all.filter { $0.can(.listSettlements) }.map(\.name)
            var reports: [(GatewayName, ReadSettlements.Report)] = []
            for name in names {
                let report = try await payments.readSettlements(
                    name, in: GatewayPeriod(start: start, end: now), by: .thisAccount, in: platform.queue)
                reports.append((name, report))
            }
            return reports
        }
        for (name, report) in reports {
            print(
                "\(name): \(report.settlements) settlements, \(report.lines) new lines, \(report.findings) findings, \(report.mended) mended"
            )
        }
        return reports.allSatisfy { $0.1.findings == 0 }
    }

    /// Prints what of stock does not agree with what it is made of, one a line, tab-separated, and puts right what is reserved.
    /// - Returns: whether all of it agreed.
    /// - Throws: `ConfigurationError`; `PostgresError`.
    package static func reconcileStock(_ reader: ConfigReader) async throws -> Bool {
        let (discrepancies, variants) = try await OperatorSession.run(reader) { platform in
            try await ReconcileStock(audit: platform.audit, clock: platform.clock)(
                by: .thisAccount, in: platform.queue)
        }
        print("the stock of \(variants) variants")
        for discrepancy in discrepancies {
            print(
                [
                    discrepancy.kind.rawValue, discrepancy.subject, discrepancy.detail,
                    discrepancy.isRepaired ? "put right" : "needs a person",
                ].joined(separator: "\t"))
        }
        if discrepancies.isEmpty { print("no difference") }
        return discrepancies.isEmpty
    }

    /// Prints where pools of licence keys and stock do not agree, one a line, tab-separated, and makes what is for sale what pools have.
    /// - Returns: whether all of it agreed.
    /// - Throws: `ConfigurationError`; `PostgresError`.
    package static func reconcileKeys(_ reader: ConfigReader) async throws -> Bool {
        let (discrepancies, pools) = try await OperatorSession.run(reader) { platform in
            try await ReconcileLicenceKeys(audit: platform.audit, clock: platform.clock)(
                by: .thisAccount, in: platform.queue)
        }
        print("the licence keys of \(pools) variants")
        for discrepancy in discrepancies {
            print(
                [
                    discrepancy.kind.rawValue, discrepancy.subject, discrepancy.detail,
                    discrepancy.isRepaired ? "put right" : "needs a person",
                ].joined(separator: "\t"))
        }
        if discrepancies.isEmpty { print("no difference") }
        return discrepancies.isEmpty
    }
}

/// The end does not come after the start.
package struct InvalidPeriod: Error, CustomStringConvertible {
    package let description = "the start must be before the end"
}

/// A moment as `2026-11-20T08:00:00Z`, or a day in UTC as `2026-11-20`.
package struct Moment: Sendable {
    package let date: Date

    package init?(_ text: String) {
        let style = Date.ISO8601FormatStyle()
        do {
            date = text.contains("T") ? try style.parse(text) : try style.year().month().day().parse(text)
        } catch {
            return nil
        }
    }
}

extension ReconciliationReport {
    fileprivate var text: [String] {
        let (start, end) = (period.start.formatted(.iso8601), period.end.formatted(.iso8601))
        let looked = """
            \(payments) payments, \(refunds) refunds, \(disputes) disputes, \(events) events (\(missedEvents) never arrived) of \(gateway), \(start) to \(end); \
            asked about \(asked) payments
            """
        let lines = discrepancies.map { discrepancy in
            [
                discrepancy.kind.rawValue, discrepancy.subject, discrepancy.detail,
                discrepancy.repair.map { "asking about \($0)" } ?? "needs a person",
            ].joined(separator: "\t")
        }
        return [looked] + (lines.isEmpty ? ["no difference"] : lines)
    }
}
