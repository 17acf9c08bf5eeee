package import Core

/// The gateways that this installation has credentials for, and cash, which needs none: nobody chooses it as a gateway, but its payments
/// are there like all others.
package struct GatewayRegistry: Sendable {
    private let gateways: [GatewayName: any PaymentGateway]
    private let cash = CashOnDeliveryGateway()

    package init(_ gateways: [any PaymentGateway]) {
        self.gateways = Dictionary(gateways.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Those that somebody can choose, in the order of their names' spelling.
    package var all: [any PaymentGateway] { gateways.values.sorted { $0.name.rawValue < $1.name.rawValue } }

    private var names: [GatewayName] { all.map(\.name) }

    package func find(_ name: GatewayName) -> (any PaymentGateway)? {
        name == cash.name ? cash : gateways[name]
    }

    /// - Throws: a 409 ``Problem`` where the payment's gateway is not switched on here any more.
    package func gateway(of payment: Payment) throws(Problem) -> any PaymentGateway {
        guard let gateway = find(payment.gateway) else { throw Self.switchedOff(payment.gateway) }
        return gateway
    }

    static func switchedOff(_ name: GatewayName) -> Problem {
        .conflict(
            "gateway-switched-off", title: "The gateway is switched off", detail: "\(name) can't be asked any more")
    }

    /// - Throws: a ``Problem`` that names the gateways there are.
    package func gateway(_ name: GatewayName) throws(Problem) -> any PaymentGateway {
        if let gateway = gateways[name] { return gateway }
        let known = names.map(\.rawValue).joined(separator: ", ")
        throw .invalidInput([
            FieldProblem(pointer: "/gateway", code: "unknown", message: "must be one of: \(known)")
        ])
    }
}
