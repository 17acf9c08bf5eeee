/// What Shiprocket has on record, in a form that a test can compare with its own.
extension ShiprocketProvider {
    /// Everything, or the parts that `?only=orders,events` names.
    func ledger(_ query: FormBody) -> JSON {
        ledger(
            query, totals: Self.totals,
            parts: [
                ("orders", { .array($0.orders.map(self.entry)) }),
                ("statement", { .array($0.statement.map(Self.entry)) }),
                ("events", { .array($0.events.map(self.entry)) }),
            ])
    }

    private static func entry(_ entry: ShiprocketEntry) -> JSON {
        [
            "at": .int(entry.at), "awb": .string(entry.awb), "description": .string(entry.description),
            "amount": .decimalText(entry.amount), "balance": .decimalText(entry.balance),
        ]
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

    private static func totals(_ state: ShiprocketState) -> [(name: String, value: JSON)] {
        var byStatus: [String: Int] = [:]
        for order in state.orders { byStatus[ShiprocketStatus.orderName(order.status), default: 0] += 1 }
        return [
            ("wallet", .decimalText(state.wallet)), ("orders", .int(state.orders.count)),
            ("by_status", LedgerParts.amounts(byStatus)), ("events", .int(state.events.count)),
        ]
    }

    private func entry(_ event: ShiprocketEvent) -> JSON {
        LedgerParts.event(
            event.id,
            [
                ("awb", .string(event.order.awb)), ("shipment_status_id", .int(event.order.shipmentStatus)),
                ("at", .int(event.at)),
            ], desk)
    }

    func overview() -> ProviderOverview {
        let (new, moving, undelivered, wallet) = box.read { state in
            let open = state.orders.filter { !ShiprocketStatus.final.contains($0.shipmentStatus) && $0.status != 5 }
            return (
                open.count { $0.awb.isEmpty }, open.count { !$0.awb.isEmpty },
                open.count { $0.shipmentStatus == 21 }, state.wallet
            )
        }
        return ProviderOverview(
            figures: [
                .init(label: "Orders without AWB", value: "\(new)"),
                .init(label: "Parcels in flight", value: "\(moving)"),
                .init(label: "Undelivered", value: "\(undelivered)"),
                .init(label: "Wallet", value: "INR \(Hundredths.text(wallet))"),
                .pushesWaiting(desk),
                .acknowledged("Pushes", desk),
            ],
            forms: forms, page: "/shiprocket/parcels")
    }

    private var forms: [ControlForm] {
        let parcel = ControlForm.Field(name: "parcel", label: "AWB, shipment or order")
        return [
            ControlForm(
                title: "Move a parcel", command: "move",
                fields: [parcel, .init(name: "status", label: "Shipment status id", value: "7")]),
            .outcomes(
                "Decide on the next parcels", of: "script", ShiprocketState.scripts.joined(separator: ", "),
                value: "rto"),
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
