import Core
import Foundation
import HTTPTypes
import Identity
import Payments
import Postgres
import Testing

@testable import APIServer

extension LiveAPI {
    /// Every call about what gateways pay out, and about where their records and ours part.
    func exerciseSettlements() async throws {
        let settlement = try #require(
            try await owner.queryValue(
                """
                INSERT INTO settlements (id, gateway, reference, amount_minor, currency, settled_at, line_count, lines_minor, created_at)
                VALUES (gen_random_uuid(), 'stripe', 'po_1', 980, 'BDT', now(), 1, 980, now()) RETURNING id
                """, as: ID<Settlement>.self))
        try await owner.execute(
            """
            INSERT INTO settlement_lines (id, settlement_id, reference, kind, debit_minor, credit_minor, fee_minor, tax_minor, occurred_at)
            VALUES (gen_random_uuid(), \(settlement), 'txn_1', 'adjustment', 0, 980, 20, 0, now())
            """)
        #expect(try await call(.get, "/settlements?gateway=stripe").json["data"]?.arrayValue?.count == 1)
        #expect(try await call(.get, "/settlements/\(settlement)").json["reference"] == "po_1")
        #expect(
            try await call(.get, "/settlements/\(settlement)/lines").json["data"]?[0]?["credit"]
                == ["minor_units": 980, "currency": "BDT"])
        let finding = try #require(
            try await owner.queryValue(
                """
                INSERT INTO reconciliation_findings (id, gateway, kind, subject, detail, amount_minor, currency, settlement_id, found_at,
                    seen_at, updated_at)
                VALUES (gen_random_uuid(), 'stripe', 'line_adjustment', 'po_1/txn_1', 'x', 1000, 'BDT', \(settlement), now(), now(), now())
                RETURNING id
                """, as: ID<Finding>.self))
        #expect(
            try await call(.get, "/reconciliation_findings?state=open&gateway=stripe").json["data"]?.arrayValue?.count
                == 1)
        let path = "/reconciliation_findings/\(finding)"
        #expect(try await call(.get, path).json["state"] == "open")
        #expect(try await call(.post, path + "/explain", ["explanation": "A bonus"]).json["state"] == "explained")
        #expect(
            try await call(.post, path + "/propose_write_off", ["explanation": "A bonus"]).json["state"]
                == "write_off_proposed")
        #expect(try await call(.post, path + "/write_off").problem == "second-person-needed")
        let other = principals.token(
            for: Principal(.staff(UUID()), permissions: Role.finance.permissions, visibility: .everything))
        let written = try await call(.post, path + "/write_off", token: other)
        #expect(try written.json["state"] == "written_off")
    }
}
