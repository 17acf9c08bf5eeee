/// Amounts for people: major units and the currency's code, such as `20.00 BDT`.
enum MoneyText {
    /// - Parameters:
    ///   - amount: in units of the smallest `decimals`.
    ///   - code: ISO 4217, in any case.
    static func display(_ amount: Int, _ code: String, decimals: Int) -> String {
        let sign = amount < 0 ? "-" : ""
        guard decimals > 0 else { return "\(amount) \(code.uppercased())" }
        let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
        let fraction = String(abs(amount) % scale)
        let padding = String(repeating: "0", count: decimals - fraction.count)
        return "\(sign)\(abs(amount) / scale).\(padding)\(fraction) \(code.uppercased())"
    }
}

extension ProviderOverview.Figure {
    static func pushesWaiting(_ desk: ProviderDesk) -> Self {
        Self(label: "Pushes waiting", value: "\(desk.deliveries.totals.pending)")
    }

    static func acknowledged(_ what: String, _ desk: ProviderDesk) -> Self {
        Self(label: "\(what) acknowledged", value: "\(desk.deliveries.totals.delivered)")
    }

    /// Sums of money by currency code.
    /// - Parameter decimals: how many a currency's amounts have at this provider; most count hundredths of every currency.
    static func money(_ label: String, _ amounts: [String: Int], decimals: (String) -> Int = { _ in 2 }) -> Self {
        let texts = amounts.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { code, amount in
            MoneyText.display(amount, code, decimals: decimals(code))
        }
        return Self(label: label, value: texts.isEmpty ? "nothing" : texts.joined(separator: ", "))
    }
}
