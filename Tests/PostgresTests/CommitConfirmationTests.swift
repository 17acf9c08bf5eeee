import Logging
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Postgres

/// Commits that wait for a synchronous standby which does not exist, until somebody ends the wait: they are committed, and
/// lost if a standby takes over.
@Suite struct CommitConfirmationTests {
    /// How the waits end.
    private enum End: String {
        case cancel = "pg_cancel_backend"
        case terminate = "pg_terminate_backend"
    }

    /// A server where nothing is confirmed, a client of it, and one that ends every wait.
    private func withUnconfirmedCommits(
        endedBy end: End?, statementTimeout: Duration = .seconds(60),
        _ body: @Sendable (PostgresClient) async throws -> Void
    ) async throws {
        try await PrivatePostgres.withServer(settings: ["synchronous_standby_names=nobody"]) { server in
            let alone = try PostgresConfiguration(
                connectionString: server.connectionString() + "?options=-c%20synchronous_commit%3Dlocal")
            var configuration = try PostgresConfiguration(connectionString: server.connectionString())
            configuration.maximumConnections = 1
            configuration.statementTimeout = statementTimeout
            try await alone.withClient { [configuration] administrator in
                try await administrator.execute("create table t (a int8 primary key)")
                try await administrator.execute(
                    """
                    create procedure p(fails boolean) language plpgsql as $$
                    begin
                        insert into t select coalesce(max(a), 0) + 1 from t;
                        commit;
                        if fails then raise exception 'too late'; end if;
                    end $$
                    """)
                let impatience = Task { try await self.end(waitsBy: end, administrator) }
                defer { impatience.cancel() }
                try await configuration.withClient(body)
            }
        }
    }

    private func end(waitsBy end: End?, _ administrator: PostgresClient) async throws {
        while let end {
            try await administrator.execute(
                "select \(unescaped: end.rawValue)(pid) from pg_stat_activity where wait_event = 'SyncRep'")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func expectUnknown<Result>(
        _ body: () async throws -> Result, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { _ = try await body() }
        guard case .commitOutcomeUnknown(let reason) = error else {
            Issue.record("unexpected \(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
        #expect(reason.contains("synchronous replication"), sourceLocation: sourceLocation)
    }

    @Test("A statement, a transaction, a session and a script whose wait is cancelled have an unknown outcome")
    func cancelledWaits() async throws {
        try await withUnconfirmedCommits(endedBy: .cancel) { client in
            let pid = try await client.queryValue("select pg_backend_pid()", as: Int.self)
            await expectUnknown { try await client.execute("insert into t values (1)") }
            await expectUnknown {
                try await client.queryValue("insert into t values (2) returning a", as: Int.self)
            }
            let attempts = NIOLockedValueBox(0)
            await expectUnknown {
                try await client.withTransaction { transaction in
                    attempts.withLockedValue { $0 += 1 }
                    try await transaction.execute("insert into t values (3)")
                }
            }
            #expect(attempts.withLockedValue { $0 } == 1, "it is not run again")
            await expectUnknown {
                try await client.withTransaction { transaction in
                    try await transaction.pipeline("insert into t values (4)")
                    try await transaction.pipeline("insert into t values (5)")
                }
            }
            await expectUnknown {
                try await client.withConnection { try await $0.execute("insert into t values (6)") }
            }
            await expectUnknown {
                try await client.withConnection { session in
                    try await session.runScript("insert into t values (7); insert into t values (8)")
                }
            }
            await expectUnknown {
                try await client.withConnection { session in
                    try await session.runScript("begin; insert into t values (9); commit; select 1")
                }
            }
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 9)
            #expect(client.statistics.notices[.warning] == 7, "each is counted")
            #expect(client.statistics.unconfirmedCommits == 7)
            #expect(try await client.queryValue("select pg_backend_pid()", as: Int.self) == pid)
        }
    }

    @Test("What shares the connection with it is answered as it should be")
    func neighbours() async throws {
        try await withUnconfirmedCommits(endedBy: .cancel) { client in
            try await withThrowingTaskGroup { group in
                for number in 0..<10 {
                    group.addTask {
                        await expectUnknown { try await client.execute("insert into t values (\(number))") }
                    }
                    group.addTask { () async throws in
                        #expect(try await client.queryValue("select \(number)", as: Int.self) == number)
                    }
                }
                try await group.waitForAll()
            }
            let error = await #expect(throws: PostgresError.self) {
                try await client.execute("insert into t values (1)")
            }
            #expect(error?.isUniqueViolation == true, "a refusal is still a refusal")
        }
    }

    @Test("A procedure that commits inside is in doubt even where it goes on to fail")
    func procedures() async throws {
        try await withUnconfirmedCommits(endedBy: .cancel) { client in
            await expectUnknown { try await client.execute("call p(false)") }
            await expectUnknown { try await client.execute("call p(true)") }
        }
    }

    @Test("A statement timeout that ends the wait leaves an unknown outcome")
    func statementTimeout() async throws {
        try await withUnconfirmedCommits(endedBy: nil, statementTimeout: .milliseconds(500)) { client in
            await expectUnknown { try await client.execute("call p(false)") }
            // A commit of the client's own is not under the timeout: the client gives the silent connection up.
            for isolated in [true, false] {
                let error = await #expect(throws: PostgresError.self) {
                    if isolated {
                        try await client.withTransaction { try await $0.execute("insert into t values (11)") }
                    } else {
                        try await client.execute("insert into t values (12)")
                    }
                }
                switch error {
                case .commitOutcomeUnknown, .timedOut: break
                default: Issue.record("unexpected \(String(describing: error))")
                }
            }
        }
    }

    @Test("A connection that is ended while it waits leaves an unknown outcome")
    func terminatedWaits() async throws {
        try await withUnconfirmedCommits(endedBy: .terminate) { client async throws in
            await expectUnknown { try await client.execute("insert into t values (1)") }
            await expectUnknown {
                try await client.withTransaction { try await $0.execute("insert into t values (2)") }
            }
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 2)
        }
    }
}

@Suite struct NoticeTests {
    @Test("The warning of an unconfirmed commit is told from others by its routine, and is believed where none is told")
    func recognition() {
        func isUnconfirmed(_ severity: String, _ state: String, _ routine: String?) -> Bool {
            PostgresServerError(severity: severity, sqlState: state, message: "x", routine: routine)
                .leavesCommitUnconfirmed
        }
        #expect(isUnconfirmed("WARNING", "01000", "SyncRepWaitForLSN"))
        #expect(isUnconfirmed("WARNING", "01000", nil))
        #expect(isUnconfirmed("WARNING", "57P01", "SyncRepWaitForLSN"))
        #expect(!isUnconfirmed("WARNING", "01000", "exec_stmt_raise"))
        #expect(!isUnconfirmed("WARNING", "57P01", "quickdie"))
        #expect(!isUnconfirmed("WARNING", "57P01", nil))
        #expect(!isUnconfirmed("NOTICE", "01000", nil))
        #expect(!isUnconfirmed("WARNING", "25P01", nil))
    }

    @Test("Notices are logged and counted by severity, and change no outcome")
    func logged() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let log = NoticeLog()
            let client = PostgresClient(
                configuration: database.configuration, logger: Logger(label: "test") { _ in log })
            let running = Task { try await client.run() }
            try await client.execute(
                """
                do $$ begin
                    raise warning 'this is one';
                    raise notice '%', repeat('long ', 1000);
                    raise info 'and this';
                end $$
                """)
            #expect(client.statistics.notices == [.warning: 1, .notice: 1, .info: 1])
            let lines = log.lines.withLockedValue { $0 }
            #expect(lines.map(\.level) == [.warning, .info, .info])
            #expect(lines.first?.text == "this is one")
            #expect(lines.allSatisfy { $0.text.count <= 500 })
            running.cancel()
            try await running.value
        }
    }

    @Test("No setting of the connection string silences them")
    func notSilenced() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let name = database.name
            try await database.client.execute("alter database \(unescaped: name) set client_min_messages = error")
            let configuration = try PostgresConfiguration(
                connectionString: database.connectionString + " options='-c client_min_messages=error'")
            try await configuration.withClient { client in
                try await client.execute("do $$ begin raise warning 'heard'; end $$")
                #expect(client.statistics.notices[.warning] == 1)
            }
        }
    }

    @Test("Giving a session back and rolling back draw no warnings")
    func quietEnds() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            try await client.withConnection { try await $0.execute("select 1") }
            try await client.withConnection { try await $0.execute("begin") }
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try await $0.execute("select 1 / 0") }
            }
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try await $0.pipeline("select 1 / 0") }
            }
            #expect(try await client.queryValue("select 1", as: Int.self) == 1)
            #expect(client.statistics.notices == [:])
        }
    }
}

/// Keeps what a client logs about notices.
private struct NoticeLog: LogHandler {
    let lines = NIOLockedValueBox<[(level: Logger.Level, text: String)]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let text = event.metadata?["notice"] else { return }
        lines.withLockedValue { $0.append((event.level, "\(text)")) }
    }
}
