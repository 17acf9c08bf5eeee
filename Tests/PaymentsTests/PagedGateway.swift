import Core
import Foundation
import Synchronization

@testable import Payments

/// A gateway that pays out one settlement of many lines, each of 10.00 with a fee of 0.20.
struct PagedGateway: SettlementListingGateway {
    let name = GatewayName(rawValue: "paged")
    let merchantAccount = "test"
    let sessionLifetime: ClosedRange<TimeInterval> = 60...3_600
    let lacking: [GatewayCapability: String] = [:]

    private let pages: Int
    private let size: Int
    private let short: Int64
    private let failure: FailingPage

    /// - Parameters:
    ///   - short: by how much less is paid out than the lines come to.
    ///   - page: which page fails the first time.
    init(pages: Int, size: Int, short: Int64 = 0, failingAt page: Int? = nil) {
        self.pages = pages
        self.size = size
        self.short = short
        failure = FailingPage(page)
    }

    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        throw .unavailable("it opens nothing")
    }

    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? { nil }

    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning { .authentic([]) }

    func settlements(in period: GatewayPeriod, after cursor: String?) async throws(GatewayError) -> SettlementPage {
        SettlementPage(
            settlements: [
                GatewaySettlement(
                    reference: "setl_1",
                    amount: Money(minorUnits: Int64(pages * size) * 980 - short, currency: .bdt), bankReference: "UTR1",
                    settledAt: period.start)
            ], next: nil)
    }

    func lines(
        of settlement: GatewaySettlement, after cursor: String?
    ) async throws(GatewayError) -> SettlementLinePage {
        let page = cursor.flatMap { Int($0) } ?? 0
        if failure.takes(page) { throw .unavailable("the connection is cut") }
        return try GatewayError.reading { () throws(MalformedEvent) in
            var lines: [SettlementLine] = []
            for number in (page * size)..<((page + 1) * size) {
                lines.append(
                    try SettlementLine(
                        reference: "line_\(number)", kind: .payment, paymentReference: "paid_\(number)", net: 980,
                        fee: 20,
                        tax: 0, occurredAt: settlement.settledAt, path: "line"))
            }
            return SettlementLinePage(lines: lines, next: page + 1 < pages ? String(page + 1) : nil)
        }
    }
}

private final class FailingPage: Sendable {
    private let page: Mutex<Int?>

    init(_ page: Int?) { self.page = Mutex(page) }

    func takes(_ number: Int) -> Bool {
        page.withLock { page in
            guard page == number else { return false }
            page = nil
            return true
        }
    }
}
