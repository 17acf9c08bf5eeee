import FaultHarness

/// A marketplace whose stores stand in pairs behind HAProxy, with something to sell.
struct FailoverStage: Sendable {
    private static let variants = 20
    private static let keysPerVariant = 1000

    let machinery: Machinery
    let postgres: PostgresPair
    let redis: RedisPair
    let marketplace: Marketplace
    let offers: [Offer]

    static func open(on machinery: Machinery) async throws -> FailoverStage {
        let postgres = try await PostgresPair(on: machinery, named: "postgres")
        let redis = try await RedisPair(on: machinery, named: "redis")
        let balancer = try Balancer(on: machinery, postgres: postgres, redis: redis)
        try await balancer.start()
        var stores = Stores(postgres: await postgres.primary, redis: await redis.primary)
        stores.postgresPort = balancer.postgresPort
        stores.redisPort = balancer.redisPort
        let marketplace = try await Marketplace.open("failover", on: machinery, stores: stores)
        var offers: [Offer] = []
        for _ in 0..<variants {
            offers.append(try await marketplace.shop.offer(keys: keysPerVariant))
        }
        return FailoverStage(
            machinery: machinery, postgres: postgres, redis: redis, marketplace: marketplace, offers: offers)
    }
}
