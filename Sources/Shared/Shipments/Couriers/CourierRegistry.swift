package import Core

/// The couriers that this installation has credentials for.
package struct CourierRegistry: Sendable {
    private let couriers: [CourierName: any Courier]

    package init(_ couriers: [any Courier]) {
        self.couriers = Dictionary(couriers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// In the order of their names' spelling.
    package var all: [any Courier] { couriers.values.sorted { $0.name.rawValue < $1.name.rawValue } }

    package func find(_ name: CourierName) -> (any Courier)? { couriers[name] }

    /// - Throws: a 409 ``Problem`` where the courier is not switched on here (any more).
    package func courier(of shipment: Shipment) throws(Problem) -> any Courier {
        guard let courier = couriers[shipment.courier] else {
            throw .conflict(
                "courier-switched-off", title: "The courier is switched off",
                detail: "\(shipment.courier) can't be asked")
        }
        return courier
    }

    /// One that somebody has chosen, or the only one; nil for the vendor's own delivery.
    /// - Throws: a 422 ``Problem`` that names the couriers there are.
    package func chosen(_ name: CourierName?) throws(Problem) -> (any Courier)? {
        if name == .ownDelivery { return nil }
        if let name, let courier = couriers[name] { return courier }
        if name == nil, couriers.isEmpty { return nil }
        if name == nil, couriers.count == 1 { return couriers.values.first }
        let known = (all.map(\.name) + [.ownDelivery]).map(\.rawValue).joined(separator: ", ")
        throw .invalidInput([
            FieldProblem(
                pointer: "/courier", code: name == nil ? "required" : "unknown", message: "must be one of: \(known)")
        ])
    }
}
