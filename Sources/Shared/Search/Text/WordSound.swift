/// A word in Latin letters, and what is left of it that can be heard: by these, words that are misspelt or written in another script find
/// each other.
package struct WordSound: Hashable, Sendable {
    /// As it is spoken, whatever its script; words of scripts that are not known here as they are.
    package let latin: String
    /// The same without what people spell in many ways; empty where too little is left to go by.
    package let sound: String

    /// - Parameter word: one of `SearchText.words`.
    package init(_ word: String) {
        latin = Self.latin(word)
        let bytes = Array(latin.utf8)
        let isHeard = bytes.allSatisfy { Self.isLetter($0) } && bytes.count > 2
        let sound = isHeard ? Self.sound(bytes) : []
        self.sound = sound.count > 2 ? String(decoding: sound, as: UTF8.self) : ""
    }

    private static func latin(_ word: String) -> String {
        let scalars = Array(word.unicodeScalars)
        guard scalars.contains(where: { IndicLetter($0) != nil }) else { return word }
        var latin = ""
        for (index, scalar) in scalars.enumerated() {
            guard let letter = IndicLetter(scalar) else {
                latin.unicodeScalars.append(scalar)
                continue
            }
            guard !letter.isNukta, !letter.isVirama else { continue }
            let before = index > 0 ? IndicLetter(scalars[index - 1]) : nil
            // The second letter of ব্যাগ is not heard.
            if letter.script == .bengali, letter.place == 0x2F, before?.isVirama == true { continue }
            var next = index + 1 < scalars.count ? IndicLetter(scalars[index + 1]) : nil
            if next?.isNukta == true {
                latin += letter.latinWithNukta
                next = index + 2 < scalars.count ? IndicLetter(scalars[index + 2]) : nil
            } else {
                latin += letter.latin
            }
            if letter.isConsonant, let next, next.isConsonant || next.place <= 0x03 { latin += "a" }
        }
        return latin
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    /// What two or three letters stand for one sound; the first that fits.
    private static let groups: [(letters: [UInt8], sound: [UInt8])] = [
        ("chh", "c"), ("sch", "s"), ("ph", "f"), ("sh", "s"), ("ch", "c"), ("ck", "k"), ("ee", "i"), ("ea", "i"),
        ("ngg", "ng"), ("oo", "u"), ("ou", "u"), ("ow", "u"), ("ai", "i"), ("ay", "i"), ("ci", "si"), ("ce", "se"),
        ("cy", "si"),
        ("q", "k"), ("c", "k"), ("x", "ks"), ("z", "j"), ("v", "b"), ("w", "b"), ("y", "i"), ("a", ""),
        ("o", ""),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

    private static func sound(_ word: [UInt8]) -> [UInt8] {
        var sound: [UInt8] = []
        var rest = word[...]
        if let first = rest.first, "ao".utf8.contains(first) {
            sound.append(UInt8(ascii: "a"))
            rest.removeFirst()
        }
        while let letter = rest.first {
            let group = groups.first { rest.starts(with: $0.letters) }
            for heard in group?.sound ?? [letter] where sound.last != heard { sound.append(heard) }
            rest.removeFirst(group?.letters.count ?? 1)
        }
        if sound.count > 3, sound.last == UInt8(ascii: "e") { sound.removeLast() }
        return sound
    }
}

extension WordSound {
    /// The trigrams of the word, with its beginning and its end.
    package var trigrams: [String] {
        let scalars = Array("^\(latin)$".unicodeScalars)
        guard scalars.count > 2 else { return [] }
        var seen: Set<[Unicode.Scalar]> = []
        return scalars.indices.dropLast(2).compactMap { index in
            let gram = Array(scalars[index..<(index + 3)])
            return seen.insert(gram).inserted ? String(String.UnicodeScalarView(gram)) : nil
        }
    }

    /// How many letters are to be changed, left out, added or swapped with the next to make one word of another; nil where that is
    /// more than may be forgiven in a word of this length.
    package func distance(to other: WordSound) -> Int? {
        let (left, right) = (Array(latin.unicodeScalars), Array(other.latin.unicodeScalars))
        let forgiven = left.count < 4 ? 0 : left.count < 8 ? 1 : 2
        guard abs(left.count - right.count) <= forgiven else { return nil }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, otherLetter) in right.enumerated() {
                var cost = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (letter == otherLetter ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == otherLetter {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count] <= forgiven ? last[right.count] : nil
    }
}
