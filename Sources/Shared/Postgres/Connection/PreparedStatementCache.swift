/// Which statements a connection's server side has prepared, as of everything sent so far.
///
/// An entry is made when Parse is sent, not when it is answered: what follows in the pipeline may rely on it, because the
/// server works in order. A Parse that failed is taken out again.
struct PreparedStatementCache {
    /// The same text with parameters of other types is another statement.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    struct Entry {
        let name: String
        /// Tells this preparation from an earlier one of the same text.
        let serial: UInt64
        fileprivate var lastUse: UInt64
    }

    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var count: Int { entries.count }

    /// The prepared statement, marked as used.
    mutating func entry(for key: Key) -> Entry? {
        clock += 1
        let now = clock
        guard let index = entries.index(forKey: key) else { return nil }
        entries.values[index].lastUse = now
        return entries.values[index]
    }

    /// Records that Parse is being sent.
    /// - Returns: the new entry, and the name of a statement to deallocate because the cache was full.
    mutating func insert(_ key: Key) -> (entry: Entry, evicted: String?) {
        clock += 1
        let evicted = entries.count >= limit ? removeLeastRecentlyUsed() : nil
        // Never a name again: where DEALLOCATE failed with its transaction, the server still has the old one.
        let entry = Entry(name: "h\(clock)", serial: clock, lastUse: clock)
        entries[key] = entry
        return (entry, evicted)
    }

    /// Forgets a preparation, unless the statement has been prepared anew since.
    /// - Returns: its name if it was forgotten.
    mutating func remove(_ key: Key, serial: UInt64) -> String? {
        guard let entry = entries[key], entry.serial == serial else { return nil }
        entries[key] = nil
        return entry.name
    }

    mutating func removeAll() {
        entries.removeAll()
    }

    private mutating func removeLeastRecentlyUsed() -> String? {
        guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
        entries[oldest.key] = nil
        return oldest.value.name
    }
}
