import Carts
import Core
import Endpoints
import Identity
import Jobs
import Orders
import Postgres

/// Finds whose credentials a token is: a session, an API key, a guest's cart, or the access token of the order that the path names.
struct Principals: PrincipalResolver {
    let postgres: PostgresClient
    let queue: JobQueue
    /// What the settings give to whoever makes the first keys.
    let bootstrapToken: Secret
    let bootstrap: BootstrapAPIKey
    let sessions: ResumeSession
    let clock: any WallClock

    func principal(bearing token: UTF8Text, order: UTF8Text?) async throws -> Principal? {
        if OpaqueToken.isOne(token, of: .session) { return try await principal(ofSession: token) }
        if OpaqueToken.isOne(token, of: .cart) { return try await guest(bearing: token) }
        if let order, let holder = try await holder(of: token, opening: order) { return holder }
        let isBootstrap = bootstrapToken.matches(token.string)
        guard let key = try await key(bearing: token, isBootstrap: isBootstrap), key.isAccepted(at: clock.now),
            key.isBootstrap == isBootstrap
        else { return nil }
        return key.principal
    }

    func principal(ofSession token: UTF8Text) async throws -> Principal? {
        guard OpaqueToken.isOne(token, of: .session) else { return nil }
        return try await sessions(token, in: postgres)
    }

    /// The token of the settings becomes a key when it is first shown.
    private func key(bearing token: UTF8Text, isBootstrap: Bool) async throws -> APIKey? {
        if let known = try await APIKeyStore().key(bearing: token, in: postgres) { return known }
        guard isBootstrap else { return nil }
        try await queue.withUnitOfWork { work in try await bootstrap(bootstrapToken, in: work) }
        return try await APIKeyStore().key(bearing: token, in: postgres)
    }

    private func guest(bearing token: UTF8Text) async throws -> Principal? {
        let cart = try await CartStore().cart(opening: token, at: clock.now, in: postgres)
        return cart.map { .guest(ofCart: $0.id.uuid) }
    }

    private func holder(of token: UTF8Text, opening order: UTF8Text) async throws -> Principal? {
        guard let id = ID<Order>(order.string),
            let found = try await OrderStore().order(id, visibleTo: .everything, in: postgres),
            found.isOpened(by: token.string)
        else { return nil }
        return .holder(ofTokenOf: id.uuid)
    }
}
