import Core
package import Postgres
package import Vault

/// What the processes remember together of accounts at providers, because no provider can be asked for it.
package struct GatewayMemory: Sendable {
    let postgres: PostgresClient
    let vault: Vault

    package init(postgres: PostgresClient, vault: Vault) {
        self.postgres = postgres
        self.vault = vault
    }
}

extension GatewayMemory? {
    /// Without what is remembered a gateway can't be asked: that concludes nothing about the payment.
    func reached<R: Sendable>(
        _ body: @Sendable (GatewayMemory) async throws -> R
    ) async throws(GatewayError) -> R {
        guard let self else { throw .unavailable("what the processes share is not at hand") }
        do {
            return try await body(self)
        } catch {
            throw .unavailable("what the processes share can't be reached: \(error)")
        }
    }
}
