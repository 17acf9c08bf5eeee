import Orders
import Testing

@Suite("The state machine of orders")
struct OrderStateTests {
    /// Every edge; all other pairs are refused.
    static let edges: [OrderState: [OrderTransition: OrderState]] = [
        .awaitingPayment: [.pay: .paid, .cancel: .cancelled, .expire: .expired],
        .paid: [.fulfil: .fulfilled, .refundPartially: .partiallyRefunded, .refundFully: .refunded],
        .fulfilled: [.refundPartially: .partiallyRefunded, .refundFully: .refunded],
        .partiallyRefunded: [
            .fulfil: .partiallyRefunded, .refundPartially: .partiallyRefunded, .refundFully: .refunded,
            .returnRefunds: .paid,
        ],
        .expired: [.pay: .paid],
        .cancelled: [:],
        .refunded: [.returnRefunds: .paid],
    ]

    @Test(
        "Each state allows its own transitions and no other", arguments: OrderState.allCases, OrderTransition.allCases)
    func table(state: OrderState, transition: OrderTransition) throws {
        if let expected = Self.edges[state]?[transition] {
            #expect(try state.applying(transition) == expected)
        } else {
            #expect(throws: OrderTransitionRefused(state: state, transition: transition)) {
                try state.applying(transition)
            }
        }
    }
}
