package import Configuration
import Core
import Foundation
import Platform
import Search

/// What operators do about the search from the command line.
package enum SearchCommands {
    /// Makes all documents anew, and prints now and then how far it is.
    /// - Throws: `ConfigurationError`; `PostgresError`.
    package static func rebuild(_ reader: ConfigReader) async throws {
        let progress = try await OperatorSession.run(reader) { platform in
            try await RebuildSearch(clock: platform.clock)(in: platform.queue) { progress in
                if progress.documents > 0, progress.documents.isMultiple(of: 10_000) {
                    FileHandle.standardError.write(Data("\(progress.documents) documents\n".utf8))
                }
            }
        }
        print("\(progress.documents) documents, \(progress.removed) removed")
    }
}
