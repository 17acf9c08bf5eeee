import Testing

@testable import SandboxRuntime

@Suite("Disturbances")
struct FaultTests {
    private func pay(_ sandbox: Harness) async throws {
        let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
        _ = try await sandbox.form("/stripe/checkout/\(id)/pay")
    }

    @Test("Duplicates are the same event sent again")
    func duplicates() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("stripe/faults", #"{"webhooks":{"duplicate":2}}"#)
                _ = try await sandbox.createIntent()
                let received = try await receiver.wait(for: 3)
                #expect(received.count == 3)
                #expect(Set(received.map(\.id)).count == 1)
            }
        }
    }

    @Test("Shuffled events never come in their own order, and in the same one for the same seed")
    func reorder() async throws {
        let orders = Collected()
        for seed in [7, 7, 8] {
            try await withReceiver { receiver in
                try await withSandbox(receiver: receiver) { sandbox in
                    try await sandbox.control("stripe/faults", #"{"webhooks":{"reorder":true},"seed":\#(seed)}"#)
                    try await pay(sandbox)
                    await orders.add(try await receiver.wait(for: 4).map(\.type))
                }
            }
        }
        let all = await orders.all
        let natural = [
            "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed",
        ]
        #expect(all.allSatisfy { $0 != natural && $0.sorted() == natural.sorted() })
        #expect(all[0] == all[1])
    }

    @Test("A dropped push counts as failed and arrives with a later attempt")
    func drop() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 1200
            } _: { sandbox in
                try await sandbox.control("stripe/faults", #"{"webhooks":{"drop":0.5},"seed":3}"#)
                for _ in 0..<10 { _ = try await sandbox.createIntent() }
                let received = try await receiver.wait(for: 10)
                #expect(Set(received.map(\.id)).count == 10)
                let deliveries = try await sandbox.get("/_control/stripe/deliveries").json
                let attempts = (deliveries.elements ?? []).flatMap { $0["attempts"]?.elements ?? [] }
                #expect(attempts.contains { $0["note"] == "lost on purpose" && $0["status"] == 0 })
            }
        }
    }

    @Test("Which attempts are lost or corrupted depends on the seed alone")
    func determinism() {
        func decisions(seed: UInt64) -> [PushFault] {
            let board = FaultBoard()
            var plan = FaultPlan()
            plan.seed = seed
            plan.pushes.drop = 0.3
            plan.pushes.corrupt = 0.3
            board.set(plan)
            return (1...50).map { board.push(ordinal: $0, copy: 0, attempt: 0) }
        }
        #expect(decisions(seed: 5) == decisions(seed: 5))
        #expect(decisions(seed: 5) != decisions(seed: 6))
        #expect(decisions(seed: 5).contains { $0.lost } && decisions(seed: 5).contains { !$0.lost })
    }

    @Test("A corrupted push doesn't fit its signature")
    func corrupt() async throws {
        try await withReceiver(answering: { _ in 400 }) { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("stripe/faults", #"{"webhooks":{"corrupt":1}}"#)
                _ = try await sandbox.createIntent()
                let push = try #require(try await receiver.wait(for: 1).first)
                let time = push.signature.split(separator: ",")[0].dropFirst(2)
                let expected = try opensslHMAC(Array("\(time).".utf8) + push.body, key: "whsec_test")
                #expect(!push.signature.contains(expected))
            }
        }
    }

    @Test("Held pushes go out when they are let go")
    func hold() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("stripe/faults", #"{"webhooks":{"hold":true}}"#)
                _ = try await sandbox.createIntent()
                try await Task.sleep(for: .milliseconds(200))
                #expect(receiver.all.isEmpty)
                try await sandbox.control("stripe/faults")
                #expect(try await receiver.wait(for: 1).count == 1)
            }
        }
    }

    @Test("Letting the provider's time pass brings retries forward")
    func advance() async throws {
        try await withReceiver(answering: { $0 == 0 ? 500 : 200 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 0.01
            } _: { sandbox in
                _ = try await sandbox.createIntent()
                _ = try await receiver.wait(for: 1)
                // The retry is planned once the answer has come back, however busy the machine is.
                #expect(
                    try await sandbox.eventually {
                        try await sandbox.get("/_control/stripe/deliveries").json.elements?.first?["attempts"]?
                            .elements?.count == 1
                    })
                try await Task.sleep(for: .milliseconds(100))
                #expect(receiver.all.count == 1)
                try await sandbox.control("stripe/advance", #"{"seconds":61}"#)
                #expect(try await receiver.wait(for: 2).count == 2)
            }
        }
    }

    @Test(
        "A request is answered as ordered",
        arguments: [("rate_limit", 429, 0), ("error_before", 500, 0), ("error_after", 500, 1)])
    func ordered(fault: String, status: Int, objects: Int) async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/next", #"{"request":"POST /v1/payment_intents","fault":"\#(fault)"}"#)
            #expect(try await sandbox.createIntent().status == status)
            let list = try await sandbox.stripe(.get, "payment_intents").json
            #expect(list["data"]?.elements?.count == objects)
            #expect(try await sandbox.createIntent().status == 200)
        }
    }

    @Test("A refused connection is closed with nothing done")
    func refuse() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/next", #"{"request":"POST /v1/payment_intents","fault":"refuse"}"#)
            await #expect(throws: (any Error).self) { try await sandbox.createIntent() }
            let list = try await sandbox.stripe(.get, "payment_intents").json
            #expect(list["data"] == [])
        }
    }

    @Test("The plan is shown as it was set, cleared by a reset, and refused where it is wrong")
    func plan() async throws {
        try await withSandbox { sandbox in
            let body = """
                {"webhooks":{"duplicate":2,"reorder":true,"delay_ms":[0,500],"drop":0.1,"corrupt":0.0},
                "api":{"slow_ms":[0,300],"error_before":0.05,"error_after":0.05,"rate_limit":0.02,"refuse":0.0},"seed":7}
                """
            #expect(try await sandbox.control("stripe/faults", body).status == 200)
            let shown = try await sandbox.get("/_control/stripe/faults").json
            #expect(shown["webhooks"]?["delay_ms"]?.elements?.map(\.doubleValue) == [0, 500])
            #expect(shown["seed"] == 7)
            try await sandbox.control("stripe/reset")
            #expect(try await sandbox.get("/_control/stripe/faults").json["seed"] == 1)
            let wrong = try await sandbox.control("stripe/faults", #"{"webhooks":{"drop":2}}"#)
            #expect(wrong.status == 400)
            #expect(wrong.json["error"] == "drop must be a number from 0.0 to 1.0.")
            #expect(try await sandbox.control("stripe/faults", #"{"webhooks":{"dorp":1}}"#).status == 400)
            #expect(try await sandbox.control("stripe/faults", "{").status == 400)
            #expect(try await sandbox.control("nobody/faults").status == 404)
            #expect(try await sandbox.control("stripe/nothing").status == 404)
        }
    }

    @Test("Without a seed, a restart never repeats an id")
    func freshIDs() async throws {
        let ids = Collected()
        for _ in 0..<2 {
            try await withSandbox {
                $0.seed = nil
            } _: { sandbox in
                await ids.add([try await sandbox.createIntent().json["id"]?.stringValue ?? ""])
            }
        }
        #expect(await ids.all[0] != ids.all[1])
    }
}

/// What several runs gave.
private actor Collected {
    var all: [[String]] = []

    func add(_ values: [String]) {
        all.append(values)
    }
}
