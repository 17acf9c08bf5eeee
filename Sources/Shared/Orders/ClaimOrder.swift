package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// What somebody shows to have a guest's order become that of their account.
package struct OrderClaim: Sendable {
    package static let order = TextRule(2...40, .line)
    package static let token = TextRule(1...200, .only("A-Za-z0-9_-"))

    /// The order's id or its number.
    package let order: String
    /// The order's access token; nil: their address or number is the order's, of which accounts have proofs.
    package let token: Secret?

    package init(order: String, token: Secret? = nil) {
        self.order = order
        self.token = token
    }
}

/// Makes a guest's order that of an account which has shown that it is theirs.
package struct ClaimOrder: Sendable {
    private let store = OrderStore()
    private let accounts = AccountStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// The order, which the account reaches from now on; again it changes nothing. What it can't claim is told in one way, whether
    /// there is such an order or not.
    /// - Throws: a 422 `Problem`; `PostgresError`.
    package func callAsFunction(_ claim: OrderClaim, by principal: Principal, in work: UnitOfWork) async throws -> Order
    {
        guard let id = principal.account, let account = try await accounts.account(ID(uuid: id), in: work) else {
            throw Self.refused
        }
        guard let reading = OrderReference(claim.order),
            let order = try await store.lock(reading, in: work)
        else { throw Self.refused }
        if order.customer.account == id { return order }
        guard order.customer.account == nil, let proof = proof(of: order, claim, account) else { throw Self.refused }
        try await store.give(order.id, to: id, in: work)
        try await OrderTimeline().append(
            [OrderEvent(.claimed, at: clock.now.roundedToMicroseconds)], to: order.id, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.claimed", subject: order.id,
                payload: ["account_id": .string(account.id.description), "proof": .string(proof)]), in: work)
        guard let claimed = try await store.order(order.id, visibleTo: .customer(id), in: work) else {
            throw Self.refused
        }
        return claimed
    }

    /// What proves that the order is the account's, for the record. An account's contacts are its own only after somebody has read what
    /// was sent there; a phone alone is many people's, but a code that was sent to it is not.
    private func proof(of order: Order, _ claim: OrderClaim, _ account: Account) -> String? {
        if let token = claim.token { return order.isOpened(by: token.reveal()) ? "token" : nil }
        if let email = account.email, UTF8Text(email.comparisonKey) == UTF8Text(order.customer.email.comparisonKey) {
            return "email"
        }
        return account.phone != nil && account.phone == order.customer.phone ? "phone" : nil
    }

    private static let refused = Problem.invalidInput([
        FieldProblem(pointer: "/order", code: "unknown", message: "there is no such order of yours")
    ])
}

/// An order as people name it: by its id or its number, in digits of any script.
package enum OrderReference: Hashable, Sendable {
    case id(ID<Order>)
    case number(Int64)

    package init?(_ text: String) {
        if let id = ID<Order>(text) {
            self = .id(id)
            return
        }
        var bytes = DecimalDigits.ascii(text).utf8.filter { $0 != UInt8(ascii: " ") }[...]
        if let first = bytes.first, ASCIILetter.lowercased(first) == UInt8(ascii: "h") { bytes.removeFirst() }
        guard !bytes.isEmpty, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(String(decoding: bytes, as: UTF8.self))
        else { return nil }
        self = .number(number)
    }
}

extension OrderStore {
    /// The order, locked until the transaction ends; nil when there is none.
    fileprivate func lock(
        _ reference: OrderReference, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Order? {
        let (condition, value): (String, any PostgresEncodable) =
            switch reference {
            case .id(let id): ("id = $1", id)
            case .number(let number): ("number = $1", number)
            }
        return try await transaction.queryOne(
            PostgresStatement(
                sql: "SELECT \(Order.columns) FROM orders WHERE \(condition) FOR NO KEY UPDATE", parameters: [value]),
            as: Order.self)
    }

    fileprivate func give(
        _ id: ID<Order>, to account: UUID, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            "UPDATE orders SET customer_id = \(account) WHERE id = \(id) AND customer_id IS NULL")
    }
}
