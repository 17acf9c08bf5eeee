import Foundation
import Testing

@testable import Typesetting

/// Letters that change their form and place beside others, compared with what another program draws of them.
@Suite("Shaping") struct ShapingTests {
    private static let bengali = "কৃষ্ণেন্দু ভট্টাচার্য্য ক্ষুদ্র সঙ্ক্ষিপ্ত ১২৩"
    private static let hindi = "हिन्दी कर्मचारी श्रीमती विद्युत् ज्ञान १२३"

    /// A line of text in points of 24, at 144 dots to the inch.
    private static func drawn(_ text: String) throws -> Picture {
        let pdf = try Typesetter().pdf(
            of: Publication(
                size: PageSize(width: 595, height: 200), title: "", createdAt: 0,
                blocks: [.text(text, TextStyle(24))]))
        return try Tool.withDirectory { directory in
            let file = directory.appending(path: "a.pdf")
            try Data(pdf).write(to: file)
            try Tool.run(
                "pdftoppm", "-gray", "-r", "144", "-H", "300", "-singlefile", file.path,
                directory.appending(path: "a").path)
            let bytes = try Data(contentsOf: directory.appending(path: "a.pgm"))
            return try #require(Picture(pgm: Array(bytes))).cropped
        }
    }

    /// The same by HarfBuzz's own program, from the same font.
    private static func expected(_ text: String, _ font: String) throws -> Picture {
        try Tool.withDirectory { directory in
            let file = directory.appending(path: "b.pdf")
            try Tool.run(
                "hb-view", "--font-size=24", "--margin=24", "--output-format=pdf", "--output-file=\(file.path)",
                "/usr/share/fonts/truetype/noto/\(font)", text)
            try Tool.run(
                "pdftoppm", "-gray", "-r", "144", "-singlefile", file.path, directory.appending(path: "b").path)
            let bytes = try Data(contentsOf: directory.appending(path: "b.pgm"))
            return try #require(Picture(pgm: Array(bytes))).cropped
        }
    }

    @Test(
        "Conjuncts and vowel signs stand where HarfBuzz puts them",
        arguments: [(bengali, "NotoSansBengali-Regular.ttf"), (hindi, "NotoSansDevanagari-Regular.ttf")])
    func shaped(text: String, font: String) throws {
        let (own, other) = (try Self.drawn(text), try Self.expected(text, font))
        #expect(own.ink > 100_000)
        #expect(abs(own.width - other.width) <= 3 && abs(own.height - other.height) <= 3)
        #expect(abs(Double(own.ink) / Double(other.ink) - 1) < 0.05)
        #expect(own.difference(from: other) < 0.15)
    }

    @Test("The comparison tells letters that were not joined")
    func unjoined() throws {
        // What shapes nothing shows the virama and leaves each vowel sign behind its consonant.
        let apart = String(Self.bengali.unicodeScalars.flatMap { ["\u{200C}", Character($0)] })
        let (own, other) = (
            try Self.drawn(apart), try Self.expected(Self.bengali, "NotoSansBengali-Regular.ttf")
        )
        #expect(own.difference(from: other) > 0.3)
    }

    @Test(
        "The text can be read back, in every script and with the signs of its money",
        arguments: [bengali, hindi, "₹1,23,456.50 ৳99"])
    func extracted(text: String) throws {
        let pdf = try Typesetter().pdf(
            of: Publication(title: "", createdAt: 0, blocks: [.text(text, TextStyle(11))]))
        let words = try Tool.text(of: pdf).split { $0.isWhitespace }.map(String.init)
        for word in text.split(separator: " ") {
            #expect(words.contains { Array($0.utf8) == Array(word.utf8) }, "\(word) among \(words)")
        }
    }
}
