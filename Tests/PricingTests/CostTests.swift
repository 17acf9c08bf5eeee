import Core
import Foundation
import Testing

@testable import Pricing

@Suite("What a price costs", .serialized) struct CostTests {
    /// The least of several runs, in seconds of this thread's processor time.
    private func cost(lines: Int, quantity: Int64) throws -> Double {
        var cart = SampleCart()
        for number in 0..<lines { cart.add(Int64(1_000 + number), quantity, "in_apparel") }
        let promotions = (0..<10).map { _ in Promotion.sample(.buyGet(BuyGet(buy: 2, get: 1, rate: .percent(10)))) }
        let rules = SampleRules.make(promotions: promotions)
        let request = cart.request
        return try (0..<7).map { _ in
            let began = Self.processorTime
            let priced = try rules.price(request)
            #expect(priced.promotions.count == 10)
            return Self.processorTime - began
        }.min() ?? .infinity
    }

    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    @Test("It grows with the lines of a cart and not with their units")
    func linear() throws {
        let small = try cost(lines: 50, quantity: 3)
        #expect(try cost(lines: 200, quantity: 3) < small * 12)
        #expect(try cost(lines: 50, quantity: 300_000) < small * 3)
    }
}
