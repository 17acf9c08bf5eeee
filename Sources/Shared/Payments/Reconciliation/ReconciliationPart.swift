/// What a reconciliation compares.
package enum ReconciliationPart: String, Sendable, CaseIterable {
    case payments, refunds, disputes, events

    package static let all = Set(allCases)

    /// What a gateway must be able to do for it, where that is needed.
    fileprivate var need: GatewayCapability? {
        switch self {
        case .payments: nil
        case .refunds: .listRefunds
        case .disputes: .listDisputes
        case .events: .listEvents
        }
    }
}

extension Set<ReconciliationPart> {
    /// What the gateway lacks for all of these; nil where it can do one of them.
    func lacking(at gateway: any PaymentGateway) -> GatewayCapability? {
        let needs = sorted { $0.rawValue < $1.rawValue }.map(\.need)
        let isPossible = needs.contains { $0.map(gateway.can) ?? true }
        return isPossible ? nil : needs.lazy.compactMap { $0 }.first
    }
}

extension GatewayRecordKind {
    var part: ReconciliationPart {
        switch self {
        case .payments: .payments
        case .refunds: .refunds
        case .disputes: .disputes
        }
    }
}
