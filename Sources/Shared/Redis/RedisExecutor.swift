/// Something that runs Redis commands: the client's shared connections, or one connection held alone.
package protocol RedisExecutor: Sendable {
    /// Sends a command and waits for its reply.
    ///
    /// - Parameter timeout: how long this caller waits; nil means the configured command timeout.
    /// - Throws: an error reply as ``RedisError/server(_:)``; see ``RedisError`` for the rest.
    @discardableResult
    func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisValue

    /// Sends the commands in one write and returns their replies in order. They are not a transaction: other clients'
    /// commands may run between them, and one that fails does not stop the next.
    ///
    /// - Throws: only what concerns all of them; an error reply is the failure of its own element.
    func pipeline(
        _ commands: [RedisCommand], timeout: Duration?
    ) async throws(RedisError) -> [Result<RedisValue, RedisError>]
}

extension RedisExecutor {
    /// Sends a command and waits for its reply within the configured command timeout.
    @discardableResult
    package func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await send(command, timeout: nil)
    }

    /// Sends the commands in one write and returns their replies in order.
    package func pipeline(_ commands: [RedisCommand]) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
        try await pipeline(commands, timeout: nil)
    }

    /// Runs a script by its digest; a server that does not know it (restarted, `SCRIPT FLUSH`) is sent the text.
    @discardableResult
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument] = [], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        do {
            return try await send(script.command(keys: keys, arguments: arguments), timeout: timeout)
        } catch {
            guard case .server(let message) = error, message.hasPrefix("NOSCRIPT") else { throw error }
            return try await send(script.loadingCommand(keys: keys, arguments: arguments), timeout: timeout)
        }
    }
}
