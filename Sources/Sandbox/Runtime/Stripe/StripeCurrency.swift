/// What Stripe's amounts mean per currency. Integers in the smallest unit.
enum StripeCurrency {
    private static let zeroDecimal: Set<String> = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
    ]
    /// UNCONFIRMED list.
    private static let threeDecimal: Set<String> = ["bhd", "jod", "kwd", "omr", "tnd"]
    private static let twoDecimal: Set<String> = [
        "usd", "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bgn", "bmd",
        "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "cny", "cop", "crc", "cve", "czk", "dkk",
        "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gtq", "gyd", "hkd", "hnl", "htg",
        "huf", "idr", "ils", "inr", "isk", "jmd", "kes", "kgs", "khr", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl",
        "mad", "mdl", "mkd", "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok",
        "npr", "nzd", "pab", "pen", "pgk", "php", "pkr", "pln", "qar", "ron", "rsd", "rub", "sar", "sbd", "scr", "sek",
        "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs", "top", "try", "ttd", "twd", "tzs", "uah", "uyu",
        "uzs", "wst", "xcd", "yer", "zar", "zmw",
    ]

    static func exponent(_ code: String) -> Int? {
        if twoDecimal.contains(code) { return 2 }
        if zeroDecimal.contains(code) { return 0 }
        return threeDecimal.contains(code) ? 3 : nil
    }

    /// Stripe wants about half a US dollar. UNCONFIRMED for each currency: half a major unit, 50 where there are no
    /// decimals.
    static func minimum(_ code: String) -> Int {
        threeDecimal.contains(code) ? 500 : 50
    }

    /// UNCONFIRMED.
    static let maximum = 99_999_999

    /// For people: major units and the code.
    static func display(_ amount: Int, _ code: String) -> String {
        MoneyText.display(amount, code, decimals: decimals(code))
    }

    /// Two where Stripe does not take the currency.
    static func decimals(_ code: String) -> Int { exponent(code) ?? 2 }

    /// Checks an amount as Stripe does before it charges it.
    static func check(amount: Int, currency: String, param: String) throws(StripeError) {
        guard let exponent = exponent(currency) else {
            throw .invalid("Invalid currency: \(currency).", code: nil, param: "currency")
        }
        guard amount >= minimum(currency) else {
            throw .invalid(
                "Amount must be at least \(display(minimum(currency), currency))", code: "amount_too_small",
                param: param)
        }
        guard amount <= maximum else {
            throw .invalid(
                "Amount must be no more than \(display(maximum, currency))", code: "amount_too_large", param: param)
        }
        guard exponent < 3 || amount % 10 == 0 else {
            throw .invalid("Invalid amount: the last digit must be 0 for \(currency).", param: param)
        }
    }
}
