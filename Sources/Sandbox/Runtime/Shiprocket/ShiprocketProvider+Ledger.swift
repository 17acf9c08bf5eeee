/// What Shiprocket has on record, in a form that a test can compare with its own.
extension ShiprocketProvider {
    private static let parts = ["totals", "orders", "statement", "events", "requests"]

    /// Everything, or the parts that `?only=orders,events` names.
    func ledger(_ query: FormBody) -> JSON {
        let only = query["only"].map { $0.split(separator: ",").map(String.init) } ?? Self.parts
        var ledger = JSONObject()
        ledger["provider"] = "shiprocket"
        ledger["now"] = .number(desk.clock.now)
        for part in Self.parts where only.contains(part) {
            ledger[part] = read { json(part, $0) }
        }
        return .object(ledger)
    }

    private func json(_ part: String, _ state: ShiprocketState) -> JSON {
        switch part {
        case "totals": totals(state)
        case "orders": .array(state.orders.map(entry))
        case "statement":
            .array(
                state.statement.map {
                    [
                        "at": .int($0.at), "awb": .string($0.awb), "description": .string($0.description),
                        "amount": .decimalText($0.amount), "balance": .decimalText($0.balance),
                    ]
                })
        case "events": events(state)
        default: desk.requests.json
        }
    }

    func entry(_ order: ShiprocketOrder) -> JSON {
        [
            "order_id": .int(order.id), "shipment_id": .int(order.shipmentID),
            "channel_order_id": .string(order.draft.channelOrderID), "awb": .string(order.awb),
            "status_code": .int(order.status), "shipment_status": .int(order.shipmentStatus),
            "status": .string(ShiprocketStatus.orderName(order.status)), "total": .decimalText(order.draft.total),
            "cod": .bool(order.draft.isCOD), "is_return": .bool(order.draft.isReturn),
            "charged": .decimalText(order.charged), "scans": .int(order.scans.count), "created": .int(order.createdAt),
        ]
    }

    private func totals(_ state: ShiprocketState) -> JSON {
        var byStatus: [String: Int] = [:]
        for order in state.orders { byStatus[ShiprocketStatus.orderName(order.status), default: 0] += 1 }
        return [
            "wallet": .decimalText(state.wallet), "orders": .int(state.orders.count),
            "by_status": StripeProvider.amounts(byStatus), "events": .int(state.events.count),
            "requests": .int(desk.requests.total),
        ]
    }

    private func events(_ state: ShiprocketState) -> JSON {
        let deliveries = Dictionary(grouping: desk.deliveries.all, by: \.id)
        return .array(
            state.events.map { event in
                [
                    "id": .string(event.id), "awb": .string(event.order.awb),
                    "shipment_status_id": .int(event.order.shipmentStatus), "at": .int(event.at),
                    "deliveries": .array((deliveries[event.id] ?? []).map(\.json)),
                ]
            })
    }

    func overview() -> ProviderOverview {
        let (new, moving, undelivered, wallet) = read { state in
            let open = state.orders.filter { !ShiprocketStatus.final.contains($0.shipmentStatus) && $0.status != 5 }
            return (
                open.count { $0.awb.isEmpty }, open.count { !$0.awb.isEmpty },
                open.count { $0.shipmentStatus == 21 }, state.wallet
            )
        }
        let deliveries = desk.deliveries.totals
        return ProviderOverview(
            figures: [
                .init(label: "Orders without AWB", value: "\(new)"),
                .init(label: "Parcels in flight", value: "\(moving)"),
                .init(label: "Undelivered", value: "\(undelivered)"),
                .init(label: "Wallet", value: "INR \(Hundredths.text(wallet))"),
                .init(label: "Pushes waiting", value: "\(deliveries.pending)"),
                .init(label: "Pushes acknowledged", value: "\(deliveries.delivered)"),
            ],
            forms: forms, page: "/shiprocket/parcels")
    }

    private var forms: [ControlForm] {
        let parcel = ControlForm.Field(name: "parcel", label: "AWB, shipment or order")
        return [
            ControlForm(
                title: "Move a parcel", command: "move",
                fields: [parcel, .init(name: "status", label: "Shipment status id", value: "7")]),
            ControlForm(
                title: "Decide on the next parcels", command: "outcomes",
                fields: [
                    .init(
                        name: "script", label: ShiprocketScript.allCases.map(\.rawValue).joined(separator: ", "),
                        value: "rto"), .init(name: "times", label: "How many", value: "1"),
                ]),
            ControlForm(
                title: "Set the wallet", command: "wallet",
                fields: [.init(name: "balance", label: "Balance (rupees)", value: "10")]),
            ControlForm(
                title: "Close a pin code", command: "pincodes",
                fields: [
                    .init(name: "pincode", label: "Pin code", value: "400001"),
                    .init(name: "serviceable", label: "true or false", value: "false"),
                ]),
            ControlForm(title: "Expire all tokens", command: "tokens/expire"),
        ]
    }
}
