package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Registrations
package import Values

/// A rate as somebody enters it.
package struct NewTaxRate: Hashable, Sendable {
    /// Of the Harmonised System: 2 to 8 digits, in pairs.
    package static let heading = TextRule(2...8, .only("0-9"))
    /// In minor units.
    package static let unitValue: ClosedRange<Int64> = 1...1_000_000_000_000

    package let country: String
    package let taxClass: String?
    package let heading: String?
    package let head: RateHead
    package let rate: Rate
    package let unitAbove: Money?
    package let unitUpTo: Money?
    package let validFrom: CivilDate
    package let source: String

    package init(
        country: String, taxClass: String?, heading: String?, head: RateHead, rate: Rate, unitAbove: Money? = nil,
        unitUpTo: Money? = nil, validFrom: CivilDate, source: String
    ) {
        self.country = country
        self.taxClass = taxClass
        self.heading = heading
        self.head = head
        self.rate = rate
        self.unitAbove = unitAbove
        self.unitUpTo = unitUpTo
        self.validFrom = validFrom
        self.source = source
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    fileprivate func checked(in jurisdiction: TaxJurisdiction?) throws(Problem) -> (TaxRate.Goods, Currency?) {
        var check = InputCheck()
        check.number("/rate_ppm", rate.partsPerMillion, in: TaxRate.ratePPM)
        check.text("/source", source, TaxRate.source)
        if let jurisdiction {
            if !jurisdiction.scheme.heads.contains(head) { check.fail("/head", "unknown", "is no tax of \(country)") }
        } else {
            check.fail("/country", "unknown", "has no taxes that are reckoned here")
        }
        if head == .gst, rate.partsPerMillion % 2 != 0 {
            check.fail("/rate_ppm", "odd", "must be even: it is paid in halves")
        }
        if let heading {
            check.text("/hsn_prefix", heading, Self.heading)
            if heading.utf8.count % 2 != 0 { check.fail("/hsn_prefix", "length", "has digits in pairs") }
        }
        if (taxClass == nil) == (heading == nil) {
            check.fail("/tax_class", "one_of", "one of tax_class and hsn_prefix must be given")
        }
        for (name, bound) in [("unit_above", unitAbove), ("unit_up_to", unitUpTo)] {
            if let bound { check.number("/\(name)/minor_units", bound.minorUnits, in: Self.unitValue) }
        }
        if let unitAbove, let unitUpTo {
            if unitAbove.currency != unitUpTo.currency {
                check.fail("/unit_up_to/currency", "mixed_currencies", "must be \(unitAbove.currency)")
            } else if unitAbove.minorUnits >= unitUpTo.minorUnits {
                check.fail("/unit_up_to/minor_units", "minimum", "must be more than unit_above")
            }
        }
        try check.finish()
        guard let goods = taxClass.map(TaxRate.Goods.taxClass) ?? heading.map(TaxRate.Goods.heading) else {
            throw .invalidInput([])
        }
        return (goods, (unitAbove ?? unitUpTo)?.currency)
    }
}

/// Adds rates and ends them. What was sold keeps the rates of its time.
package struct ManageTaxRates: Sendable {
    private let store = TaxStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422; 409 ("tax-rate-overlaps") while another one holds for the same goods; `PostgresError`.
    package func create(_ new: NewTaxRate, by principal: Principal, in work: UnitOfWork) async throws -> TaxRate {
        let jurisdiction = try await store.jurisdictions(in: work).first { $0.country == new.country }
        let (goods, currency) = try new.checked(in: jurisdiction)
        let rate = TaxRate(
            id: ID(uuid: ids.next()), country: new.country, goods: goods, head: new.head, rate: new.rate,
            band: TaxRate.Band(above: new.unitAbove?.minorUnits, upTo: new.unitUpTo?.minorUnits),
            bandCurrency: currency, validFrom: new.validFrom, source: new.source,
            recordedAt: clock.now.roundedToMicroseconds)
        do throws(PostgresError) {
            try await store.insert(rate, in: work)
        } catch {
            throw Self.refusal(error)
        }
        try await record(rate, "tax_rate.created", by: principal, in: work)
        return rate
    }

    /// - Parameter day: the first one on which it does not hold any more.
    /// - Throws: `Problem`: 404; 409 ("tax-rate-ended"); 422 for a day in the past or before it began; `PostgresError`.
    package func end(
        _ id: ID<TaxRate>, on day: CivilDate, by principal: Principal, in work: UnitOfWork
    ) async throws -> TaxRate {
        guard let rate = try await store.rate(id, in: work) else { throw Problem.notFound("tax rate") }
        let jurisdiction = try await store.jurisdictions(in: work).first { $0.country == rate.country }
        let today = jurisdiction.map { $0.day(of: clock.now) } ?? CivilDate(utc: clock.now).daysSinceEpoch
        guard day.daysSinceEpoch >= max(today, rate.validFrom.daysSinceEpoch) else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "/valid_to", code: "past", message: "must be neither past nor before the rate begins")
            ])
        }
        guard let ended = try await store.end(id, on: day, in: work) else {
            throw Problem.conflict(
                "tax-rate-ended", title: "The rate has an end already", detail: "Let another one begin instead")
        }
        try await record(ended, "tax_rate.ended", by: principal, in: work)
        return ended
    }

    private func record(_ rate: TaxRate, _ action: String, by principal: Principal, in work: UnitOfWork) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: rate.id,
                payload: [
                    "country": .string(rate.country), "head": .string(rate.head.rawValue),
                    "rate_ppm": .integer(Int64(rate.rate.partsPerMillion)),
                    "valid_from": .string(rate.validFrom.iso8601),
                    "valid_to": rate.validTo.map { .string($0.iso8601) } ?? .null,
                ]),
            in: work)
    }

    private static func refusal(_ error: PostgresError) -> any Error {
        switch error.constraintName {
        case "tax_rates_one_at_a_time":
            Problem.conflict(
                "tax-rate-overlaps", title: "Another rate holds at the same time",
                detail: "End the one that holds for these goods and prices on the day before this one begins")
        case "tax_rates_class":
            Problem.invalidInput([
                FieldProblem(pointer: "/tax_class", code: "unknown", message: "there is no such tax class")
            ])
        default: error
        }
    }
}

/// Adds classes of goods and ends them.
package struct ManageTaxClasses: Sendable {
    package static let code = TextRule(1...40, .only("a-z0-9_"))
    package static let name = TextRule(1...200, .line)

    private let store = TaxStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 422; 409 ("tax-class-taken"); `PostgresError`.
    package func create(
        _ code: String, country: String, name: String, from day: CivilDate, by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        var check = InputCheck()
        check.text("/code", code, Self.code)
        check.text("/name", name, Self.name)
        if try await !store.jurisdictions(in: work).contains(where: { $0.country == country }) {
            check.fail("/country", "unknown", "has no taxes that are reckoned here")
        }
        try check.finish()
        guard try await store.insertClass(code, country: country, name: name, from: day, in: work) else {
            throw Problem.conflict(
                "tax-class-taken", title: "The code is taken", detail: "Another tax class has this code")
        }
        try await record(code, "tax_class.created", day, by: principal, in: work)
    }

    /// Its rates are ended by themselves.
    /// - Parameter day: the first one on which it is not given any more.
    /// - Throws: `Problem`: 404 where there is none that has no end yet; 422 for a day in the past; `PostgresError`.
    package func end(
        _ code: String, on day: CivilDate, by principal: Principal, in work: UnitOfWork
    ) async throws {
        guard day.daysSinceEpoch >= CivilDate(utc: clock.now).daysSinceEpoch else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/valid_to", code: "past", message: "must not be past")
            ])
        }
        guard try await store.endClass(code, on: day, in: work) else { throw Problem.notFound("tax class") }
        try await record(code, "tax_class.ended", day, by: principal, in: work)
    }

    private func record(
        _ code: String, _ action: String, _ day: CivilDate, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: "tax_class:\(code)",
                payload: ["day": .string(day.iso8601)]), in: work)
    }
}
