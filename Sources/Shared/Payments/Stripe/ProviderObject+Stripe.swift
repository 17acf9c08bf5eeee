import Core

extension ProviderObject {
    /// An amount in the object's own `currency`.
    func money(_ name: UTF8Text) throws(MalformedEvent) -> Money {
        guard let money = try optionalMoney(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return money
    }

    func optionalMoney(_ name: UTF8Text) throws(MalformedEvent) -> Money? {
        guard let units = try optionalInteger(name) else { return nil }
        let code = try word("currency")
        do {
            return try StripeAmount.money(units: units, code: code)
        } catch {
            throw MalformedEvent("\(path).\(name): \(error)")
        }
    }

    /// Our own id in the object's metadata; an id that is not ours counts as absent.
    func metadataID<Subject>(_ name: UTF8Text) -> ID<Subject>? {
        note(name, in: "metadata").flatMap { ID($0) }
    }
}
