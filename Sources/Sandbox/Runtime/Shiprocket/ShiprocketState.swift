/// Everything Shiprocket knows, and the rules by which it changes. Pure: time comes in, events pile up in the outbox.
struct ShiprocketState: CourierState {
    enum Action: Codable, Sendable {
        case step(order: Int, journey: Int)
        /// In place of the AWB that it has by then, if that is still the same.
        case assign(order: Int, courier: Int?, replacing: String)
        case cancelShipment(order: Int)
    }

    var random: SeededRandom
    private let firstOrderID: Int
    private let firstShipmentID: Int
    /// The custom channel, where orders of the API land.
    let channelID: Int
    private(set) var orders: [ShiprocketOrder] = []
    private var byChannelOrderID: [String: Int] = [:]
    private var byAWB: [String: Int] = [:]
    var pickups: [ShiprocketPickup]
    /// Hundredths of a rupee; may be negative.
    var wallet = 10_000_00
    var statement: [ShiprocketEntry] = []
    /// When each token ends.
    var tokens: [String: Int] = [:]
    var documents: [String: ShiprocketDocument] = [:]
    var serviceability = ShiprocketServiceability()
    var settings = ShiprocketSettings()
    var limit = MinuteLimit()
    var outcomes = OrderedOutcomes()
    private(set) var events: [ShiprocketEvent] = []
    private var handedOver = 0
    private var timetable = Timetable<Action>()

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        firstOrderID = 200_000_000 + Int(random.next() % 700_000_000)
        firstShipmentID = 200_000_000 + Int(random.next() % 700_000_000)
        channelID = 1_000_000 + Int(random.next() % 8_000_000)
        pickups = [
            ShiprocketPickup(
                id: 1, name: "Primary",
                party: ShiprocketParty(
                    name: "Haat Warehouse", address: "12 Sandbox Road", city: "Bengaluru", pincode: "560001",
                    state: "Karnataka", country: "India", email: "warehouse@haat.example", phone: "9800000000"))
        ]
    }

    static let parcelNames = "an AWB, a shipment id, an order id or the merchant's order id"

    func parcel(named name: String) -> ShiprocketOrder? {
        let number = Int(name)
        return order(awb: name) ?? order(channelOrderID: name) ?? number.flatMap(order(id:))
            ?? number.flatMap(order(shipment:))
    }

    func refusalToTravel(_ parcel: ShiprocketOrder) -> String? {
        parcel.awb.isEmpty || ShiprocketStatus.final.contains(parcel.shipmentStatus)
            ? "\(parcel.id) doesn't travel." : nil
    }

    func order(id: Int) -> ShiprocketOrder? {
        orders.indices.contains(id &- firstOrderID) ? orders[id &- firstOrderID] : nil
    }

    func order(shipment id: Int) -> ShiprocketOrder? { order(id: id &- firstShipmentID &+ firstOrderID) }

    func order(channelOrderID: String) -> ShiprocketOrder? { byChannelOrderID[channelOrderID].flatMap(order(id:)) }

    func order(awb: String) -> ShiprocketOrder? { byAWB[awb].flatMap(order(id:)) }

    @discardableResult
    mutating func update(_ id: Int, _ change: (inout ShiprocketOrder) -> Void) -> ShiprocketOrder? {
        guard orders.indices.contains(id &- firstOrderID) else { return nil }
        change(&orders[id - firstOrderID])
        return orders[id - firstOrderID]
    }

    mutating func create(_ draft: ShiprocketDraft, now: Int) -> ShiprocketOrder {
        let order = ShiprocketOrder(
            id: firstOrderID + orders.count, shipmentID: firstShipmentID + orders.count, draft: draft,
            status: draft.isReturn ? 21 : 1, createdAt: now, updatedAt: now)
        orders.append(order)
        byChannelOrderID[draft.channelOrderID] = order.id
        return order
    }

    /// A number that no parcel has, under which the order is found from now on.
    mutating func newAWB(for order: Int) -> String {
        var awb = ""
        repeat { awb = "7\(10_000_000_000 + random.next() % 89_999_999_999)" } while byAWB[awb] != nil
        byAWB[awb] = order
        return awb
    }

    mutating func book(_ amount: Int, _ description: String, awb: String, now: Int) {
        guard amount != 0 else { return }
        wallet += amount
        statement.append(
            ShiprocketEntry(at: now, awb: awb, description: description, amount: amount, balance: wallet))
    }

    /// Keeps what a document shows and gives it a name that can't be guessed.
    mutating func keep(_ kind: ShiprocketDocument.Kind, _ orders: [Int], now: Int) -> String {
        let name = random.identifier("\(kind.rawValue)-", length: 20) + ".pdf"
        documents[name] = ShiprocketDocument(kind: kind, orders: orders, createdAt: now)
        return name
    }

    mutating func schedule(_ action: Action, at due: Int) { timetable.add(action, at: due) }

    /// Does what is due at `now`.
    mutating func timePassed(now: Int) {
        while let timer = timetable.next(now: now) {
            switch timer.action {
            case .step(let order, let journey): step(order, journey: journey, now: timer.due)
            case .assign(let order, let courier, let awb) where self.order(id: order)?.awb == awb:
                _ = assign(order, courier: courier, now: timer.due)
            case .assign: break
            case .cancelShipment(let order): cancelShipment(order, now: timer.due)
            }
        }
    }

    /// Replaces what is still to happen to a parcel.
    mutating func start(_ script: ShiprocketScript, of id: Int, now: Int) {
        let updated = update(id) {
            $0.journey = script.steps(isReturn: $0.draft.isReturn)
            $0.journeyNumber += 1
        }
        if let updated { scheduleStep(updated, now: now) }
    }

    private mutating func scheduleStep(_ order: ShiprocketOrder, now: Int) {
        guard !order.journey.isEmpty else { return }
        schedule(.step(order: order.id, journey: order.journeyNumber), at: now + settings.pace)
    }

    private mutating func step(_ id: Int, journey: Int, now: Int) {
        guard let order = order(id: id), order.journeyNumber == journey, let next = order.journey.first else { return }
        move(id, to: next, now: now)
        if let updated = update(id, { $0.journey.removeFirst() }) { scheduleStep(updated, now: now) }
    }

    mutating func takeScript() -> ShiprocketScript {
        outcomes.take("script").flatMap(ShiprocketScript.init(rawValue:)) ?? settings.script
    }

    mutating func emit(_ id: Int, now: Int) {
        guard let order = order(id: id), !order.awb.isEmpty else { return }
        events.append(ShiprocketEvent(ordinal: UInt64(events.count + 1), order: order, at: now))
    }

    mutating func takeOutbox() -> [ShiprocketEvent] {
        defer { handedOver = events.count }
        return settings.webhooks ? Array(events[handedOver...]) : []
    }

    func event(_ id: String) -> ShiprocketEvent? { events.first { $0.id == id } }

    /// What one change does to a parcel is sent in its order.
    static func batches(of events: [ShiprocketEvent]) -> [[ShiprocketEvent]] {
        Dictionary(grouping: events, by: \.order.id).sorted { $0.key < $1.key }.map(\.value)
    }
}
