import CVips
package import Media
package import NIOPosix
import Synchronization

/// Pictures by libvips, one at a time: a large one takes hundreds of MiB while it is read.
package final class VipsScaler: PictureScaler {
    /// Those of a picture that takes more are not even counted out.
    package static let mostPixels = 40_000_000

    private let turn = Mutex(())
    private let pool: NIOThreadPool

    /// - Parameter pool: runs what takes long.
    /// - Throws: ``UnusablePicture`` where the library does not work at all.
    package init(pool: NIOThreadPool = .singleton) throws(UnusablePicture) {
        self.pool = pool
        guard haat_vips_start() == 0 else { throw UnusablePicture("libvips does not start: \(Self.takeError())") }
    }

    package func scale(_ bytes: [UInt8], to widths: [Int]) async throws -> [ScaledPicture] {
        try await pool.runIfActive { [self] in
            try turn.withLock { _ in
                defer { haat_vips_leave_thread() }
                return try Self.pictures(bytes, widths)
            }
        }
    }

    private static func pictures(_ bytes: [UInt8], _ widths: [Int]) throws -> [ScaledPicture] {
        var (width, height): (Int32, Int32) = (0, 0)
        guard bytes.withUnsafeBytes({ haat_vips_measure($0.baseAddress, $0.count, &width, &height) }) == 0 else {
            throw UnusablePicture(takeError())
        }
        let (pixels, overflow) = Int(width).multipliedReportingOverflow(by: Int(height))
        guard !overflow, pixels <= mostPixels else { throw UnusablePicture("it has \(width) by \(height) pixels") }
        let own = min(Int(width), widths.max() ?? Int(width))
        let wanted = Set(widths.filter { $0 < own } + [own]).sorted()
        return try wanted.flatMap { width in
            try [picture(bytes, width, HAAT_VIPS_WEBP, .webP), picture(bytes, width, HAAT_VIPS_JPEG, .jpeg)]
        }
    }

    private static func picture(
        _ bytes: [UInt8], _ wanted: Int, _ type: haat_vips_type, _ contentType: MediaType
    ) throws -> ScaledPicture {
        var out: UnsafeMutableRawPointer?
        var (count, width, height) = (0, Int32(0), Int32(0))
        let status = bytes.withUnsafeBytes {
            haat_vips_scale(
                $0.baseAddress, $0.count, Int32(clamping: wanted), type, &out, &count, &width, &height)
        }
        defer { haat_vips_free(out) }
        guard status == 0, let out else { throw UnusablePicture(takeError()) }
        return ScaledPicture(
            contentType: contentType, width: Int(width), height: Int(height),
            bytes: Array(UnsafeRawBufferPointer(start: out, count: count)))
    }

    private static func takeError() -> String {
        let longest = 300
        var text = [CChar](repeating: 0, count: longest)
        haat_vips_take_error(&text, longest)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: "\n").joined(separator: "; ")
    }
}
