/// What Steadfast has on record, in a form that a test can compare with its own.
extension SteadfastProvider {
    /// Everything, or the parts that `?only=parcels,events` names.
    func ledger(_ query: FormBody) -> JSON {
        ledger(
            query, totals: Self.totals,
            parts: [
                ("parcels", { .array($0.parcels.map(self.entry)) }),
                ("returns", { .array($0.returns.map(SteadfastRendering.returnRequest)) }),
                ("payments", { .array($0.payments.map(SteadfastRendering.payment)) }),
                ("events", { .array($0.events.map(self.entry)) }),
            ])
    }

    private func entry(_ parcel: SteadfastParcel) -> JSON {
        var object = JSONObject(members: SteadfastRendering.consignment(parcel).members)
        object["collected"] = .optional(parcel.collected, JSON.amount)
        object["delivery_charge"] = .amount(parcel.deliveryCharge)
        object["payment_id"] = .integer(parcel.payment)
        return .object(object)
    }

    private static func totals(_ state: SteadfastState) -> [(name: String, value: JSON)] {
        var byStatus: [String: Int] = [:]
        for parcel in state.parcels { byStatus[parcel.status, default: 0] += 1 }
        return [
            ("balance", .amount(state.balance)), ("parcels", .int(state.parcels.count)),
            ("by_status", LedgerParts.amounts(byStatus)), ("events", .int(state.events.count)),
        ]
    }

    private func entry(_ event: SteadfastEvent) -> JSON {
        LedgerParts.event(
            event.id,
            [
                ("type", .string(event.kind.rawValue)), ("consignment_id", .int(event.parcel)),
                ("status", .text(event.status)), ("message", .string(event.message)), ("at", .int(event.at)),
            ], desk)
    }

    func overview() -> ProviderOverview {
        let (moving, collecting, balance, returns) = box.read { state in
            let moving = state.parcels.filter { !SteadfastStatus.final.contains($0.status) }
            return (
                moving.count, moving.reduce(0) { $0 + $1.order.codAmount }, state.balance,
                state.returns.count { $0.status != "completed" && $0.status != "cancelled" }
            )
        }
        return ProviderOverview(
            figures: [
                .init(label: "Parcels in flight", value: "\(moving)"),
                .init(label: "To be collected", value: "BDT \(Hundredths.text(collecting))"),
                .init(label: "Balance", value: "BDT \(Hundredths.text(balance))"),
                .init(label: "Open returns", value: "\(returns)"),
                .pushesWaiting(desk),
                .acknowledged("Pushes", desk),
            ],
            forms: forms, page: "/steadfast/parcels")
    }

    private var forms: [ControlForm] {
        let parcel = ControlForm.Field(name: "parcel", label: "Consignment, invoice or tracking code")
        return [
            ControlForm(
                title: "Move a parcel", command: "move",
                fields: [parcel, .init(name: "status", label: "Status", value: "delivered")]),
            ControlForm(
                title: "Let the rider collect", command: "collect",
                fields: [parcel, .init(name: "amount", label: "Amount (taka)", value: "50")]),
            .outcomes(
                "Decide on the next parcels", of: "script", SteadfastState.scripts.joined(separator: ", "),
                value: "cancelled"),
            ControlForm(
                title: "Move a return", command: "returns",
                fields: [
                    .init(name: "id", label: "Return request", value: "1"),
                    .init(name: "status", label: "Status", value: "processing"),
                ]),
            ControlForm(
                title: "Pay out", command: "payments", fields: [.init(name: "method", label: "Method", value: "bank")]),
        ]
    }
}
