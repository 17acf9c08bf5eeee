package import Core
import Foundation
package import Identity
package import Orders
package import Postgres
import Vendors

/// All SQL about complaints themselves, their lines and their deadlines.
package struct ComplaintStore: Sendable {
    package init() {}

    /// The complaint, or nil. Vendors see those about their parts; customers reach theirs through the order.
    package func complaint(
        _ id: ID<Complaint>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Complaint? {
        try await executor.queryOne(ComplaintSQL.one(id, visibleTo: visibility), as: Complaint.self)
    }

    /// The same, locked until the transaction ends.
    func lock(
        _ id: ID<Complaint>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Complaint? {
        try await transaction.queryOne(
            ComplaintSQL.one(id, visibleTo: visibility, locking: "FOR NO KEY UPDATE"), as: Complaint.self)
    }

    /// The complaints about an order, the newest first.
    package func complaints(
        about order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Complaint] {
        try await executor.query(
            """
            SELECT \(unescaped: Complaint.columns) FROM complaints WHERE order_id = \(order)
            ORDER BY id DESC LIMIT \(Complaint.mostPerOrder)
            """, as: Complaint.self)
    }

    package func lines(
        of complaint: ID<Complaint>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Complaint.Line] {
        try await executor.query(
            "SELECT line_id, quantity FROM complaint_lines WHERE complaint_id = \(complaint) ORDER BY line_id",
            columns: (ID<OrderLine>, Int64).self
        ).map { Complaint.Line(line: $0.0, quantity: $0.1) }
    }

    /// Of all rounds, the earliest due first.
    package func deadlines(
        of complaint: ID<Complaint>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ComplaintDeadline] {
        try await executor.query(
            """
            SELECT \(unescaped: ComplaintDeadline.columns) FROM complaint_deadlines WHERE complaint_id = \(complaint)
            ORDER BY due_at, step
            """, as: ComplaintDeadline.self)
    }

    /// - Returns: the complaint as it is stored; nil, and nothing is added, where its order has as many as it may.
    func insert(
        _ new: Complaint, lines: [Complaint.Line], _ deadlines: [ComplaintDeadline],
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Complaint? {
        let stored = try await transaction.queryOne(ComplaintSQL.insert(new), as: Complaint.self)
        guard let stored else { return nil }
        if !lines.isEmpty {
            try await transaction.pipeline(
                """
                INSERT INTO complaint_lines (complaint_id, line_id, quantity)
                SELECT \(new.id), * FROM unnest(\(lines.map(\.line)), \(lines.map(\.quantity)))
                """)
        }
        try await insert(deadlines, in: transaction)
        return stored
    }

    func insert(
        _ deadlines: [ComplaintDeadline], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        for one in deadlines {
            try await transaction.pipeline(
                """
                INSERT INTO complaint_deadlines (complaint_id, step, round, due_at, warn_at)
                VALUES (\(one.complaint), \(one.step), \(Int32(one.round)), \(one.dueAt), \(one.warnAt))
                """)
        }
    }

    /// Notes steps of a complaint as done, in whichever round they are open.
    func meet(
        _ steps: [ComplaintStep], of complaint: ID<Complaint>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !steps.isEmpty else { return }
        try await transaction.pipeline(
            """
            UPDATE complaint_deadlines SET met_at = \(time)
            WHERE complaint_id = \(complaint) AND step = ANY (\(steps.map(\.rawValue))) AND met_at IS NULL
            """)
    }

    /// Replaces what may change of a locked complaint, whose deadlines are written already: what is due first follows from them.
    func update(_ one: Complaint, in transaction: some PostgresExecutor) async throws(PostgresError) -> Complaint? {
        try await transaction.queryOne(ComplaintSQL.update(one), as: Complaint.self)
    }

    func append(
        _ kind: String, to complaint: Complaint, by actor: AuditActor, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.deferInsert(
            PostgresStatement(
                sql: """
                    INSERT INTO complaint_events (complaint_id, order_id, kind, actor, happened_at)
                    VALUES ($1, $2, $3, $4, $5)
                    """,
                parameters: [complaint.id, complaint.order, kind, actor.rawValue, time]))
    }

    /// Deadlines that nobody was warned of and that are near, or that nobody was told were missed; locked, those that others have in hand
    /// left out.
    func lockPending(
        missed: Bool, at time: Date, limit: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ComplaintDeadline] {
        let (moment, note) = missed ? ("due_at", "missed_at") : ("warn_at", "warned_at")
        return try await transaction.query(
            """
            SELECT \(unescaped: ComplaintDeadline.columns) FROM complaint_deadlines
            WHERE \(unescaped: moment) <= \(time) AND met_at IS NULL AND \(unescaped: note) IS NULL
            ORDER BY \(unescaped: moment) LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """, as: ComplaintDeadline.self)
    }

    /// Notes that somebody was told. What was missed needs no warning any more.
    func note(
        _ deadlines: [ComplaintDeadline], missed: Bool, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            PostgresStatement(
                sql: """
                    UPDATE complaint_deadlines AS deadline SET warned_at = coalesce(warned_at, $4),
                        missed_at = CASE WHEN $5 THEN $4 ELSE missed_at END
                    FROM unnest($1::uuid[], $2::text[], $3::int4[]) AS told (complaint_id, step, round)
                    WHERE deadline.complaint_id = told.complaint_id AND deadline.step = told.step
                        AND deadline.round = told.round
                    """,
                parameters: [
                    deadlines.map(\.complaint), deadlines.map(\.step.rawValue), deadlines.map { Int32($0.round) }, time,
                    missed,
                ]))
    }
}

extension Complaint: PostgresRowDecodable {
    static let columns = """
        id, number, order_id, vendor_id, country, kind, state, outcome, filed_by, filed_at, closed_at, reopenings, due_at, version
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), number: Self.number(try row.decode("number")), order: try row.decode("order_id"),
            vendor: try row.decode("vendor_id"), country: try row.decode("country"), kind: try row.decode("kind"),
            state: try row.decode("state"), outcome: try row.decode("outcome"),
            filedBy: AuditActor(rawValue: try row.decode("filed_by")), filedAt: try row.decode("filed_at"),
            closedAt: try row.decode("closed_at"), reopenings: Int(try row.decode("reopenings", as: Int32.self)),
            dueAt: try row.decode("due_at"), version: try row.decode("version"))
    }
}

extension Complaint.Kind: PostgresCodable {}
extension Complaint.Outcome: PostgresCodable {}

enum ComplaintSQL {
    static func one(
        _ id: ID<Complaint>, visibleTo visibility: Visibility, locking: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(Complaint.columns) FROM complaints
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(locking)
                """,
            parameters: [id, visibility.subject])
    }

    static func insert(_ new: Complaint) -> PostgresStatement {
        """
        INSERT INTO complaints (id, order_id, vendor_id, country, kind, filed_by, filed_at, due_at)
        SELECT \(new.id), \(new.order), \(new.vendor), \(new.country), \(new.kind), \(new.filedBy.rawValue),
            \(new.filedAt), \(new.dueAt)
        WHERE (SELECT count(*) FROM complaints WHERE order_id = \(new.order)) < \(Int64(Complaint.mostPerOrder))
        RETURNING \(unescaped: Complaint.columns)
        """
    }

    static func update(_ one: Complaint) -> PostgresStatement {
        """
        UPDATE complaints SET state = \(one.state), outcome = \(one.outcome), closed_at = \(one.closedAt),
            reopenings = \(Int32(one.reopenings)), version = version + 1,
            due_at = CASE WHEN \(one.closedAt)::timestamptz IS NULL THEN (
                SELECT min(due_at) FROM complaint_deadlines WHERE complaint_id = \(one.id) AND met_at IS NULL) END
        WHERE id = \(one.id) RETURNING \(unescaped: Complaint.columns)
        """
    }
}
