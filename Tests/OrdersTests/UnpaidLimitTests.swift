import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Orders
import Postgres
import Testing

@Suite("What customers may hold who have not paid")
struct UnpaidLimitTests {
    private static let settings: ReservationSettings = {
        var settings = ReservationSettings()
        settings.unitsPerClient = 20
        settings.unitsPerEmail = 12
        settings.stockShare = 50
        return settings
    }()

    private static func stranger(_ network: String = "4:1") -> Principal { .nobody(network: network) }

    /// Who wants more than they may is told which limit it is, and holds nothing more.
    private func place(
        _ units: Int64, of variant: Variant, for email: String, by principal: Principal = stranger(),
        under settings: ReservationSettings = settings, in market: Marketplace,
        meanwhile: @Sendable () async throws -> Void = {}
    ) async throws -> PlacedOrder {
        let place = PlaceOrder(audit: market.audit, ids: market.ids, clock: market.clock, reservations: settings)
        let new = NewOrder(
            email: email, lines: [NewOrder.Line(variant: variant.id, quantity: units)],
            shippingAddress: Marketplace.dhaka)
        return try await market.work { work in
            let placed = try await place(new, by: principal, in: work)
            try await meanwhile()
            return placed
        }
    }

    private func refusal(
        _ units: Int64, of variant: Variant, for email: String, by principal: Principal = stranger(),
        in market: Marketplace
    ) async throws -> UnpaidLimitReached.Limit? {
        let error = await #expect(throws: UnpaidLimitReached.self) {
            _ = try await place(units, of: variant, for: email, by: principal, in: market)
        }
        return error?.limit
    }

    @Test(
        "A network holds so many units, whatever addresses it orders with, and again as many once they are paid or given up"
    )
    func network() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 1_000)
            let first = try await place(8, of: book, for: "a@example.com", in: market)
            let second = try await place(8, of: book, for: "b@example.com", in: market)
            #expect(try await refusal(5, of: book, for: "c@example.com", in: market) == .client)
            #expect(try await market.level(of: book).reserved == 16)
            _ = try await place(5, of: book, for: "c@example.com", by: Self.stranger("4:2"), in: market)
            try await market.cancel(first.order.id)
            _ = try await place(5, of: book, for: "d@example.com", in: market)
            #expect(try await refusal(8, of: book, for: "e@example.com", in: market) == .client)
            _ = try await market.pay(second.order.id)
            _ = try await place(8, of: book, for: "e@example.com", in: market)
        }
    }

    @Test("An e-mail address holds so many units, wherever it orders from and however it is written")
    func email() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 1_000)
            _ = try await place(8, of: book, for: "a@example.com", in: market)
            let elsewhere = Self.stranger("6:9")
            #expect(try await refusal(5, of: book, for: "A@Example.com", by: elsewhere, in: market) == .email)
            _ = try await place(4, of: book, for: "a@example.com", by: elsewhere, in: market)
        }
    }

    @Test("Nobody holds more than a share of a variant's stock, but of the smallest stock some units")
    func share() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 16, sku: "B", vendor: vendor)
            let rare = try await market.goods(units: 5, sku: "R", vendor: vendor)
            #expect(try await refusal(9, of: book, for: "a@example.com", in: market) == .stock)
            _ = try await place(6, of: book, for: "a@example.com", in: market)
            #expect(try await refusal(3, of: book, for: "b@example.com", in: market) == .stock)
            _ = try await place(2, of: book, for: "b@example.com", in: market)
            _ = try await place(5, of: rare, for: "c@example.com", in: market)
            await #expect(throws: InsufficientStock.self) {
                _ = try await place(1, of: rare, for: "d@example.com", by: Self.stranger("4:2"), in: market)
            }
        }
    }

    @Test("Of many orders at once no more than the limit are taken, of each of several networks")
    func race() async throws {
        try await Marketplace.open(connections: 16) { market in
            let book = try await market.goods(units: 10_000)
            let taken = await withTaskGroup(of: (network: Int, isTaken: Bool).self) { group in
                for number in 0..<60 {
                    group.addTask {
                        do {
                            _ = try await place(
                                4, of: book, for: "buyer\(number)@example.com", by: Self.stranger("4:\(number % 3)"),
                                in: market)
                            return (number % 3, true)
                        } catch is UnpaidLimitReached {
                            return (number % 3, false)
                        } catch {
                            Issue.record(error)
                            return (number % 3, false)
                        }
                    }
                }
                return await group.reduce(into: [Int: Int]()) { $0[$1.network, default: 0] += $1.isTaken ? 1 : 0 }
            }
            #expect(taken == [0: 5, 1: 5, 2: 5])
            #expect(try await market.level(of: book).reserved == 60)
        }
    }

    @Test("Where no limit is set, orders of one customer don't wait for each other")
    func unlimited() async throws {
        var settings = ReservationSettings()
        (settings.unitsPerClient, settings.unitsPerEmail, settings.stockShare) = (nil, nil, nil)
        try await Marketplace.open { [settings] market in
            let (book, key) = (try await market.goods(units: 10), try await market.licence(keys: 10))
            _ = try await place(1, of: book, for: "a@example.com", under: settings, in: market) {
                _ = try await place(1, of: key, for: "a@example.com", under: settings, in: market)
            }
        }
    }

    @Test("The marketplace's own people order as much as they want")
    func exempt() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 100)
            let staff = Principal(
                .staff(market.ids.next()), permissions: [.ordersReserveFreely], visibility: .everything)
            _ = try await place(90, of: book, for: "a@example.com", by: staff, in: market)
        }
    }

    @Test("What leads to a customer is forgotten as soon as nothing is held for them")
    func forgotten() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 100)
            let paid = try await place(2, of: book, for: "a@example.com", in: market)
            let given = try await place(2, of: book, for: "a@example.com", in: market)
            let known = { () async throws -> Int? in
                try await market.client.queryValue(
                    "SELECT count(*) FROM reservations WHERE client_key IS NOT NULL AND email_key IS NOT NULL",
                    as: Int.self)
            }
            #expect(try await known() == 2)
            _ = try await market.pay(paid.order.id)
            try await market.cancel(given.order.id)
            #expect(try await known() == 0)
        }
    }
}
