/// A letter or sign of Bengali or Devanagari. Both blocks have the same letters in the same places (Unicode, chapter 12).
struct IndicLetter: Hashable {
    enum Script: UInt32 {
        case devanagari = 0x900
        case bengali = 0x980

        var anusvara: Unicode.Scalar { self == .devanagari ? "\u{902}" : "\u{982}" }
    }

    let script: Script
    /// Its place in the block.
    let place: UInt32

    /// nil for a letter of another script.
    init?(_ scalar: Unicode.Scalar) {
        guard let script = Script(rawValue: scalar.value & ~0x7F) else { return nil }
        self.script = script
        place = scalar.value & 0x7F
    }

    var isVirama: Bool { place == 0x4D }
    var isNukta: Bool { place == 0x3C }
    var isCandrabindu: Bool { script == .devanagari && place == 0x01 }
    var isConsonant: Bool { (0x15...0x39).contains(place) }
    /// ड and ढ, which with a nukta are other letters.
    var isFlapWithNukta: Bool { place == 0x21 || place == 0x22 }

    /// Whether it is a nasal that, with a virama and before this letter, may as well be written as the anusvara: हिन्दी, हिंदी.
    func isNasal(before next: IndicLetter?) -> Bool {
        guard let next, next.isConsonant else { return false }
        return switch script {
        case .devanagari: [0x19, 0x1E, 0x23, 0x28, 0x2E].contains(place) && next.place < 0x2F
        case .bengali: place == 0x19
        }
    }

    /// In Latin letters, without the vowel that a consonant has by itself.
    var latin: String {
        switch place {
        case 0x01: ""
        case 0x02: script == .bengali ? "ng" : "n"
        case 0x05, 0x06, 0x3E: "a"
        case 0x07, 0x08, 0x3F, 0x40: "i"
        case 0x09, 0x0A, 0x41, 0x42: "u"
        case 0x0B, 0x43: "ri"
        case 0x0D...0x0F, 0x45...0x47: "e"
        case 0x10, 0x48: "ai"
        case 0x11...0x13, 0x49...0x4B: "o"
        case 0x14, 0x4C: "au"
        case 0x2F: script == .bengali ? "j" : "y"
        case 0x4E: "t"
        case 0x70: "r"
        case 0x71: "w"
        default: Self.consonants[place] ?? ""
        }
    }

    /// With a nukta behind it.
    var latinWithNukta: String {
        switch place {
        case 0x1C: "z"
        case 0x21, 0x22: "r"
        case 0x2B: "f"
        case 0x2F: "y"
        default: latin
        }
    }

    private static let consonants: [UInt32: String] = [
        0x15: "k", 0x16: "kh", 0x17: "g", 0x18: "gh", 0x19: "ng", 0x1A: "ch", 0x1B: "chh", 0x1C: "j", 0x1D: "jh",
        0x1E: "n", 0x1F: "t", 0x20: "th", 0x21: "d", 0x22: "dh", 0x23: "n", 0x24: "t", 0x25: "th", 0x26: "d",
        0x27: "dh", 0x28: "n", 0x2A: "p", 0x2B: "ph", 0x2C: "b", 0x2D: "bh", 0x2E: "m", 0x30: "r", 0x32: "l",
        0x33: "l", 0x35: "v", 0x36: "sh", 0x37: "sh", 0x38: "s", 0x39: "h",
    ]
}
