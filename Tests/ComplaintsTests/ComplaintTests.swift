import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Media
import Notifications
import Orders
import Postgres
import Testing
import Vendors

@testable import Complaints

@Suite("Complaints about orders") struct ComplaintTests {
    @Test("A complaint has a number, the law of where the order goes, and what is due by it")
    func filing() async throws {
        try await Desk.open { desk in
            let line = desk.placed.lines[0]
            let made = try await desk.file(
                .damaged, [Complaint.Line(line: line.id, quantity: 1)], "The box was crushed.")
            #expect(
                made.number == "C100001" && made.state == .open && made.vendor == line.vendor && made.country == "BD")
            let now = desk.market.clock.now.roundedToMicroseconds
            #expect(made.dueAt == now + 72 * 3_600)
            let read = try await desk.read(made.id, .customer)
            #expect(read.lines == [Complaint.Line(line: line.id, quantity: 1)])
            #expect(read.messages.map(\.body) == ["The box was crushed."] && read.messages.map(\.side) == [.customer])
            #expect(read.deadlines.map(\.step) == [.redress] && read.deadlines.map(\.warnAt) == [now + 48 * 3_600])
            let told = try await desk.market.told("complaint.filed")
            #expect(told.count == 1 && told[0]["concerns_vendor"] == true)
            let mails = try await desk.market.jobKinds().filter { $0 == EmailComplaint.Job.kind }
            #expect(mails.count == 2)
        }
    }

    @Test("In India it is acknowledged within 48 hours and redressed within a month")
    func india() async throws {
        try await Desk.open(country: "IN") { desk in
            let made = try await desk.file(.notDelivered, [], "Where is it?")
            let now = desk.market.clock.now.roundedToMicroseconds
            #expect(made.dueAt == now + 48 * 3_600)
            let deadlines = try await desk.read(made.id, .staff).deadlines
            #expect(deadlines.map(\.step) == [.acknowledgement, .redress])
            let acknowledged = try await desk.move(made.id, .acknowledge)
            #expect(acknowledged.dueAt == deadlines[1].dueAt && acknowledged.state == .acknowledged)
            let resolved = try await desk.move(made.id, .resolve(.delivered))
            #expect(resolved.dueAt == nil && resolved.outcome == .delivered && resolved.closedAt == now)
            #expect(try await desk.read(made.id, .staff).deadlines.allSatisfy { $0.metAt == now })
        }
    }

    @Test("Without an acknowledgement somebody is warned after 47 hours, and told of the breach after 48, once each")
    func deadlines() async throws {
        try await Desk.open(country: "IN") { desk in
            _ = try await desk.file(.notDelivered, [], "Where is it?")
            let acknowledged = try await desk.file(.payment, [], "Charged twice.")
            _ = try await desk.move(acknowledged.id, .acknowledge)
            let hours: [(Double, Int, Int)] = [(46.99, 0, 0), (47, 1, 0), (47.5, 1, 0), (48, 1, 1), (49, 1, 1)]
            let start = desk.market.clock.now
            for (hour, near, missed) in hours {
                desk.market.clock.advance(by: hour * 3_600 - desk.market.clock.now.timeIntervalSince(start))
                try await desk.check()
                #expect(try await desk.market.told("complaint.deadline_near").count == near, "after \(hour)")
                #expect(try await desk.market.told("complaint.deadline_missed").count == missed, "after \(hour)")
            }
            let told = try await desk.market.told("complaint.deadline_missed")
            #expect(told.first?["step"] == "acknowledgement")
            let alerts = try await desk.market.jobKinds().filter { $0 == AlertStaffOfComplaint.Job.kind }
            #expect(alerts.count == 2)
        }
    }

    @Test("What was missed without a warning is told of as missed alone")
    func missedAtOnce() async throws {
        try await Desk.open(country: "IN") { desk in
            _ = try await desk.file(.notDelivered, [], "Where is it?")
            desk.market.clock.advance(by: 50 * 3_600)
            try await desk.check()
            #expect(try await desk.market.told("complaint.deadline_near").isEmpty)
            #expect(try await desk.market.told("complaint.deadline_missed").count == 1)
        }
    }

    @Test("Each side reads what is meant for it, and the staff all")
    func audiences() async throws {
        try await Desk.open { desk in
            let made = try await desk.file(.damaged, [], "Broken.")
            try await desk.write(made.id, "For all", .everyone)
            try await desk.write(made.id, "For the customer", .customer)
            try await desk.write(made.id, "For the vendor", .vendor)
            try await desk.write(made.id, "For us", .staff)
            try await desk.write(made.id, "The vendor to all", .everyone, by: .vendor)
            try await desk.write(made.id, "The vendor to the staff", .vendor, by: .vendor)
            #expect(
                try await desk.read(made.id, .customer).messages.map(\.body)
                    == ["Broken.", "For all", "For the customer", "The vendor to all"])
            #expect(
                try await desk.read(made.id, .vendor).messages.map(\.body)
                    == ["Broken.", "For all", "For the vendor", "The vendor to all", "The vendor to the staff"])
            #expect(try await desk.read(made.id, .staff).messages.count == 7)
            for (side, audience) in [
                (ComplaintSide.customer, ComplaintMessage.Audience.staff), (.customer, .vendor), (.vendor, .customer),
            ] {
                await #expect(throws: Problem.self) { try await desk.write(made.id, "x", audience, by: side) }
            }
            await #expect(throws: Problem.self) { try await desk.write(made.id, "2341 2341 2346", .everyone) }
        }
    }

    @Test("Who was asked gives the complaint back by answering")
    func asking() async throws {
        try await Desk.open { desk in
            let made = try await desk.file(.damaged, [], "Broken.")
            #expect(try await desk.move(made.id, .askCustomer).state == .awaitingCustomer)
            try await desk.write(made.id, "Not mine to say", .everyone, by: .vendor)
            #expect(try await desk.read(made.id, .staff).complaint.state == .awaitingCustomer)
            try await desk.write(made.id, "Here is a picture", .everyone, by: .customer)
            #expect(try await desk.read(made.id, .staff).complaint.state == .acknowledged)
            #expect(try await desk.move(made.id, .askVendor).state == .awaitingVendor)
            try await desk.write(made.id, "We send another", .everyone, by: .vendor)
            #expect(try await desk.read(made.id, .staff).complaint.state == .acknowledged)
        }
    }

    @Test("A closed complaint is reopened by its customer within thirty days, with time that begins anew")
    func reopening() async throws {
        try await Desk.open { desk in
            let made = try await desk.file(.damaged, [], "Broken.")
            await #expect(throws: ComplaintActionRefused.self) { try await desk.move(made.id, .reopen, by: .customer) }
            _ = try await desk.move(made.id, .reject)
            await #expect(throws: ComplaintActionRefused.self) { try await desk.move(made.id, .acknowledge) }
            desk.market.clock.advance(by: 29 * 86_400)
            let reopened = try await desk.move(made.id, .reopen, by: .customer)
            let now = desk.market.clock.now.roundedToMicroseconds
            #expect(reopened.state == .reopened && reopened.reopenings == 1 && reopened.dueAt == now + 72 * 3_600)
            #expect(try await desk.read(made.id, .staff).deadlines.map(\.round) == [0, 1])
            _ = try await desk.move(made.id, .resolve(.explained))
            desk.market.clock.advance(by: 31 * 86_400)
            await #expect(throws: Problem.self) { try await desk.move(made.id, .reopen, by: .customer) }
            #expect(try await desk.move(made.id, .reopen).reopenings == 2)
        }
    }

    @Test("What is done already is not done, and not told, again")
    func repetition() async throws {
        try await Desk.open { desk in
            let made = try await desk.file(.damaged, [], "Broken.")
            for _ in 0..<3 { _ = try await desk.move(made.id, .acknowledge) }
            #expect(try await desk.market.told("complaint.moved").count == 1)
        }
    }

    @Test("Lines are the order's own, no more of them than were bought, and of one vendor")
    func lines() async throws {
        try await Desk.open { desk in
            let (first, second) = (desk.placed.lines[0], desk.placed.lines[1])
            let refused: [[Complaint.Line]] = [
                [Complaint.Line(line: ID(uuid: UUID()), quantity: 1)], [Complaint.Line(line: first.id, quantity: 3)],
                [Complaint.Line(line: first.id, quantity: 1), Complaint.Line(line: first.id, quantity: 1)],
                [Complaint.Line(line: first.id, quantity: 1), Complaint.Line(line: second.id, quantity: 1)],
            ]
            for lines in refused { await #expect(throws: Problem.self) { try await desk.file(.damaged, lines, "x") } }
            // Of two vendors' order as a whole no vendor reads.
            let whole = try await desk.file(.payment, [], "Charged twice.")
            #expect(whole.vendor == nil)
            await #expect(throws: Problem.notFound("complaint")) { try await desk.read(whole.id, .vendor) }
            await #expect(throws: Problem.self) { try await desk.move(whole.id, .askVendor) }
        }
    }

    @Test("A vendor reaches complaints about its own part, a customer those about their own orders")
    func reach() async throws {
        try await Desk.open { desk in
            let line = desk.placed.lines[0]
            let made = try await desk.file(.damaged, [Complaint.Line(line: line.id, quantity: 1)], "Broken.")
            let read = ReadComplaint()
            for visibility in [
                Visibility.vendor(UUID()), .customer(desk.customer), .order(desk.placed.order.id.uuid), .nothing,
            ] {
                await #expect(throws: Problem.notFound("complaint")) {
                    try await read(made.id, visibleTo: visibility, in: desk.market.client)
                }
            }
            await #expect(throws: Problem.notFound("order")) {
                try await read(
                    made.id, about: desk.placed.order.id, visibleTo: .customer(UUID()), in: desk.market.client)
            }
            let other = try await desk.market.place((try await desk.market.goods(units: 1, sku: "OTHER"), 1)).order.id
            await #expect(throws: Problem.notFound("complaint")) {
                try await read(made.id, about: other, visibleTo: .everything, in: desk.market.client)
            }
        }
    }

    @Test("The queue begins with what is due first, ends with what is not due, and goes on where a page ends")
    func queue() async throws {
        try await Desk.open(country: "IN") { desk in
            var made: [Complaint] = []
            for _ in 0..<3 {
                made.append(try await desk.file(.other, [], "x"))
                desk.market.clock.advance(by: 60)
            }
            _ = try await desk.move(made[0].id, .acknowledge)
            try await desk.market.owner.execute("UPDATE complaints SET due_at = NULL WHERE id = \(made[1].id)")
            let store = ComplaintStore()
            var (found, cursor) = ([ID<Complaint>](), String?.none)
            repeat {
                let page = try await store.complaints(
                    .open(nil), page: PageRequest(limit: 1, cursor: cursor), visibleTo: .everything,
                    in: desk.market.client)
                found += page.items.map(\.id)
                cursor = page.next?.encoded
            } while cursor != nil
            #expect(found == [made[2].id, made[0].id, made[1].id])
            _ = try await desk.move(made[2].id, .reject)
            let closed = try await store.complaints(
                .closed, page: PageRequest(), visibleTo: .everything, in: desk.market.client)
            #expect(closed.items.map(\.id) == [made[2].id])
            let acknowledged = try await store.complaints(
                .open(.acknowledged), page: PageRequest(), visibleTo: .everything, in: desk.market.client)
            #expect(acknowledged.items.map(\.id) == [made[0].id])
        }
    }

    @Test("A file is shown by the message that names it, once, to those who read the message")
    func attachments() async throws {
        try await Desk.open { desk in
            let line = desk.placed.lines[0]
            let made = try await desk.file(.damaged, [Complaint.Line(line: line.id, quantity: 1)], "Broken.")
            let media = try await desk.market.file(of: nil, for: .complaintAttachment)
            let store = ComplaintMessageStore()
            let order = desk.placed.order.id
            _ = try await desk.market.work {
                try await store.insert(media, for: order, from: .customer, at: desk.market.clock.now, in: $0)
            }
            let isReadable = { @Sendable (side: ComplaintSide) in
                try await store.isReadable(media, about: order, complaint: nil, by: side, in: desk.market.client)
            }
            let before = (try await isReadable(.customer), try await isReadable(.staff), try await isReadable(.vendor))
            #expect(before == (true, true, false))
            await #expect(throws: Problem.self) {
                try await desk.write(made.id, "Not mine", .everyone, [media], by: .vendor)
            }
            try await desk.write(made.id, "See", .everyone, [media], by: .customer)
            #expect(try await isReadable(.vendor))
            #expect(try await desk.read(made.id, .vendor).messages.last?.attachments == [media])
            await #expect(throws: Problem.self) {
                try await desk.write(made.id, "Again", .everyone, [media], by: .customer)
            }
        }
    }

    @Test("Customers are told of what they have to know, readers of what was said, and nobody twice")
    func mails() {
        let (complaint, message) = (ID<Complaint>(uuid: UUID()), ID<ComplaintMessage>(uuid: UUID()))
        let filed = EmailComplaint.Job.jobs(
            for: ComplaintFiled(complaintID: complaint, messageID: message, concernsVendor: false))
        #expect(filed.map(\.reader) == [.customer] && filed.map(\.notice) == [.received])
        let resolved = EmailComplaint.Job.jobs(
            for: ComplaintMoved(complaintID: complaint, action: "resolved", messageID: message, readers: [.vendor]))
        #expect(resolved.map(\.reader) == [.customer, .vendor] && resolved.map(\.messageID) == [nil, message])
        let asked = EmailComplaint.Job.jobs(
            for: ComplaintMoved(
                complaintID: complaint, action: "customer_asked", messageID: message, readers: [.customer]))
        #expect(asked.map(\.notice) == [.message] && asked.map(\.reader) == [.customer])
        #expect(
            EmailComplaint.Job.jobs(
                for: ComplaintMoved(complaintID: complaint, action: "escalated", messageID: nil, readers: [])
            ).isEmpty)
    }

    @Test("A mail carries the words and the number, in the reader's language", arguments: MessageLocale.allCases)
    func words(locale: MessageLocale) {
        let complaint = Complaint(
            id: ID(uuid: UUID()), number: "C100007", order: ID(uuid: UUID()), vendor: nil, country: nil, kind: .other,
            filedBy: .system, filedAt: Date(timeIntervalSince1970: 0))
        for notice in ComplaintMail.Notice.allCases {
            let mail = ComplaintMail(notice, complaint: complaint, orderNumber: "H100001", message: "<b>Broken</b>")
                .rendered(in: locale)
            #expect(mail.subject.contains("C100007") && mail.subject.contains("H100001"))
            #expect(mail.text.contains("<b>Broken</b>") && mail.html.contains("&lt;b&gt;Broken&lt;/b&gt;"))
        }
        let alert = ComplaintAlertMail(
            complaintNumber: "C100007", step: .redress, dueAt: Date(timeIntervalSince1970: 1_800_000_000),
            isMissed: true
        ).rendered(in: locale)
        #expect(alert.subject.contains("C100007") && alert.text.contains("2027-01-15 08:00 UTC"))
    }
}

/// A marketplace with one order of two vendors, and those who have to do with it.
struct Desk: Sendable {
    let market: Marketplace
    let placed: PlacedOrder
    let customer: UUID

    static func open(country: String = "BD", _ body: @escaping @Sendable (Desk) async throws -> Void) async throws {
        try await Marketplace.open { market in
            let (book, other) = (try await market.goods(units: 5), try await market.goods(units: 5, sku: "BOOK-2"))
            let placed = try await market.place(
                (book, 2), (other, 1),
                address: ShippingAddress(name: "Karim", line1: "12 Lake Road", city: "Dhaka", country: country))
            let customer = UUID()
            try await market.owner.execute(
                "UPDATE orders SET customer_id = \(customer) WHERE id = \(placed.order.id)")
            try await body(Desk(market: market, placed: placed, customer: customer))
        }
    }

    func principal(_ side: ComplaintSide) -> Principal {
        switch side {
        case .customer:
            Principal(.customer(customer), permissions: Role.customer.permissions, visibility: .customer(customer))
        case .vendor:
            Principal(
                .vendorMember(UUID()), permissions: Role.vendorManager.permissions,
                visibility: .vendor(placed.lines[0].vendor.uuid))
        case .staff: .system
        }
    }

    func file(_ kind: Complaint.Kind, _ lines: [Complaint.Line], _ text: String) async throws -> Complaint {
        // About the first vendor's part, unless it says otherwise.
        let isAboutGoods = kind == .damaged && lines.isEmpty
        let lines = isAboutGoods ? [Complaint.Line(line: placed.lines[0].id, quantity: 1)] : lines
        return try await market.work {
            try await FileComplaint(audit: market.audit, ids: market.ids, clock: market.clock)(
                NewComplaint(kind: kind, lines: lines, message: NewComplaintMessage(body: text)),
                about: placed.order.id,
                by: principal(.customer), in: $0)
        }
    }

    func write(
        _ id: ID<Complaint>, _ text: String, _ audience: ComplaintMessage.Audience, _ files: [ID<MediaFile>] = [],
        by side: ComplaintSide = .staff
    ) async throws {
        _ = try await market.work {
            try await WriteComplaintMessage(audit: market.audit, ids: market.ids, clock: market.clock)(
                NewComplaintMessage(body: text, attachments: files, audience: audience), on: id,
                of: side == .customer ? placed.order.id : nil, by: principal(side), in: $0)
        }
    }

    func move(
        _ id: ID<Complaint>, _ action: ComplaintAction, by side: ComplaintSide = .staff
    ) async throws -> Complaint {
        try await market.work {
            try await MoveComplaint(audit: market.audit, ids: market.ids, clock: market.clock)(
                id, action, of: side == .customer ? placed.order.id : nil, by: principal(side), in: $0)
        }
    }

    func read(_ id: ID<Complaint>, _ side: ComplaintSide) async throws -> ComplaintDetails {
        let reach = principal(side).visibility
        guard side == .customer else { return try await ReadComplaint()(id, visibleTo: reach, in: market.client) }
        return try await ReadComplaint()(id, about: placed.order.id, visibleTo: reach, in: market.client)
    }

    func check() async throws {
        let check = CheckComplaintDeadlines(audit: market.audit, clock: market.clock)
        for missed in [true, false] { _ = try await market.work { try await check.tell(missed: missed, in: $0) } }
    }
}
