import Core
import Typesetting
import Values

/// How documents write dates, amounts, rates and names.
extension DocumentContent {
    /// "30/11/2026" of "2026-11-30".
    static func date(_ iso8601: String) -> String {
        guard let day = CivilDate(iso8601: iso8601) else { return iso8601 }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(padded(day.day))/\(padded(day.month))/\(day.year)"
    }

    /// "1,23,456.50".
    func amount(_ minorUnits: Int64) -> String { money(minorUnits).number }

    /// "2.5%" of 25,000 parts per million.
    static func percent(_ partsPerMillion: Int) -> String {
        let (whole, rest) = partsPerMillion.quotientAndRemainder(flooringBy: 10_000)
        guard rest > 0 else { return "\(whole)%" }
        var digits = Array(String(rest).utf8)
        digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.count), at: 0)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(whole).\(String(decoding: digits, as: UTF8.self))%"
    }
}

extension DocumentContent.Tax {
    /// "CGST 2.5%".
    var label: String {
        [head.uppercased(), rate.map(DocumentContent.percent)].compactMap { $0 }.joined(separator: " ")
    }
}

extension DocumentContent.Party {
    /// Line by line.
    func lines(with region: Bool = true) -> String {
        var lines = [name]
        if let legalName, UTF8Text(legalName) != UTF8Text(name) { lines.append(legalName) }
        lines += address
        if region, let place = self.region { lines.append("\(place.name) (\(place.code))") }
        if let registration { lines.append("\(registration.label) \(registration.number)") }
        return lines.joined(separator: "\n")
    }
}

extension Block {
    /// A small word above a text.
    static func labelled(_ label: String, _ text: String, size: Double = 9) -> [Block] {
        [.text(label, TextStyle(size - 2, grey: 0.35)), .gap(1), .text(text, TextStyle(size))]
    }
}
