import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct StatementTests {
    @Test("One failing statement among many in a pipeline fails only itself")
    func pipelineFailures() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 2
        } _: { database in
            let client = database.client
            try await client.execute("create table entries (number int8 primary key check (number % 10 <> 3))")
            let failures = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        do throws(PostgresError) {
                            try await client.execute("insert into entries values (\(number))")
                            return nil
                        } catch {
                            #expect(error.constraintName == "entries_number_check")
                            return number
                        }
                    }
                }
                return await group.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
            }
            #expect(failures == Set((0..<500).filter { $0 % 10 == 3 }))
            #expect(try await client.queryValue("select count(*) from entries", as: Int.self) == 450)
        }
    }

    @Test("A statement reports how many rows it changed")
    func affectedRows() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database async throws in
            #expect(try await database.client.execute("create table t as select generate_series(1, 7) as n") == 7)
            #expect(try await database.client.execute("update t set n = n + 1 where n > 2") == 5)
            #expect(try await database.client.execute("delete from t where false") == 0)
        }
    }

    @Test("The server's error keeps its fields")
    func serverErrors() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            try await client.execute(
                "create table people (id int8 constraint people_key primary key, name text not null)")
            try await client.execute("insert into people values (1, 'a')")
            let duplicate = await #expect(throws: PostgresError.self) {
                try await client.execute("insert into people values (1, 'b')")
            }
            #expect(duplicate?.isUniqueViolation == true)
            #expect(duplicate?.constraintName == "people_key")
            guard
                case .server(let error)? = await #expect(
                    throws: PostgresError.self,
                    performing: { try await client.execute("insert into people values (2, null)") })
            else { return }
            #expect(error.sqlState == "23502")
            #expect(error.tableName == "people")
            #expect(error.columnName == "name")
        }
    }

    @Test("A statement that was prepared before its table changed runs again with a new plan")
    func alteredTable() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            try await client.execute("create table t (a int8)")
            try await client.execute("insert into t values (1)")
            #expect(try await client.query("select * from t", as: PostgresRow.self)[0].columnCount == 1)
            try await client.execute("alter table t add column b text default 'x'")
            let rows = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<50 {
                    group.addTask { try? await client.query("select * from t", as: PostgresRow.self)[0].columnCount }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(rows == Array(repeating: 2, count: 50))
        }
    }

    @Test("A prepared statement that the server has forgotten is prepared again")
    func forgottenStatement() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            #expect(try await client.queryValue("select 41 + 1", as: Int.self) == 42)
            try await client.execute("deallocate all")
            #expect(try await client.queryValue("select 41 + 1", as: Int.self) == 42)
        }
    }

    @Test("The same text with parameters of other types is another statement")
    func parameterTypes() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            try await client.execute("select 1")
            #expect(try await client.queryValue("select \(1)", as: Int.self) == 1)
            #expect(try await client.queryValue("select \(Int32(2))", as: Int32.self) == 2)
            #expect(try await client.queryValue("select \("three")", as: String.self) == "three")
        }
    }

    @Test("A statement whose text is wrong is never taken for prepared")
    func wrongText() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await client.execute("select * from later")
                }
                #expect(error?.sqlState == "42P01")
            }
            try await client.execute("create table later (a int8)")
            #expect(try await client.execute("select * from later") == 0)
        }
    }

    @Test("The number of prepared statements stays within its limit")
    func preparedLimit() async throws {
        try await TestDatabase.withDatabase(migrated: false) { configuration in
            configuration.maximumConnections = 1
            configuration.preparedStatementLimit = 10
        } _: { database in
            let client = database.client
            for round in 0..<2 {
                for number in 0..<40 {
                    let statement = PostgresStatement(sql: "select \(number)::int8")
                    #expect(try await client.queryValue(statement, as: Int.self) == number, "round \(round)")
                }
            }
            let count = try await client.queryValue("select count(*) from pg_prepared_statements", as: Int.self)
            #expect(count == 10)
        }
    }

    @Test("The server ends a statement that takes too long, and the connection goes on")
    func statementTimeout() async throws {
        try await TestDatabase.withDatabase(migrated: false) { configuration in
            configuration.maximumConnections = 1
            configuration.statementTimeout = .seconds(1)
        } _: { database in
            let before = try await database.client.queryValue("select pg_backend_pid()", as: Int.self)
            let error = await #expect(throws: PostgresError.self) {
                try await database.client.execute("select pg_sleep(5)")
            }
            guard case .timedOut = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(try await database.client.queryValue("select pg_backend_pid()", as: Int.self) == before)
        }
    }

    @Test("A cancelled statement in flight is left to finish, and its connection stays usable")
    func cancellationInFlight() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            let before = try await client.queryValue("select pg_backend_pid()", as: Int.self)
            try await client.execute("create table t (a int8)")
            let statement = "with w as (select pg_advisory_xact_lock(1)) insert into t select 1 from w"
            try await database.configuration.withClient { other in
                try await other.withTransaction { transaction in
                    try await transaction.execute("select pg_advisory_xact_lock(1)")
                    let task = Task { try await client.execute(PostgresStatement(sql: statement)) }
                    try await database.waitUntilRunning(statement)
                    task.cancel()
                    // The statement can't end before the transaction does: whoever comes here has not waited for it.
                    guard case .failure(PostgresError.cancelled) = await task.result else {
                        Issue.record("the task should be cancelled")
                        return
                    }
                }
            }
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 1)
            #expect(try await client.queryValue("select pg_backend_pid()", as: Int.self) == before)
            #expect(client.statistics.inFlight == 0)
        }
    }

    @Test("A statement of a task that is cancelled already is not sent")
    func cancellationBeforeSending() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            try await client.execute("create table t (a int8)")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.execute("insert into t values (1)")
            }
            await #expect(throws: PostgresError.cancelled("before it was sent")) { try await task.value }
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 0)
        }
    }

    @Test("A shared statement that opens a transaction costs its connection, nobody else's data")
    func straySharedTransaction() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            let before = try await client.queryValue("select pg_backend_pid()", as: Int.self)
            try await client.execute("begin")
            try await client.execute("create table t (a int8)")
            #expect(try await client.queryValue("select to_regclass('t') is not null", as: Bool.self) == true)
            #expect(try await client.queryValue("select pg_backend_pid()", as: Int.self) != before)
        }
    }

    @Test("A script runs all its statements, or none")
    func scripts() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            try await client.withConnection { session in
                try await session.runScript(
                    "create table t (a int8); insert into t values (1); insert into t values (2);")
                let error = await #expect(throws: PostgresError.self) {
                    try await session.runScript("insert into t values (3); insert into nowhere values (4)")
                }
                #expect(error?.sqlState == "42P01")
                #expect(try await session.queryValue("select count(*) from t", as: Int.self) == 2)
                try await session.runScript("-- nothing at all")
                let copy = await #expect(throws: PostgresError.self) {
                    try await session.runScript("copy t from stdin")
                }
                #expect(copy?.sqlState == "57014" || copy != nil)
                #expect(try await session.queryValue("select count(*) from t", as: Int.self) == 2)
            }
        }
    }

    @Test("A session leaves nothing behind on its connection")
    func sessionIsDiscarded() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            try await client.withConnection { session in
                try await session.execute("select pg_advisory_lock(1)")
                try await session.execute("set search_path to nowhere")
                try await session.execute("begin")
                try await session.execute("create table public.t (a int8)")
            }
            #expect(
                try await client.queryValue(
                    """
                    select count(*) from pg_locks join pg_database d on d.oid = database
                    where locktype = 'advisory' and datname = current_database()
                    """, as: Int.self)
                    == 0)
            #expect(try await client.queryValue("show search_path", as: String.self)?.contains("public") == true)
            #expect(try await client.queryValue("select to_regclass('public.t') is null", as: Bool.self) == true)
            #expect(try await client.queryValue("show statement_timeout", as: String.self) == "15s")
        }
    }

    @Test("Statements that are joined keep their parameters, and the last one answers")
    func joined() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            try await client.execute("create table entries (number int8 primary key, text text)")
            let many = PostgresStatement(
                sql:
                    "insert into entries values ($1, $12), ($2, $11), ($3, $10), ($4, null), ($5, $6 || $7 || $8 || $9)",
                parameters: [1, 2, 3, 4, 5, "a", "b", "c", "d", "x", "y", "z"])
            let double = PostgresStatement(
                with: ["source": "select * from unnest($1::int8[]) as n"],
                sql: "insert into entries select n * 10, $2 from source", parameters: [[6, 7], "twice"])
            let last: PostgresStatement = "insert into entries values (\(8), \("last")) returning text"
            let text = try await client.queryValue(.joined([many, double, last]), as: String.self)
            #expect(text == "last")
            let rows = try await client.queryValues(
                "select number || ':' || coalesce(text, 'null') from entries order by number", as: String.self)
            #expect(rows == ["1:z", "2:y", "3:x", "4:null", "5:abcd", "8:last", "60:twice", "70:twice"])
            #expect(PostgresStatement.joined([last]).sql == last.sql)
        }
    }
}
