package import Addresses
package import Core
import Foundation
import Identity
import Postgres
package import Registrations
import Values
package import Vendors

/// Who issues documents, as they name them.
package struct Seller: Hashable, Sendable {
    package let market: Market
    package let party: DocumentContent.Party
    package let issuer: Issuer
    /// With which its numbers begin, before the mark of the type.
    package let prefix: String
    /// That goods leave from, and the how-manieth of the vendor's it is.
    package let place: Place?
    /// Of its country.
    package let regions: Regions
    /// Of the registration that it sells under; nil where that is no region's.
    package let region: String?

    package struct Place: Hashable, Sendable {
        package let location: ID<PickupLocation>
        package let ordinal: Int
    }

    func numbering(under rule: DocumentRule) -> Numbering {
        guard rule.isByLocation, let place else { return Numbering(issuer: issuer, prefix: prefix) }
        return Numbering(issuer: issuer, prefix: "L\(place.ordinal)", location: place.location)
    }
}

/// Finds out who sells, from where and under what.
struct ReadSeller: Sendable {
    private let vendors = VendorStore()
    private let registrations = RegistrationStore()
    private let locations = PickupLocationStore()
    private let profiles = ProfileStore()

    /// - Parameter location: where the goods leave from; nil: the place that goes with the registration, else the registered address.
    /// - Throws: `Problem`: 409 for a vendor that has not said who or where it is; 422 for a place that is not the vendor's or not of the
    ///   registration that was sold under; `PostgresError`.
    func callAsFunction(
        of sale: Sale, from location: ID<PickupLocation>?, in executor: some PostgresExecutor
    ) async throws -> Seller {
        let reach = Visibility.everything
        guard let vendor = try await vendors.vendor(sale.vendor, visibleTo: reach, in: executor),
            let identity = vendor.identity, let market = vendor.market
        else { throw Problem.vendorUnidentified }
        let registration = try await registrations.registrations(of: vendor.id, visibleTo: reach, in: executor)
            .first { $0.id == sale.registration }
        let places = try await locations.locations(of: vendor.id, visibleTo: reach, in: executor)
        let place = try Self.place(location, among: places, under: sale.registration)
        let registered = try await profiles.profile(of: vendor.id, visibleTo: reach, in: executor)?.registeredAddress
        guard let address = place?.address ?? registered else {
            throw Problem.conflict(
                "vendor-address-missing", title: "The vendor has no address",
                detail: "Documents name the seller’s address: add a pickup location or the registered address")
        }
        let regions = try await RegionStore().regions(of: market, in: executor)
        let region = registration?.region ?? address.region
        return Seller(
            market: market,
            party: DocumentContent.Party(
                name: vendor.name,
                legalName: registration?.legalName ?? identity.legalName,
                address: address.lines(regions), region: regions.content(region),
                registration: registration.map {
                    DocumentContent.Registration(label: $0.kind.label, number: $0.number)
                }),
            issuer: registration.map { Issuer(registration: $0.number) } ?? Issuer(vendor: vendor.id),
            prefix: regions.prefix(of: region, in: market),
            place: place.map { place in
                Seller.Place(location: place.id, ordinal: 1 + (places.firstIndex { $0.id == place.id } ?? 0))
            }, regions: regions, region: registration?.region)
    }

    private static func place(
        _ id: ID<PickupLocation>?, among all: [PickupLocation], under registration: ID<TaxRegistration>?
    ) throws(Problem) -> PickupLocation? {
        guard let id else {
            let active = all.filter(\.isActive)
            return active.first { $0.registration == registration } ?? (registration == nil ? active.first : nil)
        }
        guard let place = all.first(where: { $0.id == id }) else {
            throw .invalidInput([
                FieldProblem(pointer: "/location_id", code: "unknown", message: "there is no such pickup location")
            ])
        }
        guard place.registration == nil || registration == nil || place.registration == registration else {
            throw .invalidInput([
                FieldProblem(
                    pointer: "/location_id", code: "other_registration",
                    message: "sells under another tax registration than the order was taxed with")
            ])
        }
        return place
    }
}

extension RegistrationKind {
    /// What stands before its number.
    fileprivate var label: String {
        switch self {
        case .gstin, .gstComposition: "GSTIN"
        case .gstEnrolment: "Enrolment no."
        case .pan: "PAN"
        case .bin: "BIN"
        case .etin: "e-TIN"
        }
    }
}

extension PostalAddress {
    /// As it is written on paper.
    fileprivate func lines(_ regions: Regions) -> [String] {
        let town =
            switch place {
            case .india(let city, _, let pin): "\(city) \(pin.text)"
            case .bangladesh(let upazila, let district, let postalCode):
                [upazila, regions.content(district)?.name, postalCode].compactMap { $0 }.joined(separator: ", ")
            }
        return [line1, line2, landmark, town].compactMap { $0 }.filter { !$0.isEmpty }
    }
}

extension Regions {
    package func content(_ code: String?) -> DocumentContent.Region? {
        all.first { $0.code == code }.map { DocumentContent.Region(code: $0.code, name: $0.name) }
    }

    /// The letters by which people know a State; the country's where a country numbers as one.
    fileprivate func prefix(of code: String, in market: Market) -> String {
        guard market == .india else { return market.rawValue }
        let letters = all.first { $0.code == code }?.aliases.first { alias in
            alias.utf8.count == 2 && alias.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        }
        return letters ?? "S\(code)"
    }
}
