import Core
import Foundation
import Glibc
import Testing

/// The table of `TextContent`, row by row.
@Suite("What nobody sees in a text")
struct TextContentTests {
    /// A text, and what becomes of it as each kind of content: what is kept, or the code with which it is refused.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let given: String
        let line, identifier, secret: Fate
        /// What the secret is compared by, where it is kept.
        let canonical: String

        init(
            _ description: String, _ given: String, line: Fate, identifier: Fate, secret: Fate, canonical: String = ""
        ) {
            testDescription = description
            self.given = given
            (self.line, self.identifier, self.secret) = (line, identifier, secret)
            self.canonical = canonical
        }
    }

    enum Fate: Sendable, Equatable {
        case kept(String)
        case refused(String)
    }

    static let rows: [Row] = [
        Row("ASCII", "a  b", line: .kept("a  b"), identifier: .kept("a  b"), secret: .kept("a  b"), canonical: "a  b"),
        Row(
            "decomposed", "e\u{301}", line: .kept("\u{E9}"), identifier: .kept("\u{E9}"), secret: .kept("e\u{301}"),
            canonical: "\u{E9}"),
        Row(
            "a byte-order mark", "\u{FEFF}a", line: .kept("a"), identifier: .refused("invisible_characters"),
            secret: .kept("a"), canonical: "a"),
        Row(
            "a byte-order mark inside", "a\u{FEFF}b", line: .kept("ab"), identifier: .refused("invisible_characters"),
            secret: .kept("a\u{FEFF}b"), canonical: "ab"),
        Row(
            "a zero-width space", "\u{200B}a", line: .kept("a"), identifier: .refused("invisible_characters"),
            secret: .kept("\u{200B}a"), canonical: "a"),
        Row(
            "a word joiner before a mark", "e\u{2060}\u{301}", line: .kept("\u{E9}"),
            identifier: .refused("invisible_characters"), secret: .kept("e\u{2060}\u{301}"), canonical: "\u{E9}"),
        Row(
            "direction overrides", "\u{202A}a\u{202C}", line: .kept("a"),
            identifier: .refused("invisible_characters"), secret: .kept("\u{202A}a\u{202C}"), canonical: "a"),
        Row(
            "a soft hyphen", "a\u{AD}b", line: .kept("ab"), identifier: .refused("invisible_characters"),
            secret: .kept("a\u{AD}b"), canonical: "ab"),
        Row(
            "a joiner that Bengali needs", "র\u{200D}্য", line: .kept("র\u{200D}্য"),
            identifier: .refused("invisible_characters"), secret: .kept("র\u{200D}্য"), canonical: "র্য"),
        Row(
            "an emoji of several", "👩\u{200D}👧", line: .kept("👩\u{200D}👧"),
            identifier: .refused("invisible_characters"), secret: .kept("👩\u{200D}👧"), canonical: "👩👧"),
        Row(
            "a variation selector", "❤\u{FE0F}", line: .kept("❤\u{FE0F}"),
            identifier: .refused("invisible_characters"), secret: .kept("❤\u{FE0F}"), canonical: "❤"),
        Row(
            "an Arabic number sign", "\u{600}1", line: .kept("\u{600}1"), identifier: .kept("\u{600}1"),
            secret: .kept("\u{600}1"), canonical: "\u{600}1"),
        Row(
            "a no-break space", "a\u{A0}b", line: .kept("a\u{A0}b"), identifier: .refused("blanks"),
            secret: .kept("a\u{A0}b"), canonical: "a b"),
        Row(
            "blanks around", " a\u{3000}", line: .kept(" a\u{3000}"), identifier: .refused("blanks"),
            secret: .kept("a"),
            canonical: "a"),
        Row(
            "a mark between blanks", " \u{FEFF} a \u{FEFF}\u{A0}", line: .kept("  a \u{A0}"),
            identifier: .refused("invisible_characters"), secret: .kept("a"), canonical: "a"),
        Row(
            "nothing but blanks", " \u{A0}\u{2003}", line: .refused("blank"), identifier: .refused("blank"),
            secret: .refused("too_short")),
        Row(
            "nothing but a byte-order mark", "\u{FEFF}", line: .refused("too_short"), identifier: .refused("blank"),
            secret: .refused("too_short")),
        Row(
            "nothing but a zero-width space", "\u{200B}", line: .refused("too_short"), identifier: .refused("blank"),
            secret: .refused("blank")),
        Row(
            "nothing but joiners", "\u{200D}\u{200C}", line: .refused("blank"), identifier: .refused("blank"),
            secret: .refused("blank")),
        Row(
            "a Hangul filler", "\u{3164}", line: .refused("blank"), identifier: .refused("blank"),
            secret: .refused("blank")),
        Row(
            "the pattern of no dots", "\u{2800}", line: .refused("blank"), identifier: .refused("blank"),
            secret: .refused("too_short")),
        Row(
            "a control character", "a\u{7}", line: .refused("control_characters"),
            identifier: .refused("control_characters"), secret: .refused("control_characters")),
        Row(
            "a line separator", "a\u{2028}b", line: .refused("control_characters"),
            identifier: .refused("control_characters"), secret: .refused("control_characters")),
        Row(
            "31 marks in a row", "a" + String(repeating: "\u{301}", count: 31), line: .refused("combining_marks"),
            identifier: .refused("combining_marks"), secret: .refused("combining_marks")),
    ]

    private func fate(of text: String, as content: TextContent) -> Fate {
        let rule = TextRule(1...100, content)
        let kept = rule.normalized(text)
        return rule.violations(of: kept).first.map { .refused($0.code) } ?? .kept(kept)
    }

    /// `==` of texts would take what is written in two ways for the same.
    private func bytes(_ fate: Fate) -> [UInt8] {
        switch fate {
        case .kept(let text): [0] + text.utf8
        case .refused(let code): [1] + code.utf8
        }
    }

    @Test("Each kind keeps, leaves out or refuses", arguments: rows)
    func kinds(row: Row) {
        #expect(bytes(fate(of: row.given, as: .line)) == bytes(row.line), "line: \(fate(of: row.given, as: .line))")
        #expect(
            bytes(fate(of: row.given, as: .identifier)) == bytes(row.identifier),
            "identifier: \(fate(of: row.given, as: .identifier))")
        #expect(
            bytes(fate(of: row.given, as: .secret)) == bytes(row.secret), "secret: \(fate(of: row.given, as: .secret))")
        if case .kept(let secret) = row.secret {
            #expect(Array(TextRule(1...100, .secret).canonical(secret).utf8) == Array(row.canonical.utf8))
        }
        if row.testDescription != "a line separator" {
            #expect(bytes(fate(of: row.given, as: .lines)) == bytes(row.line))
        }
        #expect(bytes(fate(of: row.given, as: .any)) == [0] + Array(row.given.utf8))
    }

    @Test("A text that was not normalised before is refused", arguments: ["e\u{301}", "a\u{FEFF}", "\u{202E}a"])
    func unnormalized(text: String) {
        #expect(TextRule(1...10, .line).violations(of: text).map(\.code) == ["not_normalized"])
    }

    @Test("What is normalised stays so", arguments: rows)
    func stable(row: Row) {
        for content in [TextContent.line, .lines, .identifier, .secret] {
            let rule = TextRule(1...100, content)
            let once = rule.normalized(row.given)
            #expect(Array(rule.normalized(once).utf8) == Array(once.utf8))
            #expect(Array(rule.canonical(rule.canonical(once)).utf8) == Array(rule.canonical(once).utf8))
        }
    }

    @Test(
        "Sixteen times the text takes far less than the square of that in work, whatever it is",
        arguments: [
            "e\u{301}", "a" + String(repeating: "\u{301}\u{323}", count: 15), "\u{FEFF}", "\u{1D160}",
            "\u{AC01}\u{11A8}",
            "\u{301}", "\u{301}\u{323}",
        ])
    func cost(unit: String) {
        func text(_ scalars: Int) -> String {
            String(repeating: unit, count: max(1, scalars / unit.unicodeScalars.count))
        }
        for content in [TextContent.lines, .secret] {
            let rule = TextRule(1...80_000, content)
            let (small, large) = (text(5_000), text(80_000))
            var (few, many) = (Duration.seconds(3_600), Duration.seconds(3_600))
            for _ in 0..<30 {
                few = min(few, work(rule, small))
                many = min(many, work(rule, large))
                if many <= few * 128 { break }
            }
            #expect(many <= few * 128, "\(content): \(few), \(many)")
        }
    }

    private func work(_ rule: TextRule, _ text: String) -> Duration {
        let before = processorTime
        let kept = rule.normalized(text)
        _ = rule.violations(of: kept)
        _ = rule.canonical(kept)
        return processorTime - before
    }

    /// Of this thread alone: what else runs on the machine does not lengthen it.
    private var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
