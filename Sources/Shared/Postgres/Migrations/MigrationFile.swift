import Crypto
import FoundationEssentials

/// One numbered SQL file.
package struct MigrationFile: Sendable, Equatable {
    /// The number in front of the name, which is the order of application.
    package let number: Int
    /// The file's name, `0001_jobs.sql`.
    package let name: String
    package let sql: String

    /// - Throws: `.malformedName` unless the name is a number, an underscore, words, `.sql`.
    package init(name: String, sql: String) throws(MigrationError) {
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), name.dropFirst(digits.count).hasPrefix("_"), name.hasSuffix(".sql") else {
            throw .malformedName(name)
        }
        self.number = number
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

    /// All SQL files of a directory in the order of their numbers; other files are ignored.
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
        let sorted = files.sorted { $0.number < $1.number }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where earlier.number == later.number {
            throw .sameNumber(earlier.name, later.name)
        }
        return sorted
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

/// Why the migrations can't be applied; the text names the file.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(String, String)
    case malformedName(String)
    case sameNumber(String, String)
    /// The file was applied, and its text is another one now.
    case changed(String)
    /// The file was applied, and is gone.
    case missing(String)
    /// The file's SQL was refused; nothing of it was applied.
    case failed(String, PostgresError)
    /// The file's SQL ran, but it is not known whether its commit lasts.
    case unconfirmed(String, PostgresError)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "migrations: can't read \(path): \(reason)"
        case .malformedName(let name): "migrations: \(name) is not named like 0001_subject.sql"
        case .sameNumber(let first, let second): "migrations: \(first) and \(second) have the same number"
        case .changed(let name): "migrations: \(name) was changed after it had been applied"
        case .missing(let name): "migrations: \(name) was applied, but the file is missing"
        case .failed(let name, let error): "migrations: \(name) failed, nothing of it was applied: \(error)"
        case .unconfirmed(let name, let error): "migrations: \(name) may be applied, look at the status: \(error)"
        }
    }
}
