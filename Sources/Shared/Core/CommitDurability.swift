/// Whether a commit that PostgreSQL has acknowledged survives a crash. Orders, payments and accepted webhooks rest on it, so it
/// is not left to the server's default.
package enum CommitDurability {
    /// The setting as it holds for the connections of this process, whoever has set it: server, database, role or
    /// connection string.
    package static let query = "current_setting('synchronous_commit')"

    /// Why a value of `synchronous_commit` is not good enough; nil when it is. `local` does not wait for the standby that a
    /// failover would make the primary.
    package static func objection(to setting: String) -> String? {
        guard setting == "off" || setting == "local" else { return nil }
        return
            "HAAT_DATABASE_URL leads to sessions with synchronous_commit = \(setting), which may lose acknowledged commits; it must be on, remote_write or remote_apply"
    }
}
