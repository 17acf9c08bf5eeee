import Core

/// Texts that are kept stay as they are, and addresses can stand in a header as they are.
enum TextChecks {
    private static let contents: [TextContent] = [.any, .line, .lines, .identifier, .secret, .only("A-Za-z0-9_-")]

    static func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for content in contents { check(text, TextRule(1...200, content)) }
        checkEmail(text)
        checkPhone(text)
        let excerpt = UTF8Text(text).excerpt(40)
        promise(
            excerpt.unicodeScalars.dropLast().allSatisfy { (" "..."~").contains($0) }, "an excerpt that is not plain")
        promise(excerpt.utf8.count <= 40 * 12, "an excerpt of \(excerpt.utf8.count) bytes")
    }

    private static func check(_ text: String, _ rule: TextRule) {
        let kept = rule.normalized(text)
        guard rule.violations(of: kept).isEmpty else { return }
        promise(UTF8Text(rule.normalized(kept)) == UTF8Text(kept), "\(rule.content): keeping it changes it again")
        let canonical = rule.canonical(kept)
        promise(UTF8Text(rule.canonical(canonical)) == UTF8Text(canonical), "\(rule.content): two canonical forms")
        promise(
            UTF8Text(rule.canonical(text)) == UTF8Text(canonical), "\(rule.content): keeping it changes what it equals")
    }

    private static func checkEmail(_ text: String) {
        guard let address = EmailAddress(rawValue: text) else { return }
        promise(UTF8Text(address.rawValue) == UTF8Text(text), "another address")
        promise(
            text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>()[],;:\\\"".utf8.contains($0) },
            "a harmful address")
        promise(text.utf8.count(where: { $0 == UInt8(ascii: "@") }) == 1, "two addresses")
    }

    private static func checkPhone(_ text: String) {
        guard let number = PhoneNumber(rawValue: text) else { return }
        promise(PhoneNumber(rawValue: number.rawValue) == number, "a number that is none")
        promise((9...16).contains(number.rawValue.utf8.count), "a number of \(number.rawValue.utf8.count) characters")
    }
}
