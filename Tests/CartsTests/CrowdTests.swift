import Carts
import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import Testing
import Vendors

/// Many buyers for few units, through the use cases and a real database.
@Suite("A crowd at the checkout", .timeLimit(.minutes(10)))
struct CrowdTests {
    /// HAAT_CROWD=1000 for the full crowd.
    private static let buyers = ProcessInfo.processInfo.environment["HAAT_CROWD"].flatMap(Int.init) ?? 200

    @Test(
        "Of the last hundred units of several SKUs exactly a hundred are sold, and whoever is late is told what is left"
    )
    func lastUnits() async throws {
        try await Marketplace.open(connections: 24) { market in
            let vendor = try await market.vendor()
            var goods: [Variant] = []
            for number in 0..<4 {
                goods.append(try await market.goods(units: 25, sku: "SKU-\(number)", vendor: vendor))
            }
            let shelf = goods
            let outcomes = try await withThrowingTaskGroup { group in
                for buyer in 0..<Self.buyers {
                    group.addTask { try await Self.buy(Self.wish(of: buyer, among: shelf), in: market) }
                }
                return try await group.reduce(into: [Outcome]()) { $0.append($1) }
            }
            #expect(outcomes.count == Self.buyers && outcomes.allSatisfy { $0 != .failed })
            let sold = try await market.client.queryValue(
                "SELECT coalesce(sum(quantity), 0)::int8 FROM order_lines", as: Int64.self)
            let levels = try await market.stock.levels(of: shelf.map(\.id), in: market.client)
            #expect(sold == 100 && levels.allSatisfy { $0.reserved == 25 && $0.available == 0 })
            #expect(try await market.deadlocks() == 0)
        }
    }

    private enum Outcome: Equatable { case bought, told, failed }

    /// One of each of up to three SKUs, in an order of their own.
    private static func wish(of buyer: Int, among goods: [Variant]) -> [Variant] {
        var random = SplitMix(seed: UInt64(buyer))
        return Array(goods.shuffled(using: &random).prefix(1 + buyer % 3))
    }

    /// Orders; takes out what is told to be gone and tries again.
    private static func buy(_ wish: [Variant], in market: Marketplace) async throws -> Outcome {
        var wanted = wish
        while !wanted.isEmpty {
            do {
                _ = try await market.place(
                    NewOrder(
                        email: "crowd@example.com", lines: wanted.map { NewOrder.Line(variant: $0.id, quantity: 1) },
                        shippingAddress: Marketplace.dhaka))
                return .bought
            } catch let short as InsufficientStock {
                let gone = Set(short.lines.filter(\.isShort).map(\.variant))
                guard short.problem.status == 409, !gone.isEmpty, short.lines.allSatisfy({ $0.available >= 0 }) else {
                    return .failed
                }
                wanted.removeAll { gone.contains($0.id) }
            }
        }
        return .told
    }
}

/// Numbers that are the same in every run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
