import CommerceTestSupport
import Core
import Orders
import Outbound
import Testing

@testable import OutgoingWebhooks

@Suite("Where webhooks may go", .timeLimit(.minutes(2)))
struct AddressTests {
    @Test(
        "What is not in the public Internet is no address for webhooks, nor is what is called without TLS",
        arguments: [
            "http://203.0.113.9/", "https://127.0.0.1/", "https://10.1.2.3/hook", "https://[::1]/",
            "https://169.254.169.254/latest", "https://8.8.8.8:22/", "https://user@example.com/", "ftp://example.com/",
            "https://2130706433/", "https://[::ffff:10.0.0.1]/", "example.com", "",
        ])
    func refused(url: String) async throws {
        let caller = WebhookCaller(OutgoingWebhookSettings())
        let problem = await #expect(throws: Problem.self) { try await caller.check(url) }
        #expect(problem?.status == 422)
    }

    @Test("A name that leads into a private network is refused, and one that leads nowhere yet is not")
    func names() async throws {
        let leading = { (addresses: [String]) in
            WebhookCaller(client: UntrustedClient(resolver: TurningResolver(addresses)))
        }
        await #expect(throws: Problem.self) { try await leading(["192.168.0.9"]).check("https://hooks.example/") }
        await #expect(throws: Problem.self) {
            try await leading(["8.8.8.8", "10.0.0.1"]).check("https://hooks.example/")
        }
        try await leading([]).check("https://hooks.example/")
        try await leading(["8.8.8.8"]).check("https://hooks.example/")
    }

    @Test("A name that turns to a private network between two calls is not called there")
    func rebinding() async throws {
        try await Marketplace.open { market in
            try await Receiver.run { receiver, port in
                let resolver = TurningResolver(["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"])
                let hooks = Hooks(market, resolver: resolver)
                let url = "http://hooks.example:\(port)/"
                try await WebhookCaller(
                    client: UntrustedClient(rules: .thisMachineToo, resolver: resolver), requiresTLS: false
                ).check(url)
                let made = try await hooks.endpoint(at: url, telling: [OrderPlaced.name])
                let book = try await market.goods(units: 2)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
                _ = try await market.place((book, 1))
                try await hooks.settle()
                #expect(receiver.messages.count == 1)
                let waiting = try #require(try await hooks.deliveries(to: made.endpoint.id, in: .pending).first)
                let attempt = try #require(try await hooks.attempts(of: waiting.id).first)
                #expect(attempt.status == nil && attempt.error == "the host is not in the public Internet")
            }
        }
    }
}
