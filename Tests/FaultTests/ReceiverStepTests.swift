import FaultHarness
import Testing

/// `kill -9` of the API at each step of receiving a webhook, and at each transition of a job that happens in it.
@Suite("Receiving", .serialized, .timeLimit(.minutes(10)))
struct ReceiverStepTests {
    private static let steps = [
        "webhook.admitted", "webhook.verified", "webhook.hinted", "webhook.persisted", "webhook.acknowledging",
        "webhook.marked",
    ]

    @Test("An API killed at any step of receiving loses no acknowledged event and stores none twice", arguments: steps)
    func killedReceiving(step: String) async throws {
        let marketplace = try await Stage.shared.marketplace("receiving")
        let deaths = await marketplace.api.deaths.count
        try await marketplace.api.replace(fault: "\(step)=kill@3")
        try await Traffic(in: marketplace).events(12, concurrency: 4)
        try await marketplace.api.untilDeaths(exceed: deaths)
        try await expectIntact(marketplace)
    }

    @Test(
        "An API killed around the push after commit has the order and its jobs all the same",
        arguments: ["job.committed", "job.pushed"])
    func killedPushing(step: String) async throws {
        let marketplace = try await Stage.shared.marketplace("receiving")
        let offer = try await marketplace.shop.offer(keys: 10)
        let deaths = await marketplace.api.deaths.count
        try await marketplace.api.replace(fault: "\(step)=kill")
        let order = try await Traffic(in: marketplace).purchase(offer, quantity: 2)
        try await Traffic(in: marketplace).events(3)
        try await marketplace.api.untilDeaths(exceed: deaths)
        try await expectIntact(marketplace, paid: [order])
    }

    @Test("An API that stalls between storing and answering is asked again, and stores the event once")
    func stalledAnswer() async throws {
        let marketplace = try await Stage.shared.marketplace("receiving")
        try await marketplace.api.replace(fault: "webhook.persisted=stall:3000")
        let event = ProviderEvent.aboutNothing()
        #expect(await marketplace.webhooks.push(event, timeout: .seconds(1)) == 0)
        try await marketplace.webhooks.deliver(event)
        try await expectIntact(marketplace)
    }

    @Test("A storm of duplicates while the API is killed at random stores each event once")
    func duplicateStorm() async throws {
        let marketplace = try await Stage.shared.marketplace("receiving")
        try await marketplace.api.replace()
        let events = (0..<60).map { _ in ProviderEvent.aboutNothing() }
        let storm = (0..<10).flatMap { _ in events }.shuffled()
        async let delivered: Void = marketplace.webhooks.deliver(storm, concurrency: 48, within: .seconds(60))
        for _ in 0..<2 {
            await pause(.milliseconds(700))
            await marketplace.api.kill()
        }
        try await delivered
        try await expectIntact(marketplace)
    }

    @Test("SIGTERM lets the API finish what it has begun")
    func gracefulStop() async throws {
        let marketplace = try await Stage.shared.marketplace("receiving")
        async let delivered: Void = Traffic(in: marketplace).events(100, concurrency: 16)
        await pause(.milliseconds(200))
        try await marketplace.api.stop()
        try await marketplace.api.start()
        try await delivered
        try await expectIntact(marketplace)
    }
}
