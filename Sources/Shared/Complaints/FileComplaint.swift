package import Core
import Foundation
package import Identity
package import Jobs
package import Orders
import Postgres
import Vendors

/// A complaint as it is filed.
package struct NewComplaint: Hashable, Sendable {
    /// How many lines one names; it is about the lines of one vendor.
    package static let lineCount = 0...100
    package static let quantity: ClosedRange<Int64> = 1...1_000

    package let kind: Complaint.Kind
    /// None: it is about the order as a whole.
    package let lines: [Complaint.Line]
    /// What the customer has to say.
    package let message: NewComplaintMessage

    package init(kind: Complaint.Kind, lines: [Complaint.Line] = [], message: NewComplaintMessage) {
        self.kind = kind
        self.lines = lines
        self.message = message
    }

    /// The vendor whose lines it names, or whose the whole order is; nil where it is about several vendors' parts.
    /// - Throws: a 422 `Problem` for lines that the order has not, or not so many units of, or of several vendors.
    func vendorOrder(in order: OrderWithLines) throws(Problem) -> VendorOrder? {
        var check = InputCheck()
        check.number("/lines", lines.count, in: Self.lineCount)
        try check.finish()
        var parts: Set<ID<VendorOrder>> = []
        for (index, wanted) in lines.enumerated() {
            guard let line = order.lines.first(where: { $0.id == wanted.line }) else {
                check.fail("/lines/\(index)/line_id", "unknown", "the order has no such line")
                continue
            }
            check.number("/lines/\(index)/quantity", wanted.quantity, in: 1...line.quantity)
            if lines[..<index].contains(where: { $0.line == wanted.line }) {
                check.fail("/lines/\(index)/line_id", "duplicate", "name each line once")
            }
            parts.insert(line.vendorOrder)
        }
        if parts.count > 1 {
            check.fail("/lines", "several_vendors", "are of several vendors; complain about each by itself")
        }
        try check.finish()
        if let part = parts.first { return order.vendorOrders.first { $0.id == part } }
        return order.vendorOrders.count == 1 ? order.vendorOrders[0] : nil
    }
}

/// Takes a complaint about an order, and computes until when what has to be done.
package struct FileComplaint: Sendable {
    private let store = ComplaintStore()
    private let clocks = ComplaintClockStore()
    private let write: MessageWriting
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
        write = MessageWriting(ids: ids)
    }

    /// - Throws: a 404 or 422 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ new: NewComplaint, about id: ID<Order>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Complaint {
        guard let order = try await OrderStore().orderWithLines(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("order")
        }
        let part = try new.vendorOrder(in: order)
        let now = clock.now.roundedToMicroseconds
        let country = ComplaintCountry.of(order.order)
        let complaintID = ID<Complaint>(uuid: ids.next())
        var deadlines: [ComplaintDeadline] = []
        if let country {
            deadlines = try await clocks.clocks(in: country, at: now, from: work)
                .map { $0.deadline(of: complaintID, round: 0, filedAt: now) }
        }
        let complaint = Complaint(
            id: complaintID, number: "", order: id, vendor: part?.vendor, country: country, kind: new.kind,
            filedBy: principal.actor, filedAt: now, dueAt: deadlines.map(\.dueAt).min())
        guard let stored = try await store.insert(complaint, lines: new.lines, deadlines, in: work) else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "too_many", message: "an order has at most \(Complaint.mostPerOrder) complaints")
            ])
        }
        let message = try await write(
            new.message, on: stored, from: ComplaintSide(of: principal), by: principal.actor, at: now,
            pointer: "/message",
            in: work)
        try await store.append("filed", to: stored, by: principal.actor, at: now, in: work)
        try work.publish(
            ComplaintFiled(
                complaintID: stored.id, messageID: message.id,
                concernsVendor: stored.vendor != nil && message.audience.includes(.vendor)))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "complaint.filed", subject: stored.id,
                payload: [
                    "order_id": .string(id.description), "number": .string(stored.number),
                    "kind": .string(stored.kind.rawValue),
                ]), in: work)
        return stored
    }
}

/// Whose law holds for what becomes of an order.
enum ComplaintCountry {
    /// Where it is sent, else where its customer's telephone is; nil where neither is known.
    static func of(_ order: Order) -> String? {
        if let country = order.shippingAddress?.country, ComplaintClock.country.violations(of: country).isEmpty {
            return country
        }
        return order.customer.phone.flatMap { phone in PhoneCountry.allCases.first { phone.isOf($0) }?.rawValue }
    }
}

extension ComplaintSide {
    /// For whom a principal speaks.
    package init(of principal: Principal) {
        self.init(reaching: principal.visibility)
    }

    package init(reaching visibility: Visibility) {
        switch visibility {
        case .everything: self = .staff
        case .vendor: self = .vendor
        case .customer, .order, .cart, .nothing: self = .customer
        }
    }
}
