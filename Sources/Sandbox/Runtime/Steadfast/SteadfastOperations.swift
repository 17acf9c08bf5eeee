/// What a request of Steadfast's API asks for.
enum SteadfastOperation: Sendable {
    enum Lookup: Sendable { case id(String), invoice(String), trackingCode(String) }

    case create, createBulk
    case status(Lookup), statusWithReturn(String), trackings(String)
    case balance
    case requestReturn, returnRequest(String), returnRequests
    case payments, payment(String)
    case policeStations, requestPickup

    static func find(_ method: String, _ path: Substring) -> SteadfastOperation? {
        let parts = path.split(separator: "/").map { String($0).removingEscapes }
        switch (method, parts.first, parts.count) {
        case ("POST", "create_order", 1): return .create
        case ("POST", "create_order", 2) where parts[1] == "bulk-order": return .createBulk
        case ("GET", "status_by_cid", 2): return .status(.id(parts[1]))
        case ("GET", "status_by_invoice", 2): return .status(.invoice(parts[1]))
        case ("GET", "status_by_trackingcode", 2): return .status(.trackingCode(parts[1]))
        case ("GET", "status_with_return_status_by_cid", 2): return .statusWithReturn(parts[1])
        case ("GET", "trackings_by_invoice", 2): return .trackings(parts[1])
        case ("GET", "get_balance", 1): return .balance
        case ("POST", "create_return_request", 1): return .requestReturn
        case ("GET", "get_return_request", 2): return .returnRequest(parts[1])
        case ("GET", "get_return_requests", 1): return .returnRequests
        case ("GET", "payments", 1): return .payments
        case ("GET", "payments", 2): return .payment(parts[1])
        case ("GET", "police_stations", 1): return .policeStations
        case ("POST", "create_pickup_request", 1): return .requestPickup
        default: return nil
        }
    }

    func run(_ state: inout SteadfastState, body: JSON, query: FormBody, now: Int) throws(SteadfastError) -> JSON {
        switch self {
        case .create: return try Self.create(&state, body, now)
        case .createBulk: return try Self.createBulk(&state, body, now)
        case .status(let lookup):
            return ["status": 200, "delivery_status": .string(try Self.parcel(state, lookup).status)]
        case .statusWithReturn(let id): return try Self.statusWithReturn(state, id)
        case .trackings(let invoice): return try Self.trackings(state, invoice)
        case .balance:
            return [
                "status": 200,
                "current_balance": state.settings.balanceAsText ? .decimalText(state.balance) : .amount(state.balance),
            ]
        case .requestReturn: return try Self.requestReturn(&state, body, now)
        case .returnRequest(let id):
            guard let request = Int(id).flatMap({ id in state.returns.first { $0.id == id } }) else {
                throw .notFound("Return request not found")
            }
            return SteadfastRendering.returnRequest(request)
        case .returnRequests:
            return .array(Self.page(state.returns.reversed(), query).map(SteadfastRendering.returnRequest))
        case .payments:
            return ["payments": .array(Self.page(state.payments.reversed(), query).map(SteadfastRendering.payment))]
        case .payment(let id): return try Self.payment(state, id)
        case .policeStations: return Self.stations
        case .requestPickup: return try Self.requestPickup(&state, body, now)
        }
    }

    private static func create(
        _ state: inout SteadfastState, _ body: JSON, _ now: Int
    ) throws(SteadfastError) -> JSON {
        let order = try SteadfastValidation.order(body) { state.parcel(invoice: $0) != nil }
        let parcel = state.create(order, now: now)
        return [
            "status": 200, "message": "Consignment has been created successfully.",
            "consignment": SteadfastRendering.consignment(parcel),
        ]
    }

    static let bulkLimit = 500

    /// Takes the rows as a text of JSON, as documented, and as an array, as many send it. Does not look whether an
    /// invoice is free: the documentation's own sample repeats one.
    private static func createBulk(
        _ state: inout SteadfastState, _ body: JSON, _ now: Int
    ) throws(SteadfastError) -> JSON {
        guard let rows = rows(body["data"]) else {
            throw .invalid([("data", ["The data must be a valid JSON string."])])
        }
        guard rows.count <= bulkLimit else {
            throw .invalid([("data", ["The data may not have more than \(bulkLimit) items."])])
        }
        var results: [JSON] = []
        for row in rows {
            do throws(SteadfastError) {
                let order = try SteadfastValidation.order(row) { _ in false }
                results.append(SteadfastRendering.bulkRow(row, state.create(order, now: now)))
            } catch {
                results.append(SteadfastRendering.bulkRow(row, nil))
            }
        }
        return state.settings.wrappedBulk ? ["data": .array(results)] : .array(results)
    }

    private static func rows(_ data: JSON?) -> [JSON]? {
        guard let text = data?.stringValue else { return data?.elements }
        do throws(JSONSyntaxError) {
            return try JSONParser.parse(Array(text.utf8)).elements
        } catch {
            return nil
        }
    }

    private static func parcel(
        _ state: SteadfastState, _ lookup: Lookup
    ) throws(SteadfastError) -> SteadfastParcel {
        let found: SteadfastParcel? =
            switch lookup {
            case .id(let text): Int(text).flatMap(state.parcel(id:))
            case .invoice(let text): state.parcel(invoice: text)
            case .trackingCode(let text): state.parcel(trackingCode: text)
            }
        guard let found else { throw .notFound("Consignment not found") }
        return found
    }

    /// UNCONFIRMED beyond its existence.
    private static func statusWithReturn(_ state: SteadfastState, _ id: String) throws(SteadfastError) -> JSON {
        let parcel = try parcel(state, .id(id))
        let request = state.returns.last { $0.parcel == parcel.id }
        return [
            "status": 200, "delivery_status": .string(parcel.status), "return_status": .text(request?.status),
        ]
    }

    private static func trackings(_ state: SteadfastState, _ invoice: String) throws(SteadfastError) -> JSON {
        let parcel = try parcel(state, .invoice(invoice))
        return [
            "status": 200,
            "tracking": .array(
                parcel.trackings.map {
                    [
                        "consignment_id": .int(parcel.id), "tracking_type": .string($0.type), "text": .string($0.text),
                        "created_at": .string(SteadfastRendering.timestamp($0.at)),
                    ]
                }),
        ]
    }

    private static func requestReturn(
        _ state: inout SteadfastState, _ body: JSON, _ now: Int
    ) throws(SteadfastError) -> JSON {
        let lookup: Lookup
        if let id = body["consignment_id"]?.looseText {
            lookup = .id(id)
        } else if let invoice = body["invoice"]?.looseText {
            lookup = .invoice(invoice)
        } else if let code = body["tracking_code"]?.looseText {
            lookup = .trackingCode(code)
        } else {
            throw .invalid([("consignment_id", ["The consignment id field is required."])])
        }
        let parcel = try parcel(state, lookup)
        let request = state.requestReturn(of: parcel.id, reason: body["reason"]?.looseText, now: now)
        return SteadfastRendering.returnRequest(request)
    }

    private static func payment(_ state: SteadfastState, _ id: String) throws(SteadfastError) -> JSON {
        guard let payment = Int(id).flatMap({ id in state.payments.first { $0.id == id } }) else {
            throw .notFound("Payment not found")
        }
        var object = JSONObject(members: SteadfastRendering.payment(payment).members)
        object["consignments"] = .array(
            payment.parcels.compactMap(state.parcel(id:)).map(SteadfastRendering.consignment))
        return .object(object)
    }

    /// UNCONFIRMED: the shape of the list, and its names.
    private static let stations: JSON = [
        ["id": 1, "name": "Dhanmondi", "district": "Dhaka"], ["id": 2, "name": "Gulshan", "district": "Dhaka"],
        ["id": 3, "name": "Kotwali", "district": "Chattogram"], ["id": 4, "name": "Boalia", "district": "Rajshahi"],
    ]

    private static func requestPickup(
        _ state: inout SteadfastState, _ body: JSON, _ now: Int
    ) throws(SteadfastError) -> JSON {
        var problems: [(field: String, messages: [String])] = []
        for field in ["address", "contact_number"] where (body[field]?.looseText ?? "").isEmpty {
            problems.append((field, ["The \(field.replacing("_", with: " ")) field is required."]))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        let pickup = SteadfastPickup(id: state.pickups.count + 1, createdAt: now)
        state.pickups.append(pickup)
        return [
            "message": "Pickup request has been created successfully.",
            "data": [
                "id": .int(pickup.id), "req_status": "pending",
                "created_at": .string(SteadfastRendering.timestamp(now)),
            ],
        ]
    }

    /// UNCONFIRMED: pages of twenty, newest first.
    private static func page<Element>(_ all: [Element], _ query: FormBody) -> [Element] {
        let number = max(1, Int(query["page"] ?? "") ?? 1)
        return Array(all.dropFirst((min(number, 1_000_000) - 1) * 20).prefix(20))
    }
}
