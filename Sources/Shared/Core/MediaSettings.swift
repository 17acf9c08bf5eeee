/// Where uploaded files are kept, and how much of them.
package struct MediaSettings: Sendable, Hashable {
    /// HAAT_MEDIA_DIRECTORY: a folder that all processes share, default /var/lib/haat/media; without a final slash.
    package var directory = "/var/lib/haat/media"
    /// HAAT_MEDIA_QUOTA_MIB: what the files of one vendor may take together, in bytes; default 2 GiB.
    package var vendorQuota: Int64 = 2 << 30

    /// The same of a vendor that has applied and was not let in yet.
    package var applicantQuota: Int64 { min(vendorQuota, 64 << 20) }

    package init() {}

    init(_ settings: inout SettingsReader) {
        directory = settings.value(
            "HAAT_MEDIA_DIRECTORY", default: directory, expected: "the path of a directory, from the root"
        ) { text in
            let path = String(text.reversed().drop { $0 == "/" }.reversed())
            return path.hasPrefix("/") && !path.utf8.contains(0) ? path : nil
        }
        vendorQuota = settings.value(
            "HAAT_MEDIA_QUOTA_MIB", default: vendorQuota, expected: "a number of MiB from 1 to 1048576"
        ) { text in Int64(text).flatMap { (1...1_048_576).contains($0) ? $0 << 20 : nil } }
    }
}
