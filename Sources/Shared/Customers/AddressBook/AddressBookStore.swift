import Addresses
package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about the addresses that customers keep.
package struct AddressBookStore: Sendable {
    package static let mostPerCustomer = 50

    package init() {}

    /// A customer's addresses, the oldest first.
    package func addresses(
        of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SavedAddress] {
        try await executor.query(
            """
            SELECT \(unescaped: AddressBookSQL.columns) FROM customer_addresses WHERE account_id = \(account) ORDER BY id
            """, as: SavedAddress.self)
    }

    /// One of a customer's own, or nil.
    package func address(
        _ id: ID<SavedAddress>, of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> SavedAddress? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: AddressBookSQL.columns) FROM customer_addresses
            WHERE id = \(id) AND account_id = \(account)
            """, as: SavedAddress.self)
    }

    func insert(
        _ address: SavedAddress, of account: ID<Account>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        let (recipient, uses) = (address.delivery.recipient, address.uses)
        try await transaction.pipeline(
            """
            INSERT INTO customer_addresses (id, account_id, label, name, name_latin, phone, alternate_phone, address,
                is_default_shipping, is_default_billing, created_at, updated_at)
            VALUES (\(address.id), \(account), \(address.label), \(recipient.name), \(recipient.latinName),
                \(recipient.phone.rawValue), \(recipient.alternatePhone?.rawValue), \(address.delivery.address.json),
                \(uses.isDefaultShipping), \(uses.isDefaultBilling), \(address.createdAt), \(address.updatedAt))
            """)
    }

    /// Replaces what may change of an address whose account is held.
    func update(_ address: SavedAddress, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let (recipient, uses) = (address.delivery.recipient, address.uses)
        try await transaction.pipeline(
            """
            UPDATE customer_addresses SET label = \(address.label), name = \(recipient.name),
                name_latin = \(recipient.latinName), phone = \(recipient.phone.rawValue),
                alternate_phone = \(recipient.alternatePhone?.rawValue), address = \(address.delivery.address.json),
                is_default_shipping = \(uses.isDefaultShipping), is_default_billing = \(uses.isDefaultBilling),
                version = \(address.version), updated_at = \(address.updatedAt)
            WHERE id = \(address.id)
            """)
    }

    /// Ends what other addresses of the customer are taken for, as far as `uses` says: one of them takes their place.
    func yield(
        _ uses: AddressUses, of account: ID<Account>, to id: ID<SavedAddress>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard uses != AddressUses() else { return }
        try await transaction.pipeline(
            """
            UPDATE customer_addresses SET is_default_shipping = is_default_shipping AND NOT \(uses.isDefaultShipping),
                is_default_billing = is_default_billing AND NOT \(uses.isDefaultBilling), version = version + 1
            WHERE account_id = \(account) AND id <> \(id)
                AND (is_default_shipping AND \(uses.isDefaultShipping) OR is_default_billing AND \(uses.isDefaultBilling))
            """)
    }

    /// - Returns: false where the customer has none of this id.
    func delete(
        _ id: ID<SavedAddress>, of account: ID<Account>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            "DELETE FROM customer_addresses WHERE id = \(id) AND account_id = \(account)") == 1
    }
}

extension SavedAddress: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let alternate: String? = try row.decode("alternate_phone")
        guard let phone = PhoneNumber(rawValue: try row.decode("phone")),
            let address = PostalAddress(json: try row.decode("address"))
        else { throw .decoding("a customer's address is malformed") }
        self.init(
            id: try row.decode("id"), label: try row.decode("label"),
            delivery: DeliveryAddress(
                recipient: Recipient(
                    name: try row.decode("name"), latinName: try row.decode("name_latin"), phone: phone,
                    alternatePhone: alternate.flatMap(PhoneNumber.init(rawValue:))), address: address),
            uses: AddressUses(
                isDefaultShipping: try row.decode("is_default_shipping"),
                isDefaultBilling: try row.decode("is_default_billing")),
            version: try row.decode("version"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}

private enum AddressBookSQL {
    static let columns = """
        id, label, name, name_latin, phone, alternate_phone, address, is_default_shipping, is_default_billing, version, \
        created_at, updated_at
        """
}
