import Core
import Foundation
import Testing

@testable import Pricing

@Suite("Random carts") struct RandomCartTests {
    @Test("Every total is the sum of its parts, and what comes back unit by unit is what was paid", arguments: 0..<10)
    func sums(batch: UInt64) throws {
        for seed in (batch * 100)..<(batch * 100 + 100) {
            let cart = RandomCart(seed: seed)
            let priced = try cart.rules.price(cart.request)
            #expect(priced.isConsistent, "seed \(seed)")
            for (place, row) in priced.adjustments.enumerated() {
                if let charge = row.charge {
                    #expect(charge < place && priced.adjustments[charge].target == row.target)
                    #expect([.shipping, .fee].contains(priced.adjustments[charge].kind))
                }
                #expect(row.kind == .tax ? row.head != nil && row.taxable != nil : row.amount.minorUnits != 0)
                #expect(row.bearer == .marketplace || row.target != .order)
            }
            for policy in [RefundQuote.ChargePolicy.withLastUnit, .proportionate] {
                try returnEverything(of: SoldCart(priced), seed, policy, expecting: priced.total)
            }
        }
    }

    /// In an order of its own, some units at a time.
    private func returnEverything(
        of sale: SoldCart, _ seed: UInt64, _ policy: RefundQuote.ChargePolicy, expecting total: Money
    ) throws {
        var random = SplitMix(state: seed)
        var left = sale.lines.enumerated().flatMap { line, sold in
            let middle = Int64.random(in: 0...sold.quantity, using: &random)
            return [(line, 0..<middle), (line, middle..<sold.quantity)].filter { !$0.1.isEmpty }
        }
        left.shuffle(using: &random)
        var returned: [Int: [Range<Int64>]] = [:]
        var sum: Int64 = 0
        var parts: [Int: Int64] = [:]
        for (line, range) in left {
            let quote = try RefundQuote(
                of: sale, returning: UnitSelection([line: [range]]), after: UnitSelection(returned), charges: policy)
            returned[line, default: []].append(range)
            sum += quote.total.minorUnits
            #expect(quote.ofVendors.minorUnits + quote.ofMarketplace.minorUnits == quote.total.minorUnits)
            for part in quote.parts { parts[part.adjustment ?? -1, default: 0] += part.amount.minorUnits }
        }
        #expect(sum == total.minorUnits, "seed \(seed), \(policy)")
        for (place, row) in sale.adjustments.enumerated() {
            #expect(parts[place, default: 0] == row.amount.minorUnits, "seed \(seed), \(policy), \(row)")
        }
    }

    /// Ten thousand of them with HAAT_LONG_TESTS=1.
    @Test("A second implementation, in decimals and by another hand, comes to the same")
    func reference() async throws {
        let isLong = ProcessInfo.processInfo.environment["HAAT_LONG_TESTS"] == "1"
        let carts = (0..<UInt64(isLong ? 10_000 : 400)).map { RandomCart(seed: 1_000_000 + $0) }
        let answers = try await Self.ask(carts.map(\.json))
        #expect(answers.count == carts.count)
        for (cart, answer) in zip(carts, answers) {
            let own = try cart.rules.price(cart.request).json(vendors: cart.vendors)
            #expect(own == answer, "\(String(decoding: cart.json.canonicalBytes, as: UTF8.self))")
            if own != answer { return }
        }
    }

    private static func ask(_ carts: [JSONValue]) async throws -> [JSONValue] {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = [
            "python3", URL(filePath: #filePath).deletingLastPathComponent().appending(path: "reference.py").path(),
        ]
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (given, told) = (folder.appending(path: "given"), folder.appending(path: "told"))
        try Data(carts.flatMap { $0.canonicalBytes + [UInt8(ascii: "\n")] }).write(to: given)
        try Data().write(to: told)
        python.standardInput = try FileHandle(forReadingFrom: given)
        python.standardOutput = try FileHandle(forWritingTo: told)
        try python.run()
        while python.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        try #require(python.terminationStatus == 0)
        return try Data(contentsOf: told).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }
}
