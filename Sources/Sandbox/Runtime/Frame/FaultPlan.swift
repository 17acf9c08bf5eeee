/// Which disturbances a provider causes, and how often. What isn't named is off.
struct FaultPlan: Sendable, Equatable {
    struct Pushes: Sendable, Equatable {
        /// Further copies of each push: the whole part always, the rest by chance.
        var duplicate = 0.0
        /// Shuffle the pushes that one change causes.
        var reorder = false
        var delayMilliseconds = 0.0...0.0
        /// Chance that an attempt is lost on its way; it counts as failed and is tried again.
        var drop = 0.0
        /// Chance that an attempt arrives with one byte of its body changed, so that its signature doesn't fit.
        var corrupt = 0.0
        /// Keep everything back until this is off again.
        var hold = false
    }

    struct API: Sendable, Equatable {
        var slowMilliseconds = 0.0...0.0
        /// Chance of a 500 with nothing done.
        var errorBefore = 0.0
        /// Chance of a 500 with everything done.
        var errorAfter = 0.0
        var rateLimit = 0.0
        /// Chance of a closed connection with nothing done.
        var refuse = 0.0
        /// Chance of a closed connection with everything done.
        var loseAnswer = 0.0
        /// Whether a 500 after the fact is what a repeated idempotency key gets, too.
        var storeErrors = true
    }

    var seed: UInt64 = 1
    var pushes = Pushes()
    var api = API()
}

extension FaultPlan {
    /// Reads `{"webhooks":{…},"api":{…},"seed":7}`.
    init(_ json: JSON) throws(ControlError) {
        for member in json.members {
            switch member.name {
            case "webhooks": pushes = try Pushes(member.value)
            case "api": api = try API(member.value)
            case "seed": seed = UInt64(try member.nonNegativeInteger())
            default: throw .unknown(member.name, among: ["webhooks", "api", "seed"])
            }
        }
    }

    var json: JSON {
        ["webhooks": pushes.json, "api": api.json, "seed": .int(Int(seed))]
    }
}

extension FaultPlan.Pushes {
    init(_ json: JSON) throws(ControlError) {
        for member in json.members {
            switch member.name {
            case "duplicate": duplicate = try member.number(in: 0...100)
            case "reorder": reorder = try member.flag()
            case "delay_ms": delayMilliseconds = try member.milliseconds()
            case "drop": drop = try member.number(in: 0...1)
            case "corrupt": corrupt = try member.number(in: 0...1)
            case "hold": hold = try member.flag()
            default:
                throw .unknown(
                    "webhooks.\(member.name)", among: ["duplicate", "reorder", "delay_ms", "drop", "corrupt", "hold"])
            }
        }
    }

    var json: JSON {
        [
            "duplicate": .number(duplicate), "reorder": .bool(reorder), "delay_ms": delayMilliseconds.json,
            "drop": .number(drop), "corrupt": .number(corrupt), "hold": .bool(hold),
        ]
    }
}

extension FaultPlan.API {
    init(_ json: JSON) throws(ControlError) {
        for member in json.members {
            switch member.name {
            case "slow_ms": slowMilliseconds = try member.milliseconds()
            case "error_before": errorBefore = try member.number(in: 0...1)
            case "error_after": errorAfter = try member.number(in: 0...1)
            case "rate_limit": rateLimit = try member.number(in: 0...1)
            case "refuse": refuse = try member.number(in: 0...1)
            case "lose_answer": loseAnswer = try member.number(in: 0...1)
            case "store_errors": storeErrors = try member.flag()
            default:
                throw .unknown(
                    "api.\(member.name)",
                    among: [
                        "slow_ms", "error_before", "error_after", "rate_limit", "refuse", "lose_answer", "store_errors",
                    ])
            }
        }
    }

    var json: JSON {
        [
            "slow_ms": slowMilliseconds.json, "error_before": .number(errorBefore), "error_after": .number(errorAfter),
            "rate_limit": .number(rateLimit), "refuse": .number(refuse), "lose_answer": .number(loseAnswer),
            "store_errors": .bool(storeErrors),
        ]
    }
}

extension ClosedRange<Double> {
    fileprivate var json: JSON { [.number(lowerBound), .number(upperBound)] }

    /// The place in the range that a number in 0..<1 stands for.
    func value(at unit: Double) -> Double { lowerBound + (upperBound - lowerBound) * unit }
}

extension JSONObject.Member {
    func number(in range: ClosedRange<Double>) throws(ControlError) -> Double {
        guard let number = value.doubleValue, range.contains(number) else {
            throw .invalid(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func nonNegativeInteger() throws(ControlError) -> Int {
        guard let number = value.intValue, number >= 0 else { throw .invalid(name, "an integer from 0") }
        return number
    }

    func flag() throws(ControlError) -> Bool {
        guard let flag = value.boolValue else { throw .invalid(name, "true or false") }
        return flag
    }

    func string() throws(ControlError) -> String {
        guard let text = value.stringValue else { throw .invalid(name, "a string") }
        return text
    }

    /// `[from, to]`, or one number for both.
    func milliseconds() throws(ControlError) -> ClosedRange<Double> {
        let bounds = (value.elements ?? [value]).compactMap(\.doubleValue)
        guard let low = bounds.first, let high = bounds.last, bounds.count <= 2, (0...600_000).contains(low),
            (low...600_000).contains(high)
        else { throw .invalid(name, "milliseconds, or [from, to], up to 600000") }
        return low...high
    }
}
