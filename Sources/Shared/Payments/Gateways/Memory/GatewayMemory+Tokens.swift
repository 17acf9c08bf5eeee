import Core
import Foundation
import Postgres
import Vault

extension GatewayMemory {
    private static let scope = KeyScope("gateways")

    /// Changes what is known of a token; one process after the other.
    func withToken<R: Sendable>(
        of account: TokenAccount, _ body: @Sendable (inout TokenState) -> R
    ) async throws -> R {
        try await postgres.withTransaction { work in
            try await work.execute(
                """
                INSERT INTO gateway_tokens (gateway, credentials, calls)
                VALUES (\(account.gateway.rawValue), \(account.credentials), '{}') ON CONFLICT DO NOTHING
                """)
            let row = try await work.queryOne(
                """
                SELECT sealed, renew_at, expires_at, refreshable_until, renewal, renewal_ends_at, calls FROM gateway_tokens
                WHERE gateway = \(account.gateway.rawValue) AND credentials = \(account.credentials) FOR UPDATE
                """, as: TokenRow.self)
            let before = try await state(of: row, for: account, in: work)
            var after = before
            let result = body(&after)
            if after != before { try await keep(after, insteadOf: row, before, for: account, in: work) }
            return result
        }
    }

    private func state(
        of row: TokenRow?, for account: TokenAccount, in work: some PostgresExecutor
    ) async throws -> TokenState {
        guard let row else { return TokenState() }
        return TokenState(
            token: try await token(in: row, for: account, in: work), renewal: row.renewal,
            renewalEndsAt: row.renewalEndsAt, calls: row.calls)
    }

    /// What no key opens any more is no loss: the next one is granted.
    private func token(
        in row: TokenRow, for account: TokenAccount, in work: some PostgresExecutor
    ) async throws -> ProviderToken? {
        guard let sealed = row.sealed, let times = row.times else { return nil }
        do {
            let texts = try JSONDecoder().decode(
                TokenTexts.self, from: Data(try await vault.open(sealed, at: Self.place(account), in: work)))
            return ProviderToken(
                value: texts.value, refresh: texts.refresh, renewAt: times.renewAt, expiresAt: times.expiresAt,
                refreshableUntil: times.refreshableUntil)
        } catch is VaultError {
            return nil
        } catch is DecodingError {
            return nil
        }
    }

    private func keep(
        _ state: TokenState, insteadOf row: TokenRow?, _ before: TokenState, for account: TokenAccount,
        in work: some PostgresExecutor
    ) async throws {
        var sealed = row?.sealed
        if state.token != before.token || state.token == nil {
            sealed = nil
            if let token = state.token {
                let texts = try JSONEncoder().encode(TokenTexts(value: token.value, refresh: token.refresh))
                sealed = try await vault.seal(Array(texts), at: Self.place(account), under: Self.scope, in: work)
            }
        }
        try await work.execute(
            """
            UPDATE gateway_tokens SET sealed = \(sealed), renew_at = \(state.token?.renewAt), expires_at = \(state.token?.expiresAt),
                refreshable_until = \(state.token?.refreshableUntil), renewal = \(state.renewal),
                renewal_ends_at = \(state.renewalEndsAt), calls = \(state.calls)
            WHERE gateway = \(account.gateway.rawValue) AND credentials = \(account.credentials)
            """)
    }

    private static func place(_ account: TokenAccount) -> SealedPlace {
        SealedPlace(
            table: "gateway_tokens", column: "sealed",
            row: "\(account.gateway) \(Hexadecimal.encode(account.credentials))")
    }
}

/// What is sealed of a token.
private struct TokenTexts: Codable {
    let value: String
    let refresh: String
}

private struct TokenRow: Sendable, PostgresRowDecodable {
    let sealed: [UInt8]?
    let times: (renewAt: Date, expiresAt: Date, refreshableUntil: Date)?
    let renewal: UUID?
    let renewalEndsAt: Date?
    let calls: [Date]

    init(row: borrowing PostgresRow) throws(PostgresError) {
        sealed = try row.decode("sealed")
        let renewAt: Date? = try row.decode("renew_at")
        let expiresAt: Date? = try row.decode("expires_at")
        let refreshableUntil: Date? = try row.decode("refreshable_until")
        if let renewAt, let expiresAt, let refreshableUntil {
            times = (renewAt, expiresAt, refreshableUntil)
        } else {
            times = nil
        }
        renewal = try row.decode("renewal")
        renewalEndsAt = try row.decode("renewal_ends_at")
        calls = try row.decode("calls")
    }
}
