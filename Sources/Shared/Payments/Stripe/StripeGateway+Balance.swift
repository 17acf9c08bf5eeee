package import Core
import Outbound

extension StripeGateway: BalanceListingGateway {
    package func balanceRows(of reference: String) async throws(GatewayError) -> [BalanceRow] {
        let answer = try await call(
            "balance_transactions.list", "GET",
            "/v1/balance_transactions?source=\(PercentEncoding.escaped(reference))&limit=100", safety: .read)
        let list = try object(answer, "balance_transactions")
        return try GatewayError.reading { () throws(MalformedEvent) in
            // A charge, a refund or a dispute has a handful.
            guard try !list.bool("has_more") else { throw MalformedEvent("\(list.path) has more than 100 rows") }
            var rows: [BalanceRow] = []
            for row in try list.objects("data") {
                rows.append(BalanceRow(amount: try row.money("amount"), createdAt: try row.moment("created")))
            }
            return rows
        }
    }
}
