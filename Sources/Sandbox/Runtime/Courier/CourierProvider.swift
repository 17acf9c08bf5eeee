/// A courier: parcels that travel by scripts, and pushes about them to one receiver.
protocol CourierProvider: StatefulProvider where State: CourierState {
    var receiver: CourierReceiver { get }
}

/// Everything a courier knows.
protocol CourierState: OutcomeState {
    associatedtype Parcel: Sendable, Identifiable where Parcel.ID == Int
    associatedtype Script: RawRepresentable<String>, CaseIterable, Sendable
    associatedtype Settings: CourierStateSettings

    /// What a parcel may be called by, for people.
    static var parcelNames: String { get }
    var settings: Settings { get set }
    var limit: MinuteLimit { get set }
    func parcel(named name: String) -> Parcel?
    /// Why a parcel can't begin another journey; nil where it can.
    func refusalToTravel(_ parcel: Parcel) -> String?
    mutating func start(_ script: Script, of id: Int, now: Int)
}

/// How a courier behaves, as the control plane sets it.
protocol CourierStateSettings {
    mutating func set(_ member: JSONObject.Member) throws(ControlError)
    func json(requestsPerMinute: Int) -> JSON
}

extension CourierState {
    static var scripts: [String] { Script.allCases.map(\.rawValue) }
}

extension CourierProvider {
    /// The commands of every courier; nil for others.
    func courierControl(_ command: ControlCommand) throws(ControlError) -> JSON? {
        switch command.path {
        case ["travel"]: try travel(command.body)
        // `{"script":"lost","times":2}`: what becomes of the next parcels.
        case ["outcomes"]: try order(command.body, allowed: ["script": State.scripts])
        case ["settings"]: try set(command.body)
        case ["webhook"]: try receiver.set(command.body)
        case ["events", "resend"]: try resend(command.body)
        default: nil
        }
    }

    /// Finds a parcel by what its `parcel` calls it.
    func parcel(_ body: JSON) throws(ControlError) -> State.Parcel {
        guard let name = body["parcel"]?.looseText, !name.isEmpty else { throw .invalid("parcel", State.parcelNames) }
        guard let parcel = box.read({ $0.parcel(named: name) }) else { throw .notFound("The parcel \(name)") }
        return parcel
    }

    /// `{"parcel":"…","script":"lost"}`: starts another journey.
    private func travel(_ body: JSON) throws(ControlError) -> JSON {
        let parcel = try parcel(body)
        guard let script = body["script"]?.stringValue.flatMap(State.Script.init(rawValue:)) else {
            throw .invalid("script", "one of \(State.scripts.joined(separator: ", "))")
        }
        if let refusal = box.read({ $0.refusalToTravel(parcel) }) { throw .conflict(refusal) }
        box.change { state, now in state.start(script, of: parcel.id, now: now) }
        return ["travels": .string(script.rawValue)]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        _ = try set(body, in: \.self) { state, member throws(ControlError) in
            switch member.name {
            case "requests_per_minute": state.limit.set(try member.nonNegativeInteger())
            default: try state.settings.set(member)
            }
        }
        return box.read { $0.settings.json(requestsPerMinute: $0.limit.perMinute) }
    }

    /// `{"parcels":20}`: so many that nobody ordered. `make` answers the id of each.
    func seed(
        _ body: JSON, named name: String, _ make: (inout State, _ number: Int, _ now: Int) -> Int
    ) throws(ControlError) -> JSON {
        let count = body[name]?.intValue ?? 10
        guard (1...100_000).contains(count) else { throw .invalid(name, "an integer from 1 to 100000") }
        let ids = box.change { state, now in (0..<count).map { make(&state, $0, now) } }
        return .object(JSONObject(members: [.init(name: name, value: .array(ids.map(JSON.int)))]))
    }

    func reset(seed: UInt64?) {
        receiver.reset()
        box.replace(with: Self.fresh(settings, seed: SeededRandom.seed(seed)))
    }
}

extension JSONObject.Member {
    /// Up to ten years.
    func seconds() throws(ControlError) -> Int {
        let seconds = try nonNegativeInteger()
        guard seconds <= 315_576_000 else { throw .invalid(name, "seconds up to 315576000") }
        return seconds
    }

    func choice(_ choices: [String]) throws(ControlError) -> String {
        let text = try string()
        guard choices.contains(text) else { throw .invalid(name, "one of \(choices.joined(separator: ", "))") }
        return text
    }

    func status(_ allowed: [Int]) throws(ControlError) -> Int {
        guard let status = value.intValue, allowed.contains(status) else {
            throw .invalid(name, "one of \(allowed.map(String.init).joined(separator: ", "))")
        }
        return status
    }
}
