import NIOSSL

/// Where Redis is and how patient the client is with it.
package struct RedisConfiguration: Sendable {
    /// Host name or IP address.
    package let host: String
    /// TCP port.
    package let port: Int
    /// ACL user; nil authenticates as the default user.
    package let username: String?
    /// Database number chosen by `SELECT`.
    package let database: Int

    /// Shared connections over which commands are pipelined.
    package var connections = 2
    /// How long a command in flight may go unanswered before its connection is given up.
    package var commandTimeout: Duration = .seconds(1)
    /// How long connecting, TLS and authentication may take together, each.
    package var connectTimeout: Duration = .seconds(1)
    /// The first pause between two attempts to connect; it doubles with each failure.
    package var reconnectDelay: Duration = .milliseconds(50)
    /// The longest pause between two attempts to connect.
    package var maximumReconnectDelay: Duration = .seconds(2)
    /// The largest reply accepted, in bytes of content; a larger one costs the connection.
    package var maximumReplyBytes = 64 << 20
    /// How often each shared connection proves that its server is still a primary.
    package var roleCheckInterval: Duration = .seconds(5)
    /// How often a subscription proves that its connection is alive and its server still a primary.
    package var subscriptionCheckInterval: Duration = .seconds(15)

    let password: String?
    let tls: NIOSSLContext?

    /// Reads `redis[s]://[[user]:password@]host[:port][/database]`, with the TLS options of ``RedisTransportSecurity``.
    ///
    /// - Throws: ``RedisError/configuration(_:)`` naming the wrong part, without the password.
    package init(url: String) throws(RedisError) {
        let parsed = try RedisURL(parsing: url)
        tls = try RedisTransportSecurity.context(for: parsed)
        host = parsed.host
        port = parsed.port
        username = parsed.username
        password = parsed.password
        database = parsed.database
    }
}

extension RedisConfiguration {
    /// What a new connection says first. The closing `PING` and `ROLE` find out whether the server is loading, paused, a
    /// replica or wants a password before a caller's command does.
    var handshake: [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password {
            let credentials = [username, password].compactMap(\.self)
            commands.append(RedisCommand("AUTH", arguments: credentials))
        }
        if database != 0 {
            commands.append(RedisCommand("SELECT", database))
        }
        commands.append(RedisCommand("PING"))
        commands.append(.role)
        return commands
    }
}
