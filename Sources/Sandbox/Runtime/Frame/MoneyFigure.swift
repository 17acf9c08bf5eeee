extension ProviderOverview.Figure {
    /// Sums of money by currency code, in minor units.
    static func money(_ label: String, _ amounts: [String: Int]) -> Self {
        let texts = amounts.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { code, amount in
            StripeCurrency.display(amount, code.lowercased())
        }
        return Self(label: label, value: texts.isEmpty ? "nothing" : texts.joined(separator: ", "))
    }
}
