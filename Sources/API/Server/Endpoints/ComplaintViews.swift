import Complaints
import Core
import Endpoints
import Foundation
import Media
import Orders
import Values

struct ComplaintSummaryView: APIOutput {
    let complaint: Complaint

    static let example = ComplaintSummaryView(
        complaint: Complaint(
            id: .example, number: "C100001", order: .example, vendor: .example, country: "BD", kind: .damaged,
            filedBy: .system, filedAt: .example, dueAt: .example + 259_200))

    func write(to out: inout ObjectWriter) { complaint.writeHeader(to: &out) }
}

struct ComplaintView: APIOutput {
    let details: ComplaintDetails

    static let example = ComplaintView(
        details: ComplaintDetails(
            complaint: ComplaintSummaryView.example.complaint, lines: [Complaint.Line(line: .example, quantity: 1)],
            deadlines: [ComplaintDeadlineView.example.deadline], messages: [ComplaintMessageView.example.message]))

    func write(to out: inout ObjectWriter) {
        details.complaint.writeHeader(to: &out)
        out.field("lines", details.lines.map(ComplaintLineView.init), "What it is about; none: the order as a whole")
        out.field("deadlines", details.deadlines.map(ComplaintDeadlineView.init), "Of all rounds, earliest due first")
        out.field(
            "messages", details.messages.map(ComplaintMessageView.init), "Those that you read, the earliest first")
    }
}

extension Complaint {
    fileprivate func writeHeader(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("number", number, "The ticket by which it is followed")
        out.field("order_id", order)
        out.field("vendor_id", vendor, "Whose part it is about; null: the order as a whole")
        out.field("country", country, "Whose law holds (ISO 3166-1 alpha-2)")
        out.field("kind", kind)
        out.field("state", state)
        out.field("outcome", outcome, "What was done about one that is resolved")
        out.field("filed_at", filedAt)
        out.field("closed_at", closedAt, "When it was resolved or rejected")
        out.field("due_at", dueAt, "The first of its deadlines that is not met")
        out.field("reopenings", reopenings)
    }
}

struct ComplaintLineView: APIOutput {
    let line: Complaint.Line

    static let example = ComplaintLineView(line: Complaint.Line(line: .example, quantity: 1))

    func write(to out: inout ObjectWriter) {
        out.field("line_id", line.line)
        out.field("quantity", line.quantity)
    }
}

struct ComplaintDeadlineView: APIOutput {
    let deadline: ComplaintDeadline

    static let example = ComplaintDeadlineView(
        deadline: ComplaintDeadline(
            complaint: .example, step: .redress, round: 0, dueAt: .example + 259_200, warnAt: .example + 172_800))

    func write(to out: inout ObjectWriter) {
        out.field("step", deadline.step)
        out.field("round", deadline.round, "0, and one more with each reopening")
        out.field("due_at", deadline.dueAt)
        out.field("met_at", deadline.metAt)
        out.field("missed_at", deadline.missedAt, "When it was found that it was not met in time")
    }
}

struct ComplaintMessageView: APIOutput {
    let message: ComplaintMessage

    static let example = ComplaintMessageView(
        message: ComplaintMessage(
            id: .example, complaint: .example, side: .customer, audience: .everyone, body: "The box was crushed.",
            attachments: [.example], createdBy: .system, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", message.id)
        out.field("side", message.side, "For whom it speaks")
        out.field("audience", message.audience, "Who reads it besides the staff")
        out.field("body", message.body)
        out.field("attachment_ids", message.attachments, "Private files: ask for a link")
        out.field("created_at", message.createdAt)
    }
}

struct ComplaintClockView: APIOutput {
    let clock: ComplaintClock

    static let example = ComplaintClockView(
        clock: ComplaintClock(
            country: "IN", step: .acknowledgement, hours: 48, warningHours: 1,
            validFrom: CivilDate(daysSinceEpoch: 18_466), source: "Consumer Protection (E-Commerce) Rules, 2020"))

    func write(to out: inout ObjectWriter) {
        out.field("country", clock.country, "ISO 3166-1 alpha-2")
        out.field("step", clock.step)
        out.field("months", clock.months, "Of the calendar there")
        out.field("hours", clock.hours, "After those")
        out.field("warning_hours", clock.warningHours, "How long before somebody is warned")
        out.field("valid_from", clock.validFrom)
        out.field("valid_until", clock.validUntil, "The first day on which it holds no more")
        out.field("source", clock.source)
    }
}
