/// Names as they stand in JSON.
package enum SnakeCase {
    /// `orderID` is `order_id`, and `orderIDs` is `order_ids`: an s behind capitals makes them many.
    /// - Parameter name: a property's name, of ASCII letters and digits.
    package static func name(of name: some StringProtocol) -> String {
        let letters = Array(name.utf8)
        var result: [UInt8] = []
        for (index, letter) in letters.enumerated() {
            guard isCapital(letter) else {
                result.append(letter)
                continue
            }
            if index > 0, !isCapital(letters[index - 1]) || beginsWord(letters[(index + 1)...]) {
                result.append(UInt8(ascii: "_"))
            }
            result.append(letter + 0x20)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether the capital before these letters begins a word, rather than going on with those before it.
    private static func beginsWord(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let next = rest.first, !isCapital(next) else { return false }
        let isPlural = next == UInt8(ascii: "s") && rest.dropFirst().first.map(isCapital) ?? true
        return !isPlural
    }

    private static func isCapital(_ letter: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter)
    }
}
