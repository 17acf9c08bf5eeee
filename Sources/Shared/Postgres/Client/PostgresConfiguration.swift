import CLibPQ

/// Where the server is and how the pool behaves.
///
/// The connection string is libpq's own, in any of its forms (URI, `keyword=value`, several hosts, `service`, Unix
/// sockets, every `ssl…` keyword): it is parsed by libpq and handed on to it, of several hosts each by itself. Where it does not
/// name `target_session_attrs`, servers that take no writes are refused.
package struct PostgresConfiguration: Sendable {
    /// Connections the pool keeps open even when idle.
    package var minimumConnections = 1
    /// Connections the pool never exceeds; LISTEN connections come on top.
    package var maximumConnections = 8
    /// After this long without use, a connection above the minimum is closed.
    package var idleTimeout: Duration = .seconds(60)
    /// How long one attempt to connect may take for each host in the connection string, unless that says so itself.
    package var connectTimeout: Duration = .seconds(5)
    /// How long a statement or transaction may wait for a connection.
    package var acquireTimeout: Duration = .seconds(5)
    /// The server ends a statement that takes longer (`statement_timeout`).
    package var statementTimeout: Duration = .seconds(15)
    /// How long after `statementTimeout` a silent connection is given up: a paused server or a network that swallows packets.
    package var answerGrace: Duration = .seconds(2)
    /// How often an idle connection is asked whether it still answers.
    package var healthCheckInterval: Duration = .seconds(30)
    /// Autocommit statements that may be in flight at once on one shared connection.
    package var pipelineDepth = 32
    /// Statements that each connection keeps prepared.
    package var preparedStatementLimit = 256
    /// `application_name`, unless the connection string has one.
    package var applicationName = "haat"

    let settings: [Setting]

    /// One keyword of the connection string, in libpq's spelling.
    struct Setting: Sendable, Hashable {
        var keyword: String
        var value: String
    }

    /// - Throws: `.configuration` with libpq's own words if the string is malformed.
    package init(connectionString: String) throws(PostgresError) {
        settings = try Self.parse(connectionString)
    }

    /// The same server and options as one `keyword=value` string, with another database if one is named.
    package func connectionString(database: String? = nil) -> String {
        var settings = settings
        if let database {
            settings.removeAll { $0.keyword == "dbname" }
            settings.append(Setting(keyword: "dbname", value: database))
        }
        return settings.map { setting in
            var quoted = ""
            for character in setting.value {
                if character == "'" || character == "\\" { quoted.append("\\") }
                quoted.append(character)
            }
            return "\(setting.keyword)='\(quoted)'"
        }.joined(separator: " ")
    }

    /// The password inside the connection string, so that it can be kept out of logs.
    package var password: String? { value(of: "password") }

    func value(of keyword: String) -> String? {
        settings.first { $0.keyword == keyword }?.value
    }

    /// What goes to `PQconnectStartParams`: the caller's settings for this server plus what the client relies on.
    /// - Parameter wanted: libpq's `target_session_attrs`. Of several hosts, and of what an address leads to after a failover, only
    ///   the primary is of use, unless the caller says otherwise.
    func connectionSettings(to target: ServerTarget, wanting wanted: String) -> [Setting] {
        let lists = target.place.isEmpty ? [] : ["host", "hostaddr", "port"]
        let replaced = ["client_encoding", Self.wantedServer] + lists
        var result = settings.filter { !replaced.contains($0.keyword) } + target.place
        func supply(_ keyword: String, _ value: String) {
            if self.value(of: keyword) == nil { result.append(Setting(keyword: keyword, value: value)) }
        }
        result.append(Setting(keyword: "client_encoding", value: "UTF8"))
        supply("application_name", applicationName)
        result.append(Setting(keyword: Self.wantedServer, value: wanted))
        // Also bounds the kernel's SYN retries, so that libpq moves on from a host that swallows packets.
        supply("tcp_user_timeout", String(serverTimeout.wholeMilliseconds))
        supply("keepalives_idle", "30")
        return result
    }

    /// What a session is to have in force, as the columns of a query that sets it.
    var sessionSettings: String {
        let options = value(of: "options") ?? ""
        var values = [
            ("statement_timeout", String(statementTimeout.wholeMilliseconds)), ("TimeZone", "UTC"),
            // A commit whose standby has not confirmed it says so in a warning, which no setting may silence.
            ("client_min_messages", "notice"),
        ]
        // Statements are prepared once and planned once. Left to itself the server plans those with arrays or partitions
        // anew at each execution, which costs more than most of them.
        if !options.contains("plan_cache_mode") { values.append(("plan_cache_mode", "force_generic_plan")) }
        return values.map { "set_config('\($0.0)', '\($0.1)', false)" }.joined(separator: ", ")
    }

    static let wantedServer = "target_session_attrs"
    static let readWrite = "read-write"

    /// Asks whether a connection's server has become one that libpq would have refused when connecting. A server that is
    /// made read-only keeps its connections, and a pooler in between keeps them whatever happens behind it.
    var unfitness: PostgresStatement {
        switch value(of: Self.wantedServer) {
        // On during recovery as well.
        case nil, Self.readWrite: "select current_setting('transaction_read_only')::boolean"
        case "primary": "select pg_is_in_recovery()"
        default: "select false"
        }
    }

    private static func parse(_ connectionString: String) throws(PostgresError) -> [Setting] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(connectionString, &message) else {
            defer { PQfreemem(message) }
            throw .configuration(trimmed(message) ?? "the connection string can't be parsed")
        }
        defer { PQconninfoFree(options) }
        var settings: [Setting] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                settings.append(Setting(keyword: String(cString: keyword), value: String(cString: value)))
            }
            option += 1
        }
        return settings
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

/// A message of libpq without its trailing newline.
func trimmed(_ message: UnsafePointer<CChar>?) -> String? {
    guard let message else { return nil }
    var text = String(cString: message)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text.isEmpty ? nil : text
}
