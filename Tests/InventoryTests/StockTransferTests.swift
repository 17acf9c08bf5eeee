import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Postgres
import Testing
import Vendors

@Suite("Transfers of stock")
struct StockTransferTests {
    private struct Depot: Sendable {
        let market: Marketplace
        let variant: Variant
        let location: ID<PickupLocation>
        let use: TransferStock

        func create(_ quantity: Int64) async throws -> ID<StockTransfer> {
            try await market.work { work in
                try await use.create(
                    NewStockTransfer(
                        from: nil, to: location, lines: [.init(variant: variant.id, quantity: quantity)]),
                    by: .system, in: work
                ).transfer.id
            }
        }

        func places() async throws -> [Int64] {
            try await market.stock.places(of: variant.id, in: market.client).map(\.onHand)
        }

        func inTransit() async throws -> Int64 {
            try await StockTransferStore().inTransit(of: variant.id, in: market.client)
        }
    }

    private func withDepot(units: Int64, _ body: @Sendable (Depot) async throws -> Void) async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: units)
            try await body(
                Depot(
                    market: market, variant: variant, location: try await market.location(of: variant.vendor),
                    use: TransferStock(audit: market.audit, ids: market.ids, clock: market.clock)))
        }
    }

    @Test("What is on its way stands nowhere and is not for sale; what arrives is, and the rest is lost")
    func journey() async throws {
        try await withDepot(units: 10) { depot in
            let id = try await depot.create(6)
            #expect(try await depot.places() == [10])
            for _ in 0..<2 { _ = try await depot.market.work { try await depot.use.send(id, by: .system, in: $0) } }
            #expect(try await depot.places() == [4])
            #expect(try await depot.inTransit() == 6)
            #expect(try await depot.market.level(of: depot.variant).available == 4)
            let done = try await depot.market.work { try await depot.use.receive(id, [5], by: .system, in: $0) }
            #expect(done.transfer.state == .received && done.lines.map(\.received) == [5])
            #expect(try await depot.places() == [4, 5])
            #expect(try await depot.inTransit() == 0)
            let again = await #expect(throws: Problem.self) {
                try await depot.market.work { try await depot.use.receive(id, nil, by: .system, in: $0) }
            }
            #expect(again?.type == "stock-transfer-closed")
            #expect(try await depot.market.level(of: depot.variant).onHand == 9)
        }
    }

    @Test("A transfer that is given up brings back what had left, once")
    func givenUp() async throws {
        try await withDepot(units: 10) { depot in
            let id = try await depot.create(6)
            _ = try await depot.market.work { try await depot.use.send(id, by: .system, in: $0) }
            for _ in 0..<2 {
                let done = try await depot.market.work { try await depot.use.cancel(id, by: .system, in: $0) }
                #expect(done.transfer.state == .cancelled)
            }
            #expect(try await depot.places() == [10])
            #expect(try await depot.inTransit() == 0)
            let sent = await #expect(throws: Problem.self) {
                try await depot.market.work { try await depot.use.send(id, by: .system, in: $0) }
            }
            #expect(sent?.type == "stock-transfer-closed")
        }
    }

    @Test("Units that are reserved can't leave, and more than arrived than left is refused")
    func bounds() async throws {
        try await withDepot(units: 10) { depot in
            let id = try await depot.create(6)
            _ = try await depot.market.place((depot.variant, 5))
            let promised = await #expect(throws: Problem.self) {
                try await depot.market.work { try await depot.use.send(id, by: .system, in: $0) }
            }
            #expect(promised?.type == "stock-reserved")
            #expect(promised?.extensions["variant_id"] == .string(depot.variant.id.description))
            _ = try await depot.market.adjust(depot.variant, by: 1)
            _ = try await depot.market.work { try await depot.use.send(id, by: .system, in: $0) }
            let more = await #expect(throws: Problem.self) {
                try await depot.market.work { try await depot.use.receive(id, [7], by: .system, in: $0) }
            }
            #expect(more?.fields.map(\.pointer) == ["/received/0"])
        }
    }

    @Test("Places and goods of other vendors are refused, each by its field")
    func foreign() async throws {
        try await withDepot(units: 10) { depot in
            let market = depot.market
            let other = try await market.goods(units: 1, sku: "OTHER")
            let elsewhere = try await market.location(of: other.vendor)
            func refusal(_ new: NewStockTransfer) async throws -> [String]? {
                await #expect(throws: Problem.self) {
                    try await market.work { try await depot.use.create(new, by: .system, in: $0) }
                }?.fields.map(\.pointer)
            }
            let line = StockTransfer.Line(variant: depot.variant.id, quantity: 1)
            #expect(
                try await refusal(NewStockTransfer(from: nil, to: elsewhere, lines: [line])) == ["/to_location_id"])
            #expect(
                try await refusal(
                    NewStockTransfer(
                        from: nil, to: depot.location, lines: [line, .init(variant: other.id, quantity: 1)]))
                    == ["/lines/1/variant_id"])
            #expect(
                try await refusal(NewStockTransfer(from: depot.location, to: depot.location, lines: [line, line]))
                    == ["/to_location_id", "/lines/1"])
        }
    }
}
