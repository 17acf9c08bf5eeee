import Complaints
import Core
import Endpoints
import Media
import Orders
import Values

struct ComplaintsQuery: APIInput {
    let filter: ComplaintFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        let state = fields.optional("state", .oneOf(ComplaintState.self), "Only those that wait in this state")
        let isClosed = fields.optional("closed", .boolean, "Those that are resolved or rejected", default: false)
        fields.check(!isClosed || state == nil, "state", "is for those that are not closed")
        filter = isClosed ? .closed : .open(state)
        page = fields.page()
    }
}

struct ComplaintCreateInput: APIInput {
    let complaint: NewComplaint

    init(_ fields: inout Fields) {
        complaint = NewComplaint(
            kind: fields.required("kind", .oneOf(Complaint.Kind.self), "What is wrong", example: .damaged),
            lines: fields.optional(
                "lines", .array(of: .object(ComplaintLineCreateInput.self), count: NewComplaint.lineCount),
                "What it is about, of one vendor; left out: the order as a whole"
            )?.map(\.line) ?? [],
            message: fields.required("message", .object(ComplaintFirstMessageInput.self), "What there is to say")
                .message)
    }
}

struct ComplaintLineCreateInput: APIInput {
    let line: Complaint.Line

    init(_ fields: inout Fields) {
        line = Complaint.Line(
            line: fields.required("line_id", .id(OrderLine.self), "Which", example: .example),
            quantity: fields.required("quantity", .integer(NewComplaint.quantity), "How many of it", example: 1))
    }
}

struct ComplaintFirstMessageInput: APIInput {
    let message: NewComplaintMessage

    init(_ fields: inout Fields) {
        message = NewComplaintMessage(
            body: fields.required("body", .text(ComplaintMessage.body), "In words", example: "The box was crushed."),
            attachments: fields.attachments())
    }
}

struct ComplaintMessageCreateInput: APIInput {
    let message: NewComplaintMessage

    init(_ fields: inout Fields) {
        message = NewComplaintMessage(
            body: fields.required(
                "body", .text(ComplaintMessage.body), "In words", example: "A new one is on its way."),
            attachments: fields.attachments(), audience: fields.audience())
    }
}

/// What is said with a step, and what the step needs.
protocol ComplaintMoveInput: APIInput {
    var message: NewComplaintMessage? { get }
}

struct ComplaintNoteInput: ComplaintMoveInput {
    let message: NewComplaintMessage?

    init(_ fields: inout Fields) { message = fields.optionalMessage() }
}

struct ComplaintReasonInput: ComplaintMoveInput {
    let message: NewComplaintMessage?

    init(_ fields: inout Fields) {
        message = fields.required("message", .object(ComplaintFirstMessageInput.self), "Why").message
    }
}

struct ComplaintAskInput: ComplaintMoveInput {
    let side: Asked
    let message: NewComplaintMessage?

    enum Asked: String, CaseIterable, Sendable {
        case customer, vendor
    }

    init(_ fields: inout Fields) {
        side = fields.required("of", .oneOf(Asked.self), "Who is asked", example: .customer)
        let said = fields.required("message", .object(ComplaintFirstMessageInput.self), "What").message
        message = NewComplaintMessage(
            body: said.body, attachments: said.attachments, audience: side == .customer ? .customer : .vendor)
    }
}

struct ComplaintResolveInput: ComplaintMoveInput {
    let outcome: Complaint.Outcome
    let message: NewComplaintMessage?

    init(_ fields: inout Fields) {
        outcome = fields.required(
            "outcome", .oneOf(Complaint.Outcome.self), "What was done; money itself goes back by a refund",
            example: .replaced)
        message = fields.optionalMessage()
    }
}

struct ComplaintClockCreateInput: APIInput {
    let clock: ComplaintClock

    init(_ fields: inout Fields) {
        clock = ComplaintClock(
            country: fields.required("country", .text(ComplaintClock.country), "ISO 3166-1 alpha-2", example: "BD"),
            step: fields.required("step", .oneOf(ComplaintStep.self), "What it is for", example: .acknowledgement),
            months: fields.optional(
                "months", .integer(ComplaintClock.monthRange), "Of the calendar there", default: 0),
            hours: fields.optional("hours", .integer(ComplaintClock.hourRange), "After those", default: 0, example: 48),
            warningHours: fields.optional(
                "warning_hours", .integer(ComplaintClock.warningRange), "How long before somebody is warned",
                default: 24),
            validFrom: fields.required(
                "valid_from", .day, "The first day on which it holds", example: CivilDate(daysSinceEpoch: 21_000)),
            source: fields.required(
                "source", .text(ComplaintClock.source), "What says so", example: "Consumer Protection Rules, 2027"))
    }
}

extension Fields {
    fileprivate mutating func attachments() -> [ID<MediaFile>] {
        optional(
            "attachment_ids", .array(of: .id(MediaFile.self), count: ComplaintMessage.attachmentCount),
            "Files that were uploaded for it") ?? []
    }

    fileprivate mutating func audience() -> ComplaintMessage.Audience {
        optional(
            "audience", .oneOf(ComplaintMessage.Audience.self),
            "Who reads it besides the staff; only the staff can leave others out", default: .everyone)
    }

    fileprivate mutating func optionalMessage() -> NewComplaintMessage? {
        optional("message", .object(ComplaintMessageCreateInput.self), "What is said about it")?.message
    }
}
