import Crypto
import FoundationEssentials

/// One SQL file of a directory of migrations.
package struct MigrationFile: Sendable, Equatable {
    /// How the files are run.
    package enum Execution: Sendable, Equatable {
        /// All of the file, and its record, in one transaction.
        case transaction
        /// Each statement on its own, for what PostgreSQL refuses in a transaction, such as `CREATE INDEX CONCURRENTLY`.
        case statements
    }

    private static let directivePrefix = "-- haat:"
    private static let noTransaction = "-- haat: no transaction"
    private static let timeDigits = 14

    /// The file's name, `20261129070455_orders.sql`: the UTC time at which it was begun, and its subject. The order of names is
    /// the order of application.
    package let name: String
    package let sql: String
    package let execution: Execution

    /// - Throws: `.malformedName` unless the name is fourteen digits, an underscore, words of `a-z0-9_`, `.sql`;
    ///   `.unknownDirective` if the first line begins with `-- haat:` and is not `-- haat: no transaction`.
    package init(name: String, sql: String) throws(MigrationError) {
        guard Self.isWellFormed(name) else { throw .malformedName(name) }
        let firstLine = sql.prefix { !$0.isNewline }
        switch firstLine {
        case Self.noTransaction[...]: execution = .statements
        case _ where firstLine.hasPrefix(Self.directivePrefix): throw .unknownDirective(name, String(firstLine))
        default: execution = .transaction
        }
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the text, in hexadecimal.
    package var checksum: String {
        SHA256.hash(data: Data(sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Whether the text has `OR REPLACE` in it: then what is there afterwards depends on what ran last.
    var replacesObjects: Bool {
        let words = sql.uppercased().split { !$0.isLetter }
        return zip(words, words.dropFirst()).contains { $0 == "OR" && $1 == "REPLACE" }
    }

    /// All SQL files of a directory in the order of their names; other files are ignored.
    package static func load(directory: String) throws(MigrationError) -> [MigrationFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw .unreadable(directory, "\(error)")
        }
        var files: [MigrationFile] = []
        for name in names where name.hasSuffix(".sql") {
            files.append(try MigrationFile(name: name, sql: text(ofFile: directory + "/" + name)))
        }
        return try ordered(files)
    }

    static func ordered(_ files: [MigrationFile]) throws(MigrationError) -> [MigrationFile] {
        let sorted = files.sorted { $0.name < $1.name }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where earlier.name == later.name {
            throw .sameName(later.name)
        }
        return sorted
    }

    private static func isWellFormed(_ name: String) -> Bool {
        let suffix = ".sql"
        guard name.hasSuffix(suffix) else { return false }
        let stem = name.utf8.dropLast(suffix.utf8.count)
        let subject = stem.dropFirst(timeDigits + 1)
        return stem.prefix(timeDigits).allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            && stem.dropFirst(timeDigits).first == UInt8(ascii: "_") && !subject.isEmpty
            && subject.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".utf8.contains($0) }
    }

    private static func text(ofFile path: String) throws(MigrationError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(path, "\(error)")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw .unreadable(path, "it is not UTF-8") }
        return text
    }
}
