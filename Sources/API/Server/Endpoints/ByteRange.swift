import Core

/// A part of a file that a client asks for, such as the rest of a download that was interrupted (RFC 9110, 14).
struct ByteRange: Hashable {
    /// The first byte.
    let start: Int64
    /// The last one.
    let end: Int64

    var count: Int64 { end - start + 1 }

    /// What is asked of a file.
    enum Request: Hashable {
        /// All of it: nothing is asked, what is asked can't be read, or in several parts.
        case whole
        case part(ByteRange)
        /// Nothing that it has.
        case unsatisfiable
    }

    /// - Parameters:
    ///   - field: `Range` as it came.
    ///   - size: of the file, in bytes.
    static func requested(by field: String?, of size: Int64) -> Request {
        guard let field, field.utf8.count <= 64 else { return .whole }
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "bytes" else { return .whole }
        let ends = parts[1].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        switch (number(ends[0]), number(ends[1])) {
        case (let first?, let last?) where first <= last:
            return first < size ? .part(ByteRange(start: first, end: min(last, size - 1))) : .unsatisfiable
        case (let first?, nil) where ends[1].isEmpty:
            return first < size ? .part(ByteRange(start: first, end: size - 1)) : .unsatisfiable
        case (nil, let last?) where ends[0].isEmpty:
            guard last > 0, size > 0 else { return .unsatisfiable }
            return .part(ByteRange(start: max(size - last, 0), end: size - 1))
        default: return .whole
        }
    }

    /// Digits alone; what is too large is more than any file has.
    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(text) ?? .max
    }
}
