import Catalog
import Core
import Foundation
import Testing

@testable import Orders

@Suite("The state machine of orders")
struct OrderStateTests {
    /// Every edge; all other pairs are refused.
    private static let edges: [OrderState: [OrderTransition: OrderState]] = [
        .open: [.cancel: .cancelled, .expire: .expired, .capture: .open, .complete: .completed, .reopen: .open],
        .cancelled: [:],
        .expired: [.capture: .open],
        .completed: [.capture: .open, .complete: .completed, .reopen: .open],
    ]

    private func order(_ state: OrderState, _ paymentState: OrderPaymentState = .unpaid) -> Order {
        Order(
            id: ID(uuid: UUID()), number: "H1", state: state, paymentState: paymentState,
            customer: Order.Customer(email: .example), total: Money(minorUnits: 1, currency: .bdt),
            reservationExpiresAt: .distantFuture, placedAt: .distantPast, accessTokenHash: [])
    }

    @Test(
        "Each state allows its own transitions and no other", arguments: OrderState.allCases, OrderTransition.allCases)
    func table(state: OrderState, transition: OrderTransition) throws {
        let order = order(state)
        if let expected = Self.edges[state]?[transition] {
            #expect(try order.state(after: transition) == expected)
        } else {
            #expect(throws: OrderTransitionRefused(status: order.status, transition: transition)) {
                try order.state(after: transition)
            }
        }
    }

    @Test("What was paid for, even in part, can't be given up", arguments: OrderPaymentState.allCases)
    func paid(_ paymentState: OrderPaymentState) throws {
        let isFree = paymentState == .unpaid || paymentState == .authorised
        for transition in [OrderTransition.cancel, .expire] {
            let order = order(.open, paymentState)
            if isFree {
                _ = try order.state(after: transition)
            } else {
                #expect(throws: OrderTransitionRefused.self) { try order.state(after: transition) }
            }
        }
    }

    @Test(
        "Lines tell how far the goods have come",
        arguments: [
            ([], .delivered), ([.open], .unfulfilled), ([.open, .sent], .partiallyFulfilled),
            ([.open, .arrived], .partiallyFulfilled), ([.sent, .sent], .fulfilled),
            ([.sent, .arrived], .partiallyDelivered),
            ([.arrived, .arrived], .delivered),
        ] as [([Progress], FulfilmentState)])
    func fulfilment(lines: [Progress], expected: FulfilmentState) {
        #expect(FulfilmentState(of: lines.map(\.line)) == expected)
    }

    enum Progress {
        case open, sent, arrived

        var line: OrderLine {
            let price = Money(minorUnits: 1, currency: .bdt)
            return OrderLine(
                id: ID(uuid: UUID()), vendorOrder: ID(uuid: UUID()), variant: ID(uuid: UUID()),
                product: ID(uuid: UUID()), vendor: ID(uuid: UUID()), kind: .physical, title: "", sku: "", quantity: 1,
                unitPrice: price, total: price, commissionRate: Rate(partsPerMillion: 0),
                fulfilledAt: self == .open ? nil : .distantPast, deliveredAt: self == .arrived ? .distantPast : nil)
        }
    }
}
