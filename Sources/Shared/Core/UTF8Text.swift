/// A text from outside: a name, a code, a header. It is compared, hashed and ordered by its UTF-8 bytes, in time that grows
/// with their number alone.
///
/// `String` compares by canonical equivalence and hashes what that makes equal alike. For a long run of combining marks
/// both take time that grows with its square, so that one request of 160 kB can hold a processor for seconds. What is parsed
/// from JSON, from a query or from a header therefore arrives as this type, which has none of `String`'s comparisons;
/// `string` is for what is kept, sent or shown. `deploy/local/lint.sh` watches the places where a framework hands us a
/// `String`.
package struct UTF8Text: Sendable {
    /// The text to keep, send or show; never to compare before its length is known to be small.
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package init(_ slice: Substring) {
        string = String(slice)
    }

    package var utf8: String.UTF8View { string.utf8 }

    package var isEmpty: Bool { string.utf8.isEmpty }

    /// With the letters A to Z as small ones; every other byte stays.
    package var lowercasedASCII: UTF8Text {
        UTF8Text(String(decoding: string.utf8.map(ASCIILetter.lowercased), as: UTF8.self))
    }

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        string.utf8.withContiguousStorageIfAvailable(body) ?? Array(string.utf8).withUnsafeBufferPointer(body)
    }
}

extension UTF8Text: Hashable {
    package static func == (left: UTF8Text, right: UTF8Text) -> Bool {
        left.withBytes { left in right.withBytes { right in left.elementsEqual(right) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { bytes in
            hasher.combine(bytes.count)
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

extension UTF8Text: Comparable {
    package static func < (left: UTF8Text, right: UTF8Text) -> Bool {
        left.withBytes { left in right.withBytes { right in left.lexicographicallyPrecedes(right) } }
    }
}

extension UTF8Text: ExpressibleByStringInterpolation, CustomStringConvertible {
    package init(stringLiteral value: String) { self.init(value) }

    package var description: String { string }
}

extension UTF8Text {
    /// What may be told of the text to whoever sent it, or written to a log: printable ASCII as it is, all else escaped,
    /// cut after so many characters.
    package func excerpt(_ limit: Int = 40) -> String {
        var shown = ""
        var count = 0
        for scalar in string.unicodeScalars {
            guard count < limit else { return shown + "…" }
            shown += (" "..."~").contains(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
            count += 1
        }
        return shown
    }
}
