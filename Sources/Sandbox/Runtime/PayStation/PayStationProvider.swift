import Hummingbird

/// The stand-in for PayStation (paystation.com.bd).
final class PayStationProvider: StatefulProvider {
    let name = "paystation"
    let title = "PayStation"
    let desk: ProviderDesk
    let settings: PayStationSettings
    let box: StateDesk<PayStationState>

    init(settings: PayStationSettings, seed: UInt64?, desk: ProviderDesk) {
        self.settings = settings
        self.desk = desk
        let url = settings.ipnURL
        box = StateDesk(Self.fresh(settings, seed: SeededRandom.seed(seed)), desk: desk) { _, notice in
            [Self.push(notice, to: url)]
        }
    }

    static func fresh(_ settings: PayStationSettings, seed: UInt64) -> PayStationState { PayStationState(seed: seed) }

    func addRoutes(to router: Router<SandboxContext>) { PayStationRoutes(provider: self).addRoutes(to: router) }

    private static func push(_ notice: PayStationNotice, to url: String) -> Push {
        Push(id: notice.id, kind: "success", endpoint: "ipn", ordinal: notice.ordinal) {
            PushRequest(url: url, headers: [("Content-Type", "application/json")], body: notice.body)
        }
    }

}

extension RetrySchedule {
    /// Until a 2xx; every minute, ten times (UNCONFIRMED: intervals and window).
    static let paystation = RetrySchedule { failures in failures <= 10 ? 60 : nil }
}

extension PayStationProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["payments"]: return try answer(body)
        case ["outcomes"]:
            return try order(body, allowed: ["payment": PayStationState.Answer.allCases.map(\.rawValue)])
        case ["refunds"]: return try refund(body)
        case ["notices"]: return try notify(body)
        case ["settings"]: return try set(body)
        default: return nil
        }
    }

    /// `{"invoice_number":"…","answer":"Successful"}`: what the customer would do at the page.
    private func answer(_ body: JSON) throws(ControlError) -> JSON {
        guard let answer = PayStationState.Answer(rawValue: body["answer"]?.stringValue ?? "Successful") else {
            throw .invalid("answer", "Successful, Failed or Canceled")
        }
        let id = body["invoice_number"]?.stringValue ?? ""
        guard let result = box.change({ state, now in state.answer(id, answer, now: now) }) else {
            throw .conflict("invoice_number must be a payment that waits for its customer.")
        }
        return ["url": .string(PayStationRendering.callback(result.payment, result.answer))]
    }

    /// A refund made in the panel: nothing is told, only the status changes.
    private func refund(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["invoice_number"]?.stringValue ?? ""
        guard box.read({ $0.payments[id]?.status }) == .success else {
            throw .conflict("invoice_number must be a successful payment.")
        }
        box.change { state, _ in state.payments.update(id) { $0.status = .refund } }
        return ["refunded": .string(id)]
    }

    /// Sends a notification for any invoice number, true or not: it has no signature, so anybody could.
    private func notify(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["invoice_number"]?.stringValue ?? ""
        box.change { state, now in
            let amount = DecimalAmount.parse(body["trx_amount"]) ?? 10_000
            var claimed =
                state.payments[id]
                ?? PayStationPayment(
                    id: id, created: now, token: "", requested: amount, payable: amount, callbackURL: "", fields: [:])
            claimed.transaction = claimed.transaction ?? "FORGED00"
            state.notify(claimed, now: now)
        }
        return ["notified": .string(id)]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        try set(body, in: \.settings) { settings, member throws(ControlError) in
            switch member.name {
            case "merchant": settings.merchant = try member.string()
            case "casing": settings.casing = try member.word()
            case "ipn": settings.ipn = try member.flag()
            case "status_lag": settings.statusLag = try member.nonNegativeInteger()
            case "failure": settings.failure = try member.word()
            case "relative_url": settings.relativeURL = try member.flag()
            default:
                throw .unknown(
                    member.name, among: ["merchant", "casing", "ipn", "status_lag", "failure", "relative_url"])
            }
        }
    }

    func ledger(_ query: FormBody) -> JSON {
        ledger(
            query, totals: Self.totals,
            parts: [
                ("payments", { .array($0.payments.elements.map(Self.json)) }),
                ("events", { LedgerParts.events($0.notices.elements, self.desk, type: { _ in "success" }) }),
            ])
    }

    private static func json(_ payment: PayStationPayment) -> JSON {
        [
            "invoice_number": .string(payment.id), "status": .string(payment.status.rawValue),
            "trx_id": .text(payment.transaction), "requested": .int(payment.requested),
            "payable": .int(payment.payable), "created": .int(payment.created),
        ]
    }

    private static func totals(_ state: PayStationState) -> [(name: String, value: JSON)] {
        let captured = state.payments.elements.reduce(0) { $1.status == .success ? $0 + $1.requested : $0 }
        return [("captured", ["BDT": .int(captured)]), ("events", .int(state.notices.count))]
    }

    func overview() -> ProviderOverview {
        let state = box.read { $0 }
        let processing = state.payments.elements.filter { $0.status == .processing }
        return ProviderOverview(
            figures: [
                .init(label: "Processing", value: "\(processing.count)"),
                .money("In flight", ["BDT": processing.reduce(0) { $0 + $1.requested }]),
                .init(label: "Successful", value: "\(state.payments.elements.count { $0.status == .success })"),
                .acknowledged("Notifications", desk),
            ],
            forms: [
                .outcomes("Decide the next payments", of: "payment", "Successful, Failed or Canceled", value: "Failed"),
                ControlForm(
                    title: "Send a notification, forged or not", command: "notices",
                    fields: [.init(name: "invoice_number", label: "Invoice")]),
                ControlForm(
                    title: "Refund in the panel", command: "refunds",
                    fields: [.init(name: "invoice_number", label: "Invoice")]),
            ])
    }
}
