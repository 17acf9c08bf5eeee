import Addresses
package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about where couriers fetch parcels.
package struct PickupLocationStore: Sendable {
    package static let mostPerVendor = 100

    package init() {}

    /// A vendor's pickup locations, the oldest first.
    package func locations(
        of vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [PickupLocation] {
        try await executor.query(PickupLocationSQL.all(of: vendor, visibleTo: visibility), as: PickupLocation.self)
    }

    func insert(_ location: PickupLocation, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO pickup_locations (id, vendor_id, name, phone, address, registration_id, created_at)
            VALUES (\(location.id), \(location.vendor), \(location.name), \(location.phone.rawValue),
                \(location.address.json), \(location.registration), \(location.createdAt))
            """)
    }

    /// Replaces what may change of a location whose vendor is held.
    func update(_ location: PickupLocation, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE pickup_locations SET name = \(location.name), phone = \(location.phone.rawValue),
                address = \(location.address.json), registration_id = \(location.registration),
                is_active = \(location.isActive), version = \(location.version)
            WHERE id = \(location.id)
            """)
    }
}

extension PickupLocation: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let number: String = try row.decode("phone")
        guard let phone = PhoneNumber(rawValue: number) else {
            throw .decoding("a pickup location's telephone number is malformed")
        }
        guard let address = PostalAddress(json: try row.decode("address")) else {
            throw .decoding("a pickup location's address is malformed")
        }
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), name: try row.decode("name"), phone: phone,
            address: address, registration: try row.decode("registration_id"), isActive: try row.decode("is_active"),
            version: try row.decode("version"), createdAt: try row.decode("created_at"))
    }
}

private enum PickupLocationSQL {
    static let columns = "id, vendor_id, name, phone, address, registration_id, is_active, version, created_at"

    static func all(of vendor: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM pickup_locations
                WHERE vendor_id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) ORDER BY id
                """,
            parameters: [vendor, visibility.subject])
    }
}
