import Core
import Foundation
import Registrations

/// Somebody who buys. Their telephone number is left out: any would be somebody's.
struct SeedCustomer {
    /// Their account's; nil for guests.
    let account: UUID?
    let name: String
    let email: String
    let market: Market
    let createdAt: Date

    /// A customer with an account.
    init(_ index: Int, of plan: SeedPlan) {
        var draw = Draw(plan.seed, .customer, index)
        createdAt = plan.daysBefore(800 - 400 * (Double(index) + draw.fraction()) / Double(plan.customers))
        account = draw.uuid(at: createdAt)
        (market, name, email) = Self.person(&draw, "\(index).\(String(plan.seed, radix: 36))")
    }

    /// A guest, who is known by one order alone.
    init(guestOf order: Int, at time: Date, _ draw: inout Draw) {
        createdAt = time
        account = nil
        (market, name, email) = Self.person(&draw, "guest.\(order)")
    }

    private static func person(_ draw: inout Draw, _ tail: String) -> (Market, String, String) {
        let market = draw.chance(60) ? Market.india : .bangladesh
        let first = draw.pick(market == .india ? Names.indianFirst : Names.bangladeshiFirst)
        let last = draw.pick(market == .india ? Names.indianLast : Names.bangladeshiLast)
        return (market, "\(first) \(last)", "\(first.lowercased()).\(last.lowercased()).\(tail)@example.com")
    }

    /// The language that they are written to in.
    var locale: String { market == .india ? "en-IN" : "bn-BD" }
}
