import Core
import Foundation
import Identity
import Postgres

extension Reconcile {
    /// How many pages of a gateway's events are looked at.
    private static let mostPages = 1_000
    /// How many payments past their time are asked about, and how long one is asked about.
    private static let mostOverdue = 1_000
    private static let overduePatience: TimeInterval = 30 * 86_400

    /// What the gateway has pushed and never reached us: where it is about payments of ours, the gateway is asked about them.
    func compareEvents(at gateway: any PaymentGateway, into report: inout ReconciliationReport) async throws {
        guard let gateway = gateway as? any EventListingGateway else { return }
        var cursor: String?
        for _ in 0..<Self.mostPages {
            let page = try await gateway.events(in: report.period, after: cursor)
            report.events += page.events.count
            let unseen = Set(
                try await ReconciliationStore().unseen(
                    of: gateway.name, among: page.events.map(\.id), from: postgres
                ).map { UTF8Text($0) })
            for event in page.events where unseen.contains(UTF8Text(event.id)) {
                try await note(event, at: gateway, into: &report)
            }
            guard let next = page.next else { return }
            cursor = next
        }
    }

    /// What is known here by other ways is no difference, however it came.
    private func note(
        _ event: GatewayEvent, at gateway: any PaymentGateway, into report: inout ReconciliationReport
    ) async throws {
        let push = GatewayPush(id: event.id, body: event.body)
        let news: Bool
        do {
            guard case .authentic(let facts) = try gateway.interpret(push) else { return }
            let told = facts.filter { if case .irrelevant = $0 { false } else { true } }
            guard !told.isEmpty else { return }
            report.missedEvents += 1
            news = try await isAnyNews(told, from: gateway)
        } catch is MalformedEvent {
            news = true
        }
        guard news else { return }
        // Others may be served by the same account: what is about no payment of ours concerns nobody here.
        for payment in try await mentioned(in: push, of: gateway) {
            report.discrepancies.append(
                Discrepancy(
                    .eventMissedHere, event.id, "\(event.type) about \(payment) never arrived", repair: payment))
        }
    }

    private func isAnyNews(_ facts: [GatewayFact], from gateway: any PaymentGateway) async throws -> Bool {
        for fact in facts {
            switch fact {
            case .payment(let report):
                let ours = try await PaymentStore().find(
                    id: report.paymentID, gateway: gateway.name, reference: report.reference,
                    sessionReference: report.sessionReference, in: postgres)
                if let ours, ours.assess(report) != .nothing { return true }
            case .refund(let report): if try await compare(report, at: gateway) != nil { return true }
            case .dispute(let report): if try await compare(report, at: gateway) != nil { return true }
            // Which refunds there are is told by what follows it, and by their list; settlements are read by themselves.
            case .refundsChanged, .settled, .irrelevant: break
            }
        }
        return false
    }

    private func mentioned(in push: GatewayPush, of gateway: any PaymentGateway) async throws -> [ID<Payment>] {
        var found: Set<ID<Payment>> = []
        for pointer in gateway.mentions(in: push) {
            let payment = try await PaymentStore().find(
                id: pointer.paymentID, gateway: gateway.name, reference: pointer.reference,
                sessionReference: pointer.sessionReference, in: postgres)
            if let payment { found.insert(payment.id) }
        }
        return found.sorted()
    }

    /// Payments that are open past their time: whoever paid them did so, whatever was pushed.
    func compareOverdue(at gateway: any PaymentGateway, into report: inout ReconciliationReport) async throws {
        let overdue = try await ReconciliationStore().overdue(
            through: gateway.name, before: report.period.end,
            since: report.period.end.addingTimeInterval(-Self.overduePatience), limit: Self.mostOverdue, from: postgres)
        let known = Set(report.repairs)
        for id in overdue where !known.contains(id) {
            guard let ours = try await PaymentStore().payment(id, visibleTo: .everything, in: postgres) else {
                continue
            }
            report.asked += 1
            guard let theirs = try await gateway.read(ours, for: .system) else {
                report.discrepancies.append(
                    Discrepancy(
                        .paymentUnknownThere, "\(id)",
                        "here \(ours.state.rawValue); \(gateway.name) knows nothing of it"))
                continue
            }
            guard !theirs.status.state.isOpen else { continue }
            let kind = theirs.status == .captured ? Discrepancy.Kind.captureMissedHere : .endMissedHere
            report.discrepancies.append(
                Discrepancy(
                    kind, "\(id)",
                    "here \(ours.state.rawValue); \(gateway.name) says \(theirs.status.rawValue) (\(theirs.statement))",
                    repair: id))
        }
    }
}
