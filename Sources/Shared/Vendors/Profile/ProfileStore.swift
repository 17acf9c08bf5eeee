import Addresses
package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about what customers read of vendors.
package struct ProfileStore: Sendable {
    package init() {}

    /// A vendor's profile, or nil.
    package func profile(
        of vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> VendorProfile? {
        try await executor.queryOne(ProfileSQL.one(vendor, visibleTo: visibility), as: VendorProfile.self)
    }

    func insertEmpty(_ vendor: ID<Vendor>, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline("INSERT INTO vendor_profiles (vendor_id) VALUES (\(vendor))")
    }

    func update(
        _ profile: VendorProfile, of vendor: ID<Vendor>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        let officer = profile.grievanceOfficer
        try await transaction.pipeline(
            """
            UPDATE vendor_profiles SET description = \(profile.description), logo_media_id = \(profile.logo),
                return_policy = \(profile.returnPolicy), shipping_policy = \(profile.shippingPolicy),
                support_email = \(profile.supportEmail?.rawValue), support_phone = \(profile.supportPhone?.rawValue),
                officer_name = \(officer?.name), officer_designation = \(officer?.designation),
                officer_email = \(officer?.email?.rawValue), officer_phone = \(officer?.phone?.rawValue),
                registered_address = \(profile.registeredAddress?.json)
            WHERE vendor_id = \(vendor)
            """)
    }
}

extension VendorProfile: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init()
        description = try row.decode("description")
        logo = try row.decode("logo_media_id")
        returnPolicy = try row.decode("return_policy")
        shippingPolicy = try row.decode("shipping_policy")
        supportEmail = try row.decode("support_email", as: String?.self).flatMap(EmailAddress.init(rawValue:))
        supportPhone = try row.decode("support_phone", as: String?.self).flatMap(PhoneNumber.init(rawValue:))
        let officer: String? = try row.decode("officer_name")
        if let officer {
            grievanceOfficer = GrievanceOfficer(
                name: officer, designation: try row.decode("officer_designation"),
                email: try row.decode("officer_email", as: String?.self).flatMap(EmailAddress.init(rawValue:)),
                phone: try row.decode("officer_phone", as: String?.self).flatMap(PhoneNumber.init(rawValue:)))
        }
        let address: JSONValue? = try row.decode("registered_address")
        if let address {
            guard let address = PostalAddress(json: address) else {
                throw .decoding("a vendor's registered address is malformed")
            }
            registeredAddress = address
        }
    }
}

private enum ProfileSQL {
    static func one(_ vendor: ID<Vendor>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT description, logo_media_id, return_policy, shipping_policy, support_email, support_phone, officer_name,
                    officer_designation, officer_email, officer_phone, registered_address
                FROM vendor_profiles WHERE vendor_id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                """,
            parameters: [vendor, visibility.subject])
    }
}
