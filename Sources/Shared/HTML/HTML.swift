/// Markup in UTF-8.
///
/// Interpolation escapes: of `"<td>\(name)</td>"` the tags are the program's and the name is text, so a value can never become
/// markup. Only literals, which are known when the program is compiled, and other ``HTML`` values bring tags; there is no
/// other way to make one. Attributes are written in quotes: `"<a class=\"\(name)\">"`.
package struct HTML: Sendable, Equatable {
    /// The markup's bytes.
    package fileprivate(set) var utf8: [UInt8]

    /// No markup at all.
    package static let empty = HTML(utf8: [])

    package var isEmpty: Bool { utf8.isEmpty }

    /// The markup as a text, for what takes no bytes.
    package var markup: String { String(decoding: utf8, as: UTF8.self) }
}

extension HTML: ExpressibleByStringInterpolation {
    package init(stringLiteral value: StaticString) {
        self = .empty
        utf8.append(literal: value)
    }

    package init(stringInterpolation: StringInterpolation) {
        utf8 = stringInterpolation.utf8
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var utf8: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            utf8.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            utf8.append(literal: literal)
        }

        /// Text: what means something to HTML is escaped.
        package mutating func appendInterpolation(_ text: some StringProtocol) {
            utf8.append(escaping: text)
        }

        package mutating func appendInterpolation(_ number: some BinaryInteger) {
            utf8.append(contentsOf: String(number).utf8)
        }

        /// Markup as it is.
        package mutating func appendInterpolation(_ html: HTML) {
            utf8.append(contentsOf: html.utf8)
        }

        /// Markup as it is, or nothing.
        package mutating func appendInterpolation(_ html: HTML?) {
            if let html { utf8.append(contentsOf: html.utf8) }
        }

        /// One after the other.
        package mutating func appendInterpolation(_ parts: some Sequence<HTML>) {
            for part in parts { utf8.append(contentsOf: part.utf8) }
        }

        /// Markup only where the condition holds: `"<option\(if: isChosen, " selected")>"`.
        package mutating func appendInterpolation(if condition: Bool, _ html: @autoclosure () -> HTML) {
            if condition { utf8.append(contentsOf: html().utf8) }
        }

        /// Where a link or a form leads: a path, a part of the page, or an `http` or `https` URL. Anything else could be a script
        /// or leave the site in the guise of a path; `about:invalid` stands in for it.
        package mutating func appendInterpolation(url: some StringProtocol) {
            utf8.append(escaping: LinkTarget.isSafe(url.utf8) ? String(url) : "about:invalid")
        }
    }
}

extension HTML {
    package static func + (left: HTML, right: HTML) -> HTML {
        HTML(utf8: left.utf8 + right.utf8)
    }

    package static func += (left: inout HTML, right: HTML) {
        left.utf8.append(contentsOf: right.utf8)
    }
}

extension Sequence<HTML> {
    /// The parts one after the other with `separator` between.
    package func joined(separator: HTML = .empty) -> HTML {
        HTML(utf8: Array(map(\.utf8).joined(separator: separator.utf8)))
    }
}
