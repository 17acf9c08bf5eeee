import Catalog
package import Core

/// A price is acceptable where one of the gateways takes it. Where none is switched on, there is nothing that could refuse it.
package struct GatewayPrices: PriceAcceptance {
    private let gateways: GatewayRegistry

    package init(gateways: GatewayRegistry) { self.gateways = gateways }

    package func objection(to price: Money) -> String? {
        var objections: [String] = []
        for gateway in gateways.all {
            guard let objection = gateway.objection(to: price) else { return nil }
            objections.append(objection)
        }
        return objections.isEmpty ? nil : "can’t be paid: \(objections.joined(separator: "; "))"
    }
}
