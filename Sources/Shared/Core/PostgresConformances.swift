import Foundation
package import Postgres

extension ID: PostgresCodable {
    package static var postgresType: PostgresType { UUID.postgresType }

    package func encode(into writer: inout PostgresBinaryWriter) { uuid.encode(into: &writer) }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        self.init(uuid: try UUID(postgres: value))
    }
}

extension Currency: PostgresCodable {
    package static var postgresType: PostgresType { String.postgresType }

    package func encode(into writer: inout PostgresBinaryWriter) { code.encode(into: &writer) }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        do {
            try self.init(String(postgres: value))
        } catch let error as MoneyError {
            throw value.failure(error.description)
        } catch let error as PostgresError {
            throw error
        } catch {
            throw value.failure("\(error)")
        }
    }
}

/// Stored as jsonb.
extension JSONValue: PostgresCodable {
    package static var postgresType: PostgresType { PostgresJSON.postgresType }

    package func encode(into writer: inout PostgresBinaryWriter) {
        PostgresJSON(bytes: canonicalBytes).encode(into: &writer)
    }

    package init(postgres value: PostgresValue) throws(PostgresError) {
        let json = try PostgresJSON(postgres: value)
        do {
            try self.init(parsing: json.bytes)
        } catch {
            throw value.failure(error.description)
        }
    }
}
