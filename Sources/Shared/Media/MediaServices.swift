package import Core
package import Platform

/// The use cases of media, as both processes use them.
package struct MediaServices: Sendable {
    package let store = MediaStore()
    package let links: MediaLinks
    package let upload: UploadMedia
    package let delete: DeleteMedia
    package let issueLink: IssueMediaLink
    package let fetch: FetchMedia
    package let removeFile: RemoveMediaFile
    package let sweep: SweepMedia
    package let directory: MediaDirectory

    package init(on platform: Platform) {
        let settings = platform.configuration
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        directory = MediaDirectory(path: settings.media.directory, logger: platform.logger)
        links = MediaLinks(keys: settings.encryptionKeys, publicURL: settings.publicURL)
        upload = UploadMedia(
            directory: directory,
            quota: MediaQuota(vendor: settings.media.vendorQuota, applicant: settings.media.applicantQuota),
            audit: audit, ids: ids, clock: clock)
        delete = DeleteMedia(audit: audit, clock: clock)
        issueLink = IssueMediaLink(links: links, audit: audit, clock: clock)
        fetch = FetchMedia(directory: directory, links: links, clock: clock, logger: platform.logger)
        removeFile = RemoveMediaFile(directory: directory, clock: clock)
        sweep = SweepMedia(directory: directory, clock: clock, logger: platform.logger)
    }

    /// Makes the folder where there is none, at the start of a process.
    /// - Throws: `ConfigurationError` where it can't be written.
    package func verifyDirectory() throws(ConfigurationError) {
        do {
            try directory.prepare()
        } catch {
            throw ConfigurationError(failures: ["HAAT_MEDIA_DIRECTORY names a directory that can't be used: \(error)"])
        }
    }
}
