package import Catalog
import Core

/// A gateway that a customer is offered.
package struct PaymentOption: Hashable, Sendable {
    package let gateway: GatewayName
    /// The provider's own.
    package let title: String
    /// What the marketplace calls it, by language.
    package let titles: [ContentLocale: String]
    /// It has not done its work lately, and is shown after those that do.
    package let isUnwell: Bool

    package init(gateway: GatewayName, title: String, titles: [ContentLocale: String] = [:], isUnwell: Bool = false) {
        self.gateway = gateway
        self.title = title
        self.titles = titles
        self.isUnwell = isUnwell
    }

    /// In the most wanted language that it has a title in: `bn` will do for whoever wants `bn-BD`.
    package func title(in wanted: [ContentLocale]) -> String {
        for locale in wanted {
            if let exact = titles[locale] { return exact }
            let language = locale.rawValue.prefix { $0 != "-" }
            if let base = ContentLocale(rawValue: String(language)), let title = titles[base] { return title }
        }
        return titles[.english] ?? title
    }
}

/// The rules there are and how gateways are, at one moment.
package struct PaymentOptionRules: Sendable {
    private let rules: [PaymentOptionRule]
    private let unwell: Set<GatewayName>

    package init(_ rules: [PaymentOptionRule], unwell: Set<GatewayName> = []) {
        self.rules = rules.sorted { ($0.terms.position, $0.id) < ($1.terms.position, $1.id) }
        self.unwell = unwell
    }

    /// Without any, all gateways are offered.
    var areMade: Bool { !rules.isEmpty }

    /// What is offered, in the order in which it is shown. Pure.
    ///
    /// Of a gateway's rules that fit the first decides; one without a rule that fits is not offered, unless there are no rules at
    /// all. What a gateway can't charge is never offered.
    func options(for occasion: PaymentOccasion, of gateways: [OfferedGateway]) -> [PaymentOption] {
        var offered: [(option: PaymentOption, position: Int)] = []
        for gateway in gateways where gateway.objection(to: occasion) == nil {
            let rule = rules.first { $0.gateway == gateway.name && $0.fits(occasion) }
            guard rules.isEmpty || rule?.terms.isOffered == true else { continue }
            offered.append(
                (
                    PaymentOption(
                        gateway: gateway.name, title: gateway.title, titles: rule?.terms.titles ?? [:],
                        isUnwell: unwell.contains(gateway.name)), rule?.terms.position ?? 0
                ))
        }
        return offered.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.option.isUnwell != other.option.isUnwell { return other.option.isUnwell }
            return (one.position, left.offset) < (other.position, right.offset)
        }.map(\.element.option)
    }
}

/// A gateway that is switched on, as far as offering it is concerned.
struct OfferedGateway: Sendable {
    let name: GatewayName
    let title: String
    let chargeObjection: @Sendable (Money) -> String?

    /// Why it can't take this, in words; nil where it can.
    func objection(to occasion: PaymentOccasion) -> String? {
        if name.provider == GatewayName.cashOnDelivery.provider, !occasion.isOnDelivery {
            return "the order is not paid on delivery"
        }
        return chargeObjection(occasion.amount)
    }
}
