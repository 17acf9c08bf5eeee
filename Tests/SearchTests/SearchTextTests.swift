import Foundation
import Testing

@testable import Search

@Suite("How searches see texts")
struct SearchTextTests {
    @Test(
        "What is written in several ways is one word",
        arguments: [
            ("Café-Bar", ["cafe", "bar"]), ("WOMEN’S  shirt!", ["womens", "shirt"]), ("৳১,২৫০", ["1", "250"]),
            ("iPhone १५", ["iphone", "15"]), ("", []), ("  । ", []), ("শাড়ি। লাল", ["শাড়ি", "লাল"]),
            ("ক্‍ষমা", ["ক্ষমা"]), ("हिन्दी", ["हिंदी"]), ("हिंदी", ["हिंदी"]), ("ज़मीन", ["जमीन"]), ("साड़ी", ["साड़ी"]),
            ("চাঁদ", ["চাঁদ"]), ("चाँद", ["चांद"]),
        ])
    func words(text: String, words: [String]) {
        #expect(SearchText.words(text).map { Array($0.utf8) } == words.map { Array(normalized($0).utf8) }, "\(text)")
    }

    private func normalized(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }

    @Test("Both encodings of a letter with a nukta are the same word")
    func nukta() {
        #expect(
            Array(SearchText.words("\u{9B6}\u{9BE}\u{9DC}\u{9BF}")[0].utf8)
                == Array(SearchText.words("\u{9B6}\u{9BE}\u{9A1}\u{9BC}\u{9BF}")[0].utf8))
    }

    @Test("What is written together is a word as well")
    func compounds() {
        #expect(SearchText.compounds("Sony WH-1000XM4, black") == ["wh1000xm4"])
    }

    @Test("Words are no longer than they can be, and a text has no more of them than is looked at")
    func bounds() {
        #expect(SearchText.words(String(repeating: "x", count: 1_000)) == [String(repeating: "x", count: 60)])
        #expect(SearchText.words(String(repeating: "x ", count: 5_000)).count == 2_000)
    }

    @Test(
        "Spellings and scripts of a word sound the same",
        arguments: [
            ["saree", "sari", "শাড়ি", "শাড়ী", "साड़ी"], ["kolom", "kalam", "কলম", "कलम"], ["jamdani", "জামদানি", "जामदानी"],
            ["panjabi", "পাঞ্জাবি", "पंजाबी"], ["mobile", "মোবাইল", "मोबाइल"], ["lungi", "লুঙ্গি", "लुंगी"],
        ])
    func sounds(words: [String]) {
        let sounds = words.flatMap { SearchText.words($0) }.map { WordSound($0).sound }
        #expect(Set(sounds).count == 1 && !sounds[0].isEmpty, "\(Array(zip(words, sounds)))")
    }

    @Test(
        "A mistake is forgiven by the length of the word",
        arguments: [
            ("samsnug", "samsung", 1), ("samsng", "samsung", 1), ("shrit", "shirt", 1),
            ("refridgerater", "refrigerator", 2),
        ])
    func distance(typed: String, meant: String, distance: Int) {
        #expect(WordSound(typed).distance(to: WordSound(meant)) == distance)
    }

    @Test("Short words, and too many mistakes, are not forgiven")
    func tooFar() {
        #expect(WordSound("cat").distance(to: WordSound("car")) == nil)
        #expect(WordSound("shirt").distance(to: WordSound("skort")) == nil)
        #expect(WordSound("table").distance(to: WordSound("tablecloth")) == nil)
    }

    @Test("A query asks for each of its words in one of its forms")
    func query() {
        var words = SearchWords("The red Cell-Phone")
        #expect(words.phrases.contains("cell phone"))
        words.add(
            forms: ["red": ["লাল", "red"]], empty: ["the"], synonyms: ["cell phone": ["mobile"]])
        #expect(words.query == "('red' | 'লাল') & ('cell' & 'phone' | 'mobile')")
        #expect(SearchWords("।").query == nil)
        var only = SearchWords("the")
        only.add(forms: [:], empty: ["the"], synonyms: [:])
        #expect(only.query == "('the')")
    }
}
