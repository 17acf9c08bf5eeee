import Core
import Foundation
import Postgres
import Registrations
import Vendors

/// Vendors with what shows who they are. Their documents and accounts for payouts are left out: both would have to be made up files and
/// numbers of real banks.
struct VendorRows {
    private var vendors = TableCopy(
        "vendors", "id", "name", "email", "status", "legal_name", "country", "kind", "created_at")
    private var slugs = TableCopy("vendor_slugs", "slug", "vendor_id", "is_current", "created_at")
    private var profiles = TableCopy(
        "vendor_profiles", "vendor_id", "description", "return_policy", "shipping_policy", "support_email",
        "support_phone", "officer_name", "officer_designation", "officer_email", "registered_address")
    private var registrations = TableCopy(
        "vendor_registrations", "id", "vendor_id", "kind", "number", "region", "legal_name", "status", "created_at",
        "verified_at")
    private var locations = TableCopy(
        "pickup_locations", "id", "vendor_id", "name", "phone", "address", "registration_id", "created_at")
    private var decisions = TableCopy(
        "vendor_decisions", "id", "vendor_id", "act", "from_status", "to_status", "actor", "reason", "decided_at")
    private var terms = TableCopy(
        "commission_terms", "id", "vendor_id", "rate_ppm", "valid_from", "recorded_at")

    mutating func add(_ vendor: SeedVendor) {
        var draw = vendor.draw
        let (id, time) = (vendor.id, vendor.createdAt)
        vendors.append(
            id, vendor.name, vendor.email, vendor.isSuspended ? "suspended" : "active", vendor.legalName,
            vendor.market.rawValue, vendor.kind, time)
        slugs.append(vendor.slug, id, true, time)
        profiles.append(
            id, "\(vendor.name) has sold on Haat since it opened.", "Within seven days, unused.",
            "Sent within two working days.", vendor.email, vendor.phone, vendor.contact, "Grievance officer",
            vendor.email, vendor.address)
        var taxed: UUID?
        for registration in vendor.registrations() {
            let own = draw.uuid(at: time)
            if registration.region != nil { taxed = own }
            registrations.append(
                own, id, registration.kind, registration.number, registration.region, vendor.legalName, "verified",
                time, time.addingTimeInterval(.day))
        }
        locations.append(draw.uuid(at: time), id, vendor.place.city, vendor.phone, vendor.address, taxed, time)
        decide(vendor, &draw)
        terms.append(draw.uuid(at: time), id, Int32(clamping: vendor.commissionRate), time, time)
    }

    private mutating func decide(_ vendor: SeedVendor, _ draw: inout Draw) {
        var steps: [(act: String, from: String?, to: String, days: Double)] = [
            ("apply", nil, "applied", 0), ("submit", "applied", "in_review", 1), ("approve", "in_review", "active", 3),
        ]
        if vendor.isSuspended { steps.append(("suspend", "active", "suspended", 200)) }
        for step in steps {
            let time = vendor.createdAt.addingTimeInterval(step.days * .day)
            decisions.append(
                draw.uuid(at: time), vendor.id, step.act, step.from, step.to, AuditActor.system.rawValue,
                step.act == "suspend" ? "Parcels came late" : "", time)
        }
    }

    mutating func flush(to session: PostgresSession) async throws(PostgresError) {
        try await vendors.flush(to: session)
        try await slugs.flush(to: session)
        try await profiles.flush(to: session)
        try await registrations.flush(to: session)
        try await locations.flush(to: session)
        try await decisions.flush(to: session)
        try await terms.flush(to: session)
    }
}
