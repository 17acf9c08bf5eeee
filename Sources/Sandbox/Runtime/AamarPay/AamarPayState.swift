/// What a merchant asked to be paid; `id` is the merchant's own tran_id.
struct AamarPayPayment: Recorded {
    enum Status: String, Codable, Sendable {
        case pending, successful, failed, cancelled, expired

        /// Only success is documented (UNCONFIRMED: all others).
        var title: (pay: String, code: String, title: String) {
            switch self {
            case .successful: ("Successful", "2", "Successful Transaction")
            case .failed: ("Failed", "7", "Failed Transaction")
            case .pending: ("Pending", "0", "Pending Transaction")
            case .cancelled: ("Canceled", "9", "Canceled Transaction")
            case .expired: ("Expired", "11", "Expired Transaction")
            }
        }
    }

    let id: String
    let created: Int
    let track: String
    /// AamarPay's own number.
    let gatewayID: String
    /// Hundredths of `currency`.
    let amount: Int
    let currency: String
    /// Hundredths of BDT for one unit.
    let rate: Int
    let successURL: String
    let failURL: String
    let cancelURL: String
    /// `desc`, `cus_…`, `opt_…` as they came.
    let fields: [String: String]
    var status = Status.pending
    var paid: Int?
    var method = "VISA-Dutch Bangla"

    var amountBDT: Int { currency == "BDT" ? amount : (amount * rate + 50) / 100 }
    /// What the store gets: 2.5 % less (UNCONFIRMED: a contract's real rate).
    var storeAmount: Int { amountBDT - amountBDT / 40 }
}

/// One notification, as it was at its moment.
struct AamarPayNotice: Recorded {
    let id: String
    let created: Int
    let status: String
    let body: [UInt8]
    let isJSON: Bool
    let ordinal: UInt64
}

/// Everything AamarPay knows, and the rules by which it changes.
struct AamarPayState: OutcomeState {
    enum Action: Codable, Sendable {
        case expire(String)
    }

    struct Settings: Codable, Sendable {
        enum Format: String, Codable, Sendable, CaseIterable { case form, json }
        enum Refusal: String, Codable, Sendable, CaseIterable { case string, object, html }
        enum Unknown: String, Codable, Sendable, CaseIterable { case object, array, status }

        var merchant = "Haat"
        /// Whether notifications are sent at all: each store must register its address with AamarPay.
        var ipn = true
        /// Not documented, so both occur (UNCONFIRMED).
        var ipnFormat = Format.form
        /// Whether `payment_url` is relative.
        var relativeURL = false
        var refusal = Refusal.string
        /// What an unknown transaction is answered with (UNCONFIRMED).
        var unknown = Unknown.object
        /// Whether a found transaction comes in an array of one.
        var foundInArray = false
        var lifetime = 86_400
        /// Hundredths of BDT for a dollar.
        var dollar = 10_957
    }

    var random: SeededRandom
    var payments = ObjectStore<AamarPayPayment>()
    var notices = ObjectStore<AamarPayNotice>()
    private var paymentsByTrack = ObjectIndex()
    var outcomes = OrderedOutcomes()
    var settings = Settings()
    private var timetable = Timetable<Action>()
    private var outbox: [AamarPayNotice] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func takeOutbox() -> [AamarPayNotice] {
        defer { outbox = [] }
        return outbox
    }

    func event(_ id: String) -> AamarPayNotice? { notices[id] }

    mutating func timePassed(now: Int) {
        while let timer = timetable.next(now: now) {
            switch timer.action {
            case .expire(let id):
                if payments[id]?.status == .pending { payments.update(id) { $0.status = .expired } }
            }
        }
    }

    struct Refusal: Error { let reason: String }

    private static let required = [
        "tran_id", "amount", "currency", "success_url", "fail_url", "cancel_url", "desc", "cus_name", "cus_email",
        "cus_phone",
    ]

    mutating func create(_ fields: [String: String], now: Int) throws(Refusal) -> AamarPayPayment {
        for name in Self.required where fields[name]?.isEmpty ?? true {
            throw Refusal(reason: "Invalid \(name)")
        }
        guard let id = fields["tran_id"], id.count <= 32 else { throw Refusal(reason: "Invalid tran_id") }
        guard let amount = fields["amount"].flatMap(DecimalAmount.parse), amount > 0 else {
            throw Refusal(reason: "Invalid amount")
        }
        guard let currency = fields["currency"], currency == "BDT" || currency == "USD" else {
            throw Refusal(reason: "Invalid currency")
        }
        guard payments[id] == nil else { throw Refusal(reason: "tran_id already exist") }
        let stamp = CivilTime(unix: now, offset: CivilTime.bangladesh).digits
        let payment = AamarPayPayment(
            id: id, created: now, track: "AAM" + stamp + Self.digits(&random, 6),
            gatewayID: "AAM" + stamp + Self.digits(&random, 5), amount: amount, currency: currency,
            rate: currency == "USD" ? settings.dollar : 100, successURL: fields["success_url"] ?? "",
            failURL: fields["fail_url"] ?? "", cancelURL: fields["cancel_url"] ?? "", fields: fields)
        payments.append(payment)
        paymentsByTrack.add(payment.id, under: payment.track)
        timetable.add(.expire(id), at: now + settings.lifetime)
        return payment
    }

    private static func digits(_ random: inout SeededRandom, _ count: Int) -> String {
        String((0..<count).map { _ in Character(String(random.next() % 10)) })
    }

    func find(track: String) -> AamarPayPayment? { paymentsByTrack.last(under: track).flatMap { payments[$0] } }

    /// The customer's attempt, or what the control plane decides. What is over stays as it is.
    mutating func decide(_ id: String, _ status: AamarPayPayment.Status, store: String, now: Int) -> AamarPayPayment? {
        guard payments[id]?.status == .pending else { return nil }
        let ordered = outcomes.take("payment").flatMap(AamarPayPayment.Status.init)
        let decided = payments.update(id) {
            $0.status = ordered ?? status
            $0.paid = now
        }
        if let decided, decided.status == .successful || decided.status == .failed {
            notify(decided, store: store, now: now)
        }
        return decided
    }

    mutating func notify(_ payment: AamarPayPayment, store: String, now: Int) {
        guard settings.ipn else { return }
        let fields = AamarPayRendering.fields(payment, store: store)
        let isJSON = settings.ipnFormat == .json
        let json = JSON.object(JSONObject(members: fields.map { .init(name: $0.name, value: .string($0.value)) }))
        let notice = AamarPayNotice(
            id: "ipn_\(notices.count + 1)", created: now, status: payment.status.title.pay,
            body: isJSON ? json.compact : Array(FormWriter.encode(fields).utf8), isJSON: isJSON,
            ordinal: UInt64(notices.count + 1))
        notices.append(notice)
        outbox.append(notice)
    }
}
