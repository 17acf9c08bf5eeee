/// Everything Steadfast knows, and the rules by which it changes. Pure: time comes in, events pile up in the outbox.
struct SteadfastState: CourierState {
    /// A parcel's next step, unless it is on another journey by then.
    struct Action: Codable, Sendable {
        let parcel: Int
        let journey: Int
    }

    var random: SeededRandom
    private let firstID: Int
    private(set) var parcels: [SteadfastParcel] = []
    private var byInvoice: [String: Int] = [:]
    private var byTrackingCode: [String: Int] = [:]
    var returns: [SteadfastReturn] = []
    var payments: [SteadfastPayment] = []
    var pickups: [SteadfastPickup] = []
    var balance = 0
    var settings = SteadfastSettings()
    var limit = MinuteLimit()
    var outcomes = OrderedOutcomes()
    private(set) var events: [SteadfastEvent] = []
    private var handedOver = 0
    private var timetable = Timetable<Action>()

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        firstID = 10_000_000 + Int(random.next() % 80_000_000)
    }

    static let parcelNames = "a consignment id, an invoice or a tracking code"

    func parcel(named name: String) -> SteadfastParcel? {
        Int(name).flatMap(parcel(id:)) ?? parcel(invoice: name) ?? parcel(trackingCode: name)
    }

    func refusalToTravel(_ parcel: SteadfastParcel) -> String? {
        SteadfastStatus.final.contains(parcel.status) ? "\(parcel.id) is \(parcel.status) already." : nil
    }

    func parcel(id: Int) -> SteadfastParcel? {
        parcels.indices.contains(id &- firstID) ? parcels[id &- firstID] : nil
    }

    /// The latest parcel of an invoice: bulk orders may repeat one.
    func parcel(invoice: String) -> SteadfastParcel? { byInvoice[invoice].flatMap(parcel(id:)) }

    func parcel(trackingCode: String) -> SteadfastParcel? { byTrackingCode[trackingCode].flatMap(parcel(id:)) }

    mutating func update(_ id: Int, _ change: (inout SteadfastParcel) -> Void) {
        guard parcels.indices.contains(id &- firstID) else { return }
        change(&parcels[id - firstID])
    }

    /// Takes an order on. Whether its invoice is free is for the caller to have asked.
    mutating func create(_ order: SteadfastOrder, now: Int) -> SteadfastParcel {
        let id = firstID + parcels.count
        var code = ""
        repeat { code = Self.trackingCode(random.next()) } while byTrackingCode[code] != nil
        let parcel = SteadfastParcel(
            id: id, trackingCode: code, order: order, deliveryCharge: Self.deliveryCharge(order), createdAt: now,
            updatedAt: now)
        parcels.append(parcel)
        byInvoice[order.invoice] = id
        byTrackingCode[code] = id
        start(takeScript(), of: id, now: now)
        return parcel
    }

    /// Eight hexadecimal digits, as in the documentation's sample.
    private static func trackingCode(_ bits: UInt64) -> String {
        let text = String(bits & 0xFFFF_FFFF, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    /// UNCONFIRMED: rates are a matter of contract. 60 taka within Dhaka, 110 elsewhere.
    static func deliveryCharge(_ order: SteadfastOrder) -> Int {
        order.address.lowercased().contains("dhaka") ? 60_00 : 110_00
    }

    /// UNCONFIRMED: one per cent of what was collected.
    static func codFee(_ collected: Int) -> Int { collected / 100 }

    private mutating func takeScript() -> SteadfastScript {
        outcomes.take("script").flatMap(SteadfastScript.init(rawValue:)) ?? settings.script
    }

    /// Replaces what is still to happen to a parcel.
    mutating func start(_ script: SteadfastScript, of id: Int, now: Int) {
        guard let parcel = parcel(id: id) else { return }
        let steps = script.steps(of: parcel)
        update(id) {
            $0.journey = steps
            $0.journeyNumber += 1
        }
        schedule(id, now: now)
    }

    private mutating func schedule(_ id: Int, now: Int) {
        guard let parcel = parcel(id: id), !parcel.journey.isEmpty else { return }
        timetable.add(Action(parcel: id, journey: parcel.journeyNumber), at: now + settings.pace)
    }

    /// Does what is due at `now`.
    mutating func timePassed(now: Int) {
        while let timer = timetable.next(now: now) {
            let id = timer.action.parcel
            guard let parcel = parcel(id: id), parcel.journeyNumber == timer.action.journey,
                let step = parcel.journey.first
            else { continue }
            update(id) { $0.journey.removeFirst() }
            perform(step, on: id, now: timer.due)
            schedule(id, now: timer.due)
        }
    }

    mutating func emit(
        _ kind: SteadfastEvent.Kind, of id: Int, status: String? = nil, message: String, now: Int
    ) {
        guard let parcel = parcel(id: id) else { return }
        let ordinal = UInt64(events.count + 1)
        let date = CivilTime(unix: now, offset: CivilTime.bangladesh).compactDate
        events.append(
            SteadfastEvent(
                ordinal: ordinal, kind: kind, parcel: id, invoice: parcel.order.invoice,
                trackingID: "SFR\(date)ST\(parcel.trackingCode)", status: status, codAmount: parcel.order.codAmount,
                deliveryCharge: parcel.deliveryCharge, message: message, at: now))
    }

    mutating func takeOutbox() -> [SteadfastEvent] {
        defer { handedOver = events.count }
        return settings.webhooks ? Array(events[handedOver...]) : []
    }

    func event(_ id: String) -> SteadfastEvent? { events.first { $0.id == id } }

    /// What one change does to a parcel is sent in its order.
    static func batches(of events: [SteadfastEvent]) -> [[SteadfastEvent]] {
        Dictionary(grouping: events, by: \.parcel).sorted { $0.key < $1.key }.map(\.value)
    }
}
