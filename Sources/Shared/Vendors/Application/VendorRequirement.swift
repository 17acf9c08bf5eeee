package import Core
import Foundation
package import Postgres
import Registrations
package import Values

/// What the law and the marketplace want to see of a vendor before it sells.
package struct VendorRequirement: Hashable, Sendable {
    package enum Subject: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case registration, document
        case pickupLocation = "pickup_location"
        case payoutAccount = "payout_account"
        case registeredAddress = "registered_address"
        case supportContact = "support_contact"
        case grievanceOfficer = "grievance_officer"
    }

    /// A stable word for programs.
    package let code: String
    package let subject: Subject
    /// Any one of these kinds of the subject will do; empty where it has no kinds.
    package let kinds: [String]
    /// false: only where it applies, which the vendor has to know.
    package let isRequired: Bool

    package init(code: String, subject: Subject, kinds: [String] = [], isRequired: Bool = true) {
        self.code = code
        self.subject = subject
        self.kinds = kinds
        self.isRequired = isRequired
    }
}

/// All SQL about what vendors have to show.
package struct RequirementStore: Sendable {
    package init() {}

    /// What a vendor of this kind has to show on a day, in the order in which it is asked for.
    func requirements(
        of identity: VendorIdentity, on day: CivilDate, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [VendorRequirement] {
        try await executor.query(
            """
            SELECT code, subject, kinds, is_required FROM vendor_requirements
            WHERE country = \(identity.country) AND (vendor_kinds IS NULL OR \(identity.kind.rawValue) = ANY (vendor_kinds))
                AND (\(day.utcMidnight) AT TIME ZONE 'UTC')::date BETWEEN valid_from AND coalesce(valid_to, 'infinity')
            ORDER BY position, code
            """, as: VendorRequirement.self)
    }

    /// Whether vendors of a country are taken: where nothing is known to be asked for, nobody can be looked at.
    func isServed(_ country: String, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM vendor_requirements WHERE country = \(country))", as: Bool.self) ?? false
    }

    /// - Throws: a 422 `Problem` where they are not; `PostgresError`.
    func requireServed(_ country: String, in executor: some PostgresExecutor) async throws {
        guard try await !isServed(country, in: executor) else { return }
        throw Problem.invalidInput([
            FieldProblem(
                pointer: "/country", code: "not_served", message: "is no country from which vendors are taken")
        ])
    }
}

extension VendorRequirement: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            code: try row.decode("code"), subject: try row.decode("subject"), kinds: try row.decode("kinds"),
            isRequired: try row.decode("is_required"))
    }
}
