import Documents
import Jobs
import Media
import Platform
import Typesetting

extension JobRegistry {
    /// The drawing of invoices and other papers.
    /// - Throws: `TypesettingError` where there are no fonts.
    mutating func registerDocuments(on platform: Platform) throws {
        let draw = DrawDocument(
            typesetter: try Typesetter(), upload: MediaServices(on: platform).upload, clock: platform.clock)
        register(DrawDocument.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await draw(job, in: context)
        }
    }
}
