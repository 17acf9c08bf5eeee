import Crypto

/// The fields that the browser's return and the notification have in common, and their signature.
enum SSLCommerzFields {
    typealias Field = (name: String, value: String)

    /// Without `verify_sign`. Attempts that were not paid have no `val_id` and an empty `store_amount`.
    static func of(_ attempt: SSLCommerzAttempt, store: String) -> [Field] {
        let isPaid = attempt.status.isPaid
        let paid: [Field] = isPaid ? [("val_id", attempt.validation ?? "")] : []
        let method = attempt.method
        return [
            ("tran_id", attempt.transaction)
        ] + paid + [
            ("amount", DecimalAmount.text(attempt.amount)), ("card_type", method.cardType),
            ("store_amount", isPaid ? DecimalAmount.text(attempt.storeAmount) : ""), ("card_no", method.number),
            ("bank_tran_id", attempt.bankTransaction), ("status", attempt.status.rawValue),
            ("tran_date", CivilTime(unix: attempt.created, offset: CivilTime.bangladesh).stamp),
            ("error", attempt.error),
            ("currency", "BDT"), ("card_issuer", method.issuer), ("card_brand", method.brand),
            ("card_sub_brand", "Classic"), ("card_issuer_country", "Bangladesh"), ("card_issuer_country_code", "BD"),
            ("store_id", store), ("currency_type", attempt.currencyType),
            ("currency_amount", DecimalAmount.text(attempt.currencyAmount)), ("currency_rate", rate(attempt.rate)),
            ("base_fair", "0.00"), ("value_a", attempt.values["value_a"] ?? ""),
            ("value_b", attempt.values["value_b"] ?? ""), ("value_c", attempt.values["value_c"] ?? ""),
            ("value_d", attempt.values["value_d"] ?? ""), ("risk_level", attempt.isRisky ? "1" : "0"),
            ("risk_title", attempt.isRisky ? "Risky" : "Safe"),
        ]
    }

    /// `1.0000`
    static func rate(_ tenThousandths: Int) -> String {
        let fraction = String(tenThousandths % 10_000)
        return "\(tenThousandths / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
    }

    /// Adds `verify_sign`, `verify_sign_sha2` and `verify_key`.
    static func signed(_ fields: [Field], password: String) -> [Field] {
        let keys = fields.map(\.name).filter { signedKeys.contains($0) }.sorted(by: bytewise)
        let text = Array(signedText(fields, keys: keys, password: password).utf8)
        return fields + [
            ("verify_sign", Hexadecimal.encode(Insecure.MD5.hash(data: text))), ("verify_sign_sha2", sha2(text)),
            ("verify_key", keys.joined(separator: ",")),
        ]
    }

    /// Which fields are signed where they are present: all but the free texts (UNCONFIRMED beyond a recorded sample).
    private static let signedKeys: Set<String> = [
        "amount", "bank_tran_id", "base_fair", "card_brand", "card_issuer", "card_issuer_country",
        "card_issuer_country_code", "card_no", "card_type", "currency", "currency_amount", "currency_rate",
        "currency_type", "risk_level", "risk_title", "status", "store_amount", "store_id", "tran_date", "tran_id",
        "val_id", "value_a", "value_b", "value_c", "value_d",
    ]

    /// `k=v` of each key and of the password's MD5, sorted by key and joined by `&`, nothing escaped; trailing `&` of the
    /// last value are lost.
    private static func signedText(_ fields: [Field], keys: [String], password: String) -> String {
        let passwordHash = Hexadecimal.encode(Insecure.MD5.hash(data: Array(password.utf8)))
        let values = Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first }
        let pairs = keys.map { ($0, values[$0] ?? "") } + [("store_passwd", passwordHash)]
        var text = pairs.sorted { bytewise($0.0, $1.0) }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        while text.hasSuffix("&") { text.removeLast() }
        return text
    }

    /// UNCONFIRMED: no published example can be recomputed.
    private static func sha2(_ text: [UInt8]) -> String { Hexadecimal.encode(SHA256.hash(data: text)) }

    private static func bytewise(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
