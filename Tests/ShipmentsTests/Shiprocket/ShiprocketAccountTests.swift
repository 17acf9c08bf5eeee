import CommerceTestSupport
import Core
import Foundation
import Outbound
import Postgres
import Synchronization
import Testing

@testable import Shipments

@Suite("Our account at Shiprocket")
struct ShiprocketAccountTests {
    @Test("Processes that begin at once log in once between them, and so does the next")
    func sharedToken() async throws {
        try await ShiprocketBench.open { bench in
            let processes = try (0..<3).map { _ in try bench.process() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for courier in processes + processes { group.addTask { _ = try await courier.balance() } }
                try await group.waitForAll()
            }
            _ = try await bench.process().balance()
            #expect(try await bench.count("POST", "/auth/login") == 1)
            let sealed = try #require(
                try await bench.market.owner.queryValue("SELECT sealed FROM gateway_tokens", as: [UInt8].self))
            #expect(!String(decoding: sealed, as: UTF8.self).contains("eyJ"))
        }
    }

    @Test("A token that ends before its time is renewed once, however many workers notice, and nothing is done twice")
    func expired() async throws {
        try await ShiprocketBench.open { bench in
            let processes = try (0..<4).map { _ in try bench.process() }
            for courier in processes { _ = try await courier.balance() }
            try await bench.control("tokens/expire")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let request = ShiprocketBench.request("H\(number)")
                        let booking = try await processes[number % 4].create(request)
                        _ = try await processes[number % 4].assignAWB(
                            to: bench.shipment(request, booking), service: nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.count("POST", "/auth/login") == 2)
            #expect(try await bench.orders.count == 20)
            #expect(try await bench.charges == 20)
        }
    }

    @Test("A token is used for nine days, then renewed before it ends")
    func renewal() async throws {
        try await ShiprocketBench.open { bench in
            let days = Mutex(0.0)
            let start = Date(timeIntervalSince1970: TimeInterval(SandboxServer.start))
            let courier = try bench.process(now: { start.addingTimeInterval(days.withLock { $0 } * 86_400) })
            for (day, logIns) in [(0.0, 1), (1, 1), (8.9, 1), (9.1, 2), (18, 2), (18.2, 3)] {
                days.withLock { $0 = day }
                try await bench.control("clock", #"{"freeze":\#(SandboxServer.start + Int(day * 86_400))}"#)
                _ = try await courier.balance()
                #expect(try await bench.count("POST", "/auth/login") == logIns, "day \(day)")
            }
        }
    }

    @Test("Wrong credentials are said as such and tried a few times in ten minutes, whoever tries")
    func wrongCredentials() async throws {
        try await ShiprocketBench.open { bench in
            for number in 0..<12 {
                let error = await #expect(throws: CourierError.self) {
                    try await bench.process(password: "wrong-password").create(ShiprocketBench.request())
                }
                guard let error else { return }
                if number < 6 {
                    #expect(error == .credentialsRefused("Invalid email and password combination"))
                } else {
                    guard case .unavailable = error else { Issue.record("\(error)"); return }
                }
                #expect(!error.leavesDoubt && error.isPassing)
            }
            let logIns = try await bench.count("POST", "/auth/login")
            #expect(logIns == 6)
            bench.market.clock.advance(by: 601)
            let error = await #expect(throws: CourierError.self) {
                try await bench.process(password: "wrong-password").balance()
            }
            #expect(error == .credentialsRefused("Invalid email and password combination"))
            // With the right ones everything goes on at once.
            #expect(try await bench.process().create(ShiprocketBench.request()).state == .created)
            #expect(try await bench.orders.count == 1)
        }
    }

    @Test("A firewall's page says nothing of our credentials, and is not run against")
    func firewall() async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"firewall":true}"#)
            for _ in 0..<9 {
                let error = await #expect(throws: CourierError.self) { try await bench.courier.balance() }
                guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
            }
            #expect(try await bench.count("POST", "/auth/login") == 6)
            try await bench.control("settings", #"{"firewall":false}"#)
            bench.market.clock.advance(by: 601)
            #expect(try await bench.courier.balance().minorUnits == 1_000_000)
        }
    }

    @Test("A permission that the API user lacks is not about the token")
    func forbidden() async throws {
        try await ShiprocketBench.open { bench in
            _ = try await bench.courier.balance()
            try await bench.control("settings", #"{"forbidden":["orders"]}"#)
            for _ in 0..<3 {
                let error = await #expect(throws: CourierError.self) {
                    try await bench.courier.create(ShiprocketBench.request())
                }
                guard case .credentialsRefused(let reason) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(reason.contains("permission"))
            }
            #expect(try await bench.count("POST", "/auth/login") == 1)
            #expect(try await bench.courier.balance().minorUnits == 1_000_000)
        }
    }

    @Test(
        "Asked too often, nobody asks until the time that Shiprocket names, or for half a minute", arguments: [0, 45])
    func limited(seconds: Int) async throws {
        try await ShiprocketBench.open { bench in
            _ = try await bench.courier.balance()
            try await bench.control("settings", #"{"retry_after":\#(seconds)}"#)
            try await bench.disturb("POST /orders/create/adhoc", "rate_limit")
            let request = ShiprocketBench.request()
            for _ in 0..<3 {
                let error = await #expect(throws: CourierError.self) { try await bench.courier.create(request) }
                guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
                await #expect(throws: CourierError.self) { try await bench.process().balance() }
            }
            #expect(try await bench.count("POST", "/orders/create/adhoc") == 1)
            bench.market.clock.advance(by: TimeInterval(seconds == 0 ? 31 : seconds + 1))
            #expect(try await bench.courier.create(request).state == .created)
        }
    }

    @Test("A Shiprocket that nobody reaches leaves no doubt")
    func unreached() async throws {
        try await ShiprocketBench.open { bench in
            let error = await #expect(throws: CourierError.self) {
                try await bench.process(transport: NoTransport()).create(ShiprocketBench.request())
            }
            guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
        }
    }

    @Test("What it can't do is said with the reason")
    func capabilities() async throws {
        try await ShiprocketBench.open { bench in
            for capability in CourierCapability.allCases {
                #expect(bench.courier.can(capability) != (bench.courier.lacking[capability] != nil), "\(capability)")
            }
            #expect(Set(bench.courier.reasons.keys) == [.requestReturn, .listRemittances])
        }
    }
}
