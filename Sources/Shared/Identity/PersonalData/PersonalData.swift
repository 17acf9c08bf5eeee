package import Core
package import Foundation
package import Jobs
package import Postgres

/// A person whose data is told or erased: an account, and the contacts by which what guests have left is known to be theirs.
package struct DataSubject: Hashable, Sendable {
    package let account: ID<Account>
    package let email: EmailAddress?
    package let phone: PhoneNumber?

    package init(_ account: Account) {
        self.account = account.id
        email = account.email
        phone = account.phone
    }

    /// What stands in columns for what was erased and may not be empty.
    package static let erased = "erased"
    /// The address that takes an erased one's place: nobody can ever have it (RFC 2606).
    package static let erasedEmail = "erased@erased.invalid"
}

/// What one domain holds about people. It can tell all of it, and forget it; whoever gives a table a column about people adds it here.
package protocol PersonalDataKeeper: Sendable {
    /// What it tells, part by part.
    var sections: [PersonalDataSection] { get }

    /// What has to be settled before a person can be forgotten; empty where nothing has.
    func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold]

    /// Deletes what is the person's alone, and takes the person out of what has to stay. Again it changes nothing.
    func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws
}

/// Records of one kind about a person.
package struct PersonalDataSection: Sendable {
    /// The member that it is in the file that a person gets.
    package let name: String
    private let statement: @Sendable (DataSubject, UUID?, Int) -> PostgresStatement

    /// - Parameter statement: reads at most so many records after an id, in the order of their ids: a column `id` with a UUID and a
    ///   column `record` with a JSON object.
    package init(
        _ name: String,
        _ statement: @escaping @Sendable (_ subject: DataSubject, _ after: UUID?, _ limit: Int) -> PostgresStatement
    ) {
        self.name = name
        self.statement = statement
    }

    package func records(
        of subject: DataSubject, after id: UUID?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [(id: UUID, record: JSONValue)] {
        try await executor.query(statement(subject, id, limit), columns: (UUID, JSONValue).self)
            .map { (id: $0.0, record: $0.1) }
    }
}

/// Why a person can't be forgotten yet.
package struct ErasureHold: Hashable, Sendable {
    /// For programs.
    package let code: String
    /// For people: what has to come first.
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
