import Core
import Foundation
import Outbound
import Postgres
import Testing

@testable import Payments

@Suite("bKash's tokens")
struct BKashTokenTests {
    @Test("Two processes that begin at once ask for one token between them, and so does the third")
    func shared() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            try await bench.control("reset", #"{"seed":1}"#)
            try await bench.till.owner.execute("DELETE FROM gateway_tokens")
            let (first, second) = (try bench.process(), try bench.process())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for gateway in [first, second, first, second] {
                    group.addTask {
                        let report = try await gateway.read(payment, for: .system)
                        #expect(report == nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.process().read(payment, for: .system) == nil)
            #expect(try await bench.count("/token/grant") == 1)
            #expect(try await bench.count("/token/refresh") == 0)
        }
    }

    @Test("It is refreshed at minute fifty and goes on for days; bKash is never asked a third time within an hour")
    func refreshed() async throws {
        try await BKashBench.open { bench in
            let time = BKashTime(bench)
            let payment = try await bench.bench.opened()
            try await bench.till.owner.execute("DELETE FROM gateway_tokens")
            try await bench.control("tokens/unblock")
            let gateways = [try bench.process(at: time), try bench.process(at: time)]
            for _ in 0..<30 {
                for gateway in gateways { #expect(try await gateway.read(payment, for: .system)?.status == .pending) }
                try await time.pass(minutes: 10)
            }
            // One grant of the bench's own and one of these, then one refresh in every fifty minutes.
            #expect(try await bench.count("/token/grant") == 2)
            #expect((5...6).contains(try await bench.count("/token/refresh")))
        }
    }

    @Test("A token that bKash has ended before its time is renewed once, whoever notices")
    func ended() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let gateways = [try bench.process(), try bench.process()]
            for gateway in gateways { #expect(try await gateway.read(payment, for: .system) != nil) }
            try await bench.control("tokens/expire")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for gateway in gateways {
                    group.addTask {
                        let report = try await gateway.read(payment, for: .system)
                        #expect(report?.status == .pending)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.count("/token/grant") == 1)
            #expect(try await bench.count("/token/refresh") == 1)
        }
    }

    @Test("Where a third token would be needed nothing is concluded, and bKash is not asked")
    func spent() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let gateway = try bench.process()
            try await bench.control("tokens/expire")
            #expect(try await gateway.read(payment, for: .system) != nil)
            try await bench.control("tokens/expire")
            for _ in 0..<3 {
                let error = await #expect(throws: GatewayError.self) { try await gateway.read(payment, for: .system) }
                guard case .unavailable(let reason) = error else {
                    Issue.record("got \(String(describing: error))")
                    return
                }
                #expect(reason.contains("no more than 2 tokens"))
            }
            let calls = try await bench.count("/token/grant") + bench.count("/token/refresh")
            #expect(calls == 2)
        }
    }

    @Test("Who is blocked all the same leaves bKash alone for an hour, and then goes on")
    func blocked() async throws {
        try await BKashBench.open { bench in
            let time = BKashTime(bench)
            let payment = try await bench.bench.opened()
            try await bench.control("settings", #"{"token_limit":1}"#)
            try await bench.till.owner.execute("DELETE FROM gateway_tokens")
            let gateway = try bench.process(at: time)
            for _ in 0..<3 {
                let error = await #expect(throws: GatewayError.self) { try await gateway.read(payment, for: .system) }
                #expect(error?.isSilence == true)
            }
            #expect(try await bench.count("/token/grant") == 2)
            try await time.pass(minutes: 61)
            #expect(try await gateway.read(payment, for: .system)?.status == .pending)
        }
    }

    @Test("What stands in the database is sealed, and what no key opens any more is granted anew")
    func sealed() async throws {
        try await BKashBench.open { bench in
            let payment = try await bench.bench.opened()
            let sealed = try #require(
                try await bench.till.owner.queryValue("SELECT sealed FROM gateway_tokens", as: [UInt8].self))
            #expect(!String(decoding: sealed, as: UTF8.self).contains("eyJraWQiOi"))
            try await bench.till.owner.execute(
                "UPDATE gateway_tokens SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)")
            #expect(try await bench.process().read(payment, for: .system) != nil)
            #expect(try await bench.count("/token/grant") == 2)
        }
    }
}
