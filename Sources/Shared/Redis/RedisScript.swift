import Crypto

/// A Lua script, addressed by the SHA-1 digest of its text.
package struct RedisScript: Sendable, Hashable {
    /// The script's text.
    package let source: String
    /// The digest `EVALSHA` expects, in lower-case hexadecimal.
    package let digest: String

    /// Computes the digest; make a script once and keep it.
    package init(_ lua: String) {
        source = lua
        digest = Insecure.SHA1.hash(data: Array(lua.utf8)).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// `EVALSHA`, for a pipeline; it answers `NOSCRIPT` where the server does not know the script yet.
    package func command(keys: [String], arguments: [any RedisArgument] = []) -> RedisCommand {
        RedisCommand("EVALSHA", arguments: [digest, keys.count] + keys + arguments)
    }

    /// `EVAL`, which also leaves the script in the server's cache.
    func loadingCommand(keys: [String], arguments: [any RedisArgument]) -> RedisCommand {
        RedisCommand("EVAL", arguments: [source, keys.count] + keys + arguments)
    }
}
