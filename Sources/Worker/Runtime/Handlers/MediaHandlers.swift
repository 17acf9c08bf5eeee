import Jobs
import Media
import Pictures
import Platform

extension JobRegistry {
    /// Smaller pictures of those that were uploaded, and removal of files that are not needed any more.
    /// - Throws: `ConfigurationError` where the media directory can't be used.
    mutating func registerMedia(on platform: Platform) throws {
        let media = MediaServices(on: platform)
        try media.verifyDirectory()
        let (remove, sweep) = (media.removeFile, media.sweep)
        register(RemoveMediaFile.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await remove(job, in: context)
        }
        let makeVariants = MakeMediaVariants(
            directory: media.directory, scaler: try VipsScaler(), ids: platform.ids, clock: platform.clock)
        register(MakeMediaVariants.Job.self, timeout: .seconds(300)) { job, context in
            try await makeVariants(job, in: context, logger: context.logger)
        }
        register(SweepMedia.Job.self, timeout: .seconds(3600)) { _, context in try await sweep.run(in: context) }
    }
}
