import Hummingbird

/// The stand-in for AamarPay.
final class AamarPayProvider: StatefulProvider {
    let name = "aamarpay"
    let title = "aamarPay"
    let desk: ProviderDesk
    let settings: AamarPaySettings
    let box: StateDesk<AamarPayState>

    init(settings: AamarPaySettings, seed: UInt64?, desk: ProviderDesk) {
        self.settings = settings
        self.desk = desk
        let url = settings.ipnURL
        box = StateDesk(Self.fresh(settings, seed: SeededRandom.seed(seed)), desk: desk) { _, notice in
            [Self.push(notice, to: url)]
        }
    }

    static func fresh(_ settings: AamarPaySettings, seed: UInt64) -> AamarPayState { AamarPayState(seed: seed) }

    func addRoutes(to router: Router<SandboxContext>) { AamarPayRoutes(provider: self).addRoutes(to: router) }

    /// Unsigned: no algorithm, header or key is published.
    private static func push(_ notice: AamarPayNotice, to url: String) -> Push {
        Push(id: notice.id, kind: notice.status, endpoint: "ipn", ordinal: notice.ordinal) {
            let type = notice.isJSON ? "application/json" : "application/x-www-form-urlencoded"
            return PushRequest(url: url, headers: [("Content-Type", type)], body: notice.body)
        }
    }

}

extension RetrySchedule {
    /// One attempt and no more: retries are not published (UNCONFIRMED).
    static let aamarpay = RetrySchedule { _ in nil }
}

extension AamarPayProvider {
    func control(_ command: ControlCommand) async throws -> JSON? {
        let body = command.body
        switch command.path {
        case ["payments"]: return try pay(body)
        case ["outcomes"]:
            return try order(body, allowed: ["payment": ["successful", "failed", "expired"]])
        case ["notices"]: return try notify(body)
        case ["settings"]: return try set(body)
        default: return nil
        }
    }

    /// `{"tran_id":"…","outcome":"successful"}`
    private func pay(_ body: JSON) throws(ControlError) -> JSON {
        guard let outcome = AamarPayPayment.Status(rawValue: body["outcome"]?.stringValue ?? "successful") else {
            throw .invalid("outcome", "successful, failed, cancelled or expired")
        }
        let id = body["tran_id"]?.stringValue ?? ""
        let store = settings.storeID
        guard let payment = box.change({ state, now in state.decide(id, outcome, store: store, now: now) }) else {
            throw .conflict("tran_id must be a payment that is pending.")
        }
        return ["pg_txnid": .string(payment.gatewayID), "pay_status": .string(payment.status.title.pay)]
    }

    /// `{"tran_id":"…"}` sends a notification, whatever became of the payment: anybody could.
    private func notify(_ body: JSON) throws(ControlError) -> JSON {
        let id = body["tran_id"]?.stringValue ?? ""
        guard let payment = box.read({ $0.payments[id] }) else { throw .notFound("The payment \(id)") }
        let store = settings.storeID
        box.change { state, now in
            var claimed = payment
            if body["forged"]?.boolValue == true { claimed.status = .successful }
            state.notify(claimed, store: store, now: now)
        }
        return ["notified": .string(id)]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        try set(body, in: \.settings) { settings, member throws(ControlError) in
            switch member.name {
            case "merchant": settings.merchant = try member.string()
            case "ipn": settings.ipn = try member.flag()
            case "ipn_format": settings.ipnFormat = try member.word()
            case "relative_url": settings.relativeURL = try member.flag()
            case "refusal": settings.refusal = try member.word()
            case "unknown": settings.unknown = try member.word()
            case "found_in_array": settings.foundInArray = try member.flag()
            case "lifetime": settings.lifetime = try member.nonNegativeInteger()
            default:
                throw .unknown(
                    member.name,
                    among: [
                        "merchant", "ipn", "ipn_format", "relative_url", "refusal", "unknown", "found_in_array",
                        "lifetime",
                    ])
            }
        }
    }

    func ledger(_ query: FormBody) -> JSON {
        let store = settings.storeID
        return ledger(
            query, totals: Self.totals,
            parts: [
                ("payments", { .array($0.payments.elements.map { AamarPayRendering.json($0, store: store) }) }),
                ("events", { LedgerParts.events($0.notices.elements, self.desk, type: \.status) }),
            ])
    }

    private static func totals(_ state: AamarPayState) -> [(name: String, value: JSON)] {
        let captured = state.payments.elements.filter { $0.status == .successful }.sums(of: \.amount, by: \.currency)
        return [("captured", LedgerParts.amounts(captured)), ("events", .int(state.notices.count))]
    }

    func overview() -> ProviderOverview {
        let state = box.read { $0 }
        let pending = state.payments.elements.filter { $0.status == .pending }
        return ProviderOverview(
            figures: [
                .init(label: "Pending", value: "\(pending.count)"),
                .money("In flight", pending.sums(of: \.amount, by: \.currency)),
                .init(label: "Successful", value: "\(state.payments.elements.count { $0.status == .successful })"),
                .acknowledged("Notifications", desk),
            ],
            forms: [
                .outcomes("Decide the next payments", of: "payment", "successful, failed or expired", value: "failed"),
                ControlForm(
                    title: "Notify again", command: "notices", fields: [.init(name: "tran_id", label: "Transaction")]),
                ControlForm(
                    title: "Send notifications", command: "settings",
                    fields: [.init(name: "ipn", label: "true or false", value: "false")]),
            ])
    }
}
