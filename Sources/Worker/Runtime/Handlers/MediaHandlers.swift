import Jobs
import Media
import Platform

extension JobRegistry {
    /// Removal of files that are not needed any more.
    /// - Throws: `ConfigurationError` where the media directory can't be used.
    mutating func registerMedia(on platform: Platform) throws {
        let media = MediaServices(on: platform)
        try media.verifyDirectory()
        let (remove, sweep) = (media.removeFile, media.sweep)
        register(RemoveMediaFile.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await remove(job, in: context)
        }
        register(SweepMedia.Job.self, timeout: .seconds(3600)) { _, context in try await sweep.run(in: context) }
    }
}
