import Testing

@testable import Complaints

@Suite("States of complaints") struct ComplaintStateTests {
    private static let actions: [ComplaintAction] = [
        .acknowledge, .askCustomer, .askVendor, .customerAnswers, .vendorAnswers, .escalate, .resolve(.replaced),
        .reject,
        .reopen,
    ]

    /// For each state what becomes of it by each action, in that order; nil: refused.
    private static let table: [(ComplaintState, [ComplaintState?])] = [
        (
            .open,
            [.acknowledged, .awaitingCustomer, .awaitingVendor, .open, .open, .escalated, .resolved, .rejected, nil]
        ),
        (
            .acknowledged,
            [
                .acknowledged, .awaitingCustomer, .awaitingVendor, .acknowledged, .acknowledged, .escalated, .resolved,
                .rejected, nil,
            ]
        ),
        (
            .awaitingCustomer,
            [
                .awaitingCustomer, .awaitingCustomer, .awaitingVendor, .acknowledged, .awaitingCustomer, .escalated,
                .resolved, .rejected, nil,
            ]
        ),
        (
            .awaitingVendor,
            [
                .awaitingVendor, .awaitingCustomer, .awaitingVendor, .awaitingVendor, .acknowledged, .escalated,
                .resolved,
                .rejected, nil,
            ]
        ),
        (
            .escalated,
            [
                .escalated, .awaitingCustomer, .awaitingVendor, .escalated, .escalated, .escalated, .resolved,
                .rejected,
                nil,
            ]
        ),
        (.resolved, [nil, nil, nil, nil, nil, nil, nil, nil, .reopened]),
        (.rejected, [nil, nil, nil, nil, nil, nil, nil, nil, .reopened]),
        (
            .reopened,
            [
                .acknowledged, .awaitingCustomer, .awaitingVendor, .reopened, .reopened, .escalated, .resolved,
                .rejected,
                nil,
            ]
        ),
    ]

    @Test("Every action on every state leads where it should, or is refused")
    func transitions() throws {
        #expect(
            Self.table.map(\.0).sorted { $0.rawValue < $1.rawValue }
                == ComplaintState.allCases.sorted { $0.rawValue < $1.rawValue })
        for (state, row) in Self.table {
            for (action, expected) in zip(Self.actions, row) {
                if let expected {
                    #expect(try state.after(action) == expected, "\(state) \(action)")
                } else {
                    #expect(throws: ComplaintActionRefused(state: state), "\(state) \(action)") {
                        try state.after(action)
                    }
                }
            }
        }
    }

    @Test("Nobody writes for those whom they don't read themselves, and only the staff leave others out")
    func audiences() {
        for audience in ComplaintMessage.Audience.allCases {
            #expect(audience.includes(.staff) && audience.isOpen(to: .staff))
            for side in [ComplaintSide.customer, .vendor] {
                #expect(!audience.isOpen(to: side) || audience.includes(side))
            }
        }
        #expect(
            !ComplaintMessage.Audience.customer.includes(.vendor)
                && !ComplaintMessage.Audience.vendor.includes(.customer))
        #expect(!ComplaintMessage.Audience.staff.includes(.customer))
    }
}
