/// One request on its way to an operation.
struct ShiprocketCall: Sendable {
    let body: JSON
    let query: FormBody
    let now: Int
    /// The address this process is called under.
    let origin: String

    func text(_ field: String) -> String { body[field]?.looseText ?? "" }

    /// A list of numbers. A scalar is what the provider's own loop stumbles over.
    func numbers(_ field: String) throws(ShiprocketError) -> [Int] {
        guard let value = body[field], value != .null else {
            throw .invalid([(field, "The \(field.replacing("_", with: " ")) field is required.")])
        }
        guard let elements = value.elements else { throw .notIterable }
        return elements.compactMap(\.intValue)
    }

    func texts(_ field: String) throws(ShiprocketError) -> [String] {
        guard let value = body[field], value != .null else {
            throw .invalid([(field, "The \(field.replacing("_", with: " ")) field is required.")])
        }
        guard let elements = value.elements else { throw .notIterable }
        return elements.compactMap(\.looseText)
    }

    func document(_ name: String) -> JSON { .string("\(origin)/shiprocket/documents/\(name)") }

    /// A page of a list and the `meta` beside it (UNCONFIRMED: fifteen rows where `per_page` is absent).
    func page<Element>(_ all: [Element], path: String) -> (rows: [Element], meta: JSON) {
        let size = min(max(Int(query["per_page"] ?? "") ?? 15, 1), 100)
        let pages = max(1, (all.count + size - 1) / size)
        let number = min(max(Int(query["page"] ?? "") ?? 1, 1), 1_000_000)
        let rows = Array(all.dropFirst((number - 1) * size).prefix(size))
        let links: JSON =
            number < pages
            ? ["next": .string("\(origin)/shiprocket/v1/external/\(path)?page=\(number + 1)")] : [:]
        return (
            rows,
            [
                "pagination": [
                    "total": .int(all.count), "count": .int(rows.count), "per_page": .int(size),
                    "current_page": .int(number), "total_pages": .int(pages), "links": links,
                ]
            ]
        )
    }
}

/// Answers, most of which are JSON.
typealias ShiprocketOperation =
    @Sendable (inout ShiprocketState, ShiprocketCall) throws(ShiprocketError) -> Answer

/// The same with the name that the path ends with.
typealias ShiprocketNamedOperation =
    @Sendable (inout ShiprocketState, ShiprocketCall, String) throws(ShiprocketError) -> Answer

enum ShiprocketRoutes {
    /// The operation behind a method and the path's parts after `/v1/external`.
    static func find(_ method: String, _ parts: [String]) -> ShiprocketOperation? {
        if let operation = fixed["\(method) \(parts.joined(separator: "/"))"] { return operation }
        if let last = parts.last, let operation = open["\(method) \(parts.dropLast().joined(separator: "/"))/"] {
            return { (state, call) throws(ShiprocketError) in try operation(&state, call, last) }
        }
        return action(method, parts)
    }

    private static func action(_ method: String, _ parts: [String]) -> ShiprocketOperation? {
        guard method == "POST", parts.count == 3, parts[0] == "ndr", parts[2] == "action" else { return nil }
        let awb = parts[1]
        return { (state, call) throws(ShiprocketError) in try ShiprocketUndelivered.act(&state, call, awb) }
    }

    private static let fixed: [String: ShiprocketOperation] = [
        "POST orders/create/adhoc": ShiprocketOrders.createAdhoc,
        "POST orders/create": ShiprocketOrders.createForChannel,
        "POST orders/create/return": ShiprocketOrders.createReturn,
        "POST orders/create/exchange": ShiprocketOrders.createExchange,
        "GET orders": ShiprocketOrders.list,
        "GET orders/processing/return": ShiprocketOrders.listReturns,
        "POST orders/cancel": ShiprocketOrders.cancel,
        "POST orders/cancel/shipment/awbs": ShiprocketOrders.cancelShipments,
        "PATCH orders/address/pickup": ShiprocketOrders.movePickup,
        "POST orders/address/pickup": ShiprocketOrders.movePickup,
        "POST orders/address/update": ShiprocketOrders.updateAddress,
        "POST orders/update/adhoc": ShiprocketOrders.update,
        "POST orders/edit": ShiprocketOrders.update,
        "PATCH orders/fulfill": ShiprocketOrders.fulfill,
        "PATCH orders/mapping": ShiprocketOrders.map,
        "POST orders/print/invoice": ShiprocketPapers.invoice,
        "GET shipments": ShiprocketOrders.listShipments,
        "GET courier/serviceability": ShiprocketShipping.serviceability,
        "GET courier/courierListWithCounts": ShiprocketShipping.couriers,
        "POST courier/assign/awb": ShiprocketShipping.assign,
        "POST courier/generate/pickup": ShiprocketShipping.pickup,
        "POST courier/generate/label": ShiprocketPapers.label,
        "POST courier/generate/label-invoice": ShiprocketPapers.labelInvoice,
        "POST manifests/generate": ShiprocketPapers.generateManifest,
        "POST manifests/print": ShiprocketPapers.printManifest,
        "POST courier/track/awbs": ShiprocketTracking.byAWBs,
        "GET courier/track": ShiprocketTracking.byOrder,
        "GET ndr/all": ShiprocketUndelivered.list,
        "GET account/details/wallet-balance": ShiprocketAccount.balance,
        "GET account/details/statement": ShiprocketAccount.statement,
        "GET billing/discrepancy": ShiprocketAccount.discrepancy,
        "GET settings/company/pickup": ShiprocketAccount.pickups,
        "POST settings/company/addpickup": ShiprocketAccount.addPickup,
        "GET channels": ShiprocketAccount.channels,
    ]

    private static let open: [String: ShiprocketNamedOperation] = [
        "GET orders/show/": ShiprocketOrders.show,
        "GET shipments/": ShiprocketOrders.showShipment,
        "GET courier/track/awb/": ShiprocketTracking.byAWB,
        "GET courier/track/shipment/": ShiprocketTracking.byShipment,
        "GET ndr/": ShiprocketUndelivered.show,
    ]
}
