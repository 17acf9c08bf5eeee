import FaultHarness
import Foundation
import Postgres
import Testing

/// Vendors pack at two APIs while these and the worker that draws are killed.
@Suite("Documents under fire", .serialized, .timeLimit(.minutes(10)))
struct DocumentFireTests {
    private static let (orders, packers) = (80, 12)

    @Test(
        "Numbers have no gap and none comes twice though APIs are killed, every order has one document, and each is drawn once"
    )
    func kills() async throws {
        try await Stage.shared.withMarketplace("documents", startsWorker: true) { marketplace in
            let desk = try await PackingDesk(in: marketplace)
            var parts: [String] = []
            for _ in 0..<Self.orders { parts.append(try await desk.order(units: 2)) }
            let numbers = try await marketplace.withSecondAPI { second in
                try await withThrowingTaskGroup(of: [String].self) { group in
                    for packer in 0..<Self.packers {
                        let own = stride(from: packer, to: parts.count, by: Self.packers).map { parts[$0] }
                        let shop = packer.isMultiple(of: 2) ? marketplace.shop : second
                        group.addTask { try await pack(own, at: shop, desk) }
                    }
                    group.addTask {
                        for kill in 0..<6 {
                            await pause(.milliseconds(150 + 70 * kill))
                            await (kill.isMultiple(of: 3) ? marketplace.worker : marketplace.api).kill()
                        }
                        return []
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
            }
            #expect(numbers.count == Self.orders && Set(numbers).count == Self.orders)
            let stored = try await marketplace.look {
                try await $0.queryValues("SELECT serial FROM documents ORDER BY serial", as: Int64.self)
            }
            #expect(stored == Array(1...Int64(Self.orders)))
            let last = try await marketplace.look {
                try await $0.queryValue("SELECT last_serial FROM document_series", as: Int64.self)
            }
            #expect(last == Int64(Self.orders))
            let isDrawn = try await eventually(within: .seconds(120), every: .milliseconds(500)) {
                let files = try await marketplace.look {
                    try await $0.queryValue("SELECT count(*) FROM document_files", as: Int64.self)
                }
                return files == Int64(3 * Self.orders)
            }
            #expect(isDrawn)
            let kept = try await marketplace.look {
                try await $0.queryValue("SELECT count(*) FROM media WHERE purpose = 'order_document'", as: Int64.self)
            }
            #expect(kept == Int64(3 * Self.orders))
        }
    }

    /// Packs each until it is answered; a repetition gets the first one's document.
    private func pack(_ parts: [String], at shop: ShopClient, _ desk: PackingDesk) async throws -> [String] {
        var numbers: [String] = []
        for part in parts {
            let (key, deadline) = (UUID().uuidString, ContinuousClock.now + .seconds(60))
            while true {
                do {
                    numbers.append(try await desk.pack(part, at: shop, key: key).number)
                    break
                } catch  where ContinuousClock.now < deadline {
                    await pause(.milliseconds(100))
                }
            }
        }
        return numbers
    }
}
