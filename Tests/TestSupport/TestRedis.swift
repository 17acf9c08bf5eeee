import FoundationEssentials

/// The Redis server of the tests, and a name that keeps a test's keys apart from all others.
package struct TestRedis: Sendable {
    /// The server's URL.
    package let url: String
    /// Put it in front of every key and queue name.
    package let prefix: String

    /// - Throws: `MissingSetting` without `HAAT_TEST_REDIS_URL`.
    package init() throws {
        guard let url = ProcessInfo.processInfo.environment["HAAT_TEST_REDIS_URL"] else {
            throw MissingSetting(name: "HAAT_TEST_REDIS_URL")
        }
        self.url = url
        prefix = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
    }
}
