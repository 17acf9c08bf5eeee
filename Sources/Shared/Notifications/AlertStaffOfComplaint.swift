package import Complaints
package import Core
package import Foundation
package import Identity
package import Jobs

/// Tells those of the staff who answer complaints that one is due, or was not answered in time.
package struct AlertStaffOfComplaint: Sendable {
    /// One mail for each of them.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.alert_staff_of_complaint"
        package static let queue = QueueName.email

        package let complaintID: ID<Complaint>
        package let step: ComplaintStep
        package let round: Int
        package let dueAt: Date
        package let isMissed: Bool

        package init(complaintID: ID<Complaint>, step: ComplaintStep, round: Int, dueAt: Date, isMissed: Bool) {
            self.complaintID = complaintID
            self.step = step
            self.round = round
            self.dueAt = dueAt
            self.isMissed = isMissed
        }

        package init(_ event: ComplaintDeadlineNear) {
            self.init(
                complaintID: event.complaintID, step: event.step, round: event.round, dueAt: event.dueAt,
                isMissed: false)
        }

        package init(_ event: ComplaintDeadlineMissed) {
            self.init(
                complaintID: event.complaintID, step: event.step, round: event.round, dueAt: event.dueAt,
                isMissed: true)
        }

        package var uniqueKey: String? { "\(complaintID)/\(step.rawValue)/\(round)/\(isMissed)" }
    }

    /// The mail to one of them.
    package struct MailJob: JobPayload, Hashable {
        package static let kind = "notifications.email_complaint_alert"
        package static let queue = QueueName.email

        package let alert: Job
        package let membershipID: ID<Membership>

        package init(_ alert: Job, to membershipID: ID<Membership>) {
            self.alert = alert
            self.membershipID = membershipID
        }

        package var uniqueKey: String? { alert.uniqueKey.map { "\($0)/\(membershipID)" } }
    }

    /// More than so many people do not share one duty.
    private static let mostRecipients = 50

    private let directory = StaffDirectory()
    private let mailer: Mailer

    package init(mailer: Mailer) { self.mailer = mailer }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        for one in try await directory.staff(whoMay: .complaintsManage, atMost: Self.mostRecipients, in: work) {
            try work.enqueue(MailJob(job, to: one.membership))
        }
    }

    /// - Parameter jobID: identifies the message for good.
    package func mail(_ job: MailJob, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            let alert = job.alert
            guard
                let complaint = try await ComplaintStore().complaint(
                    alert.complaintID, visibleTo: .everything, in: work)
            else { throw PermanentJobFailure("there is no complaint \(alert.complaintID)") }
            // Somebody may have done it meanwhile.
            let deadlines = try await ComplaintStore().deadlines(of: complaint.id, in: work)
            let isOpen = deadlines.contains { $0.step == alert.step && $0.round == alert.round && $0.metAt == nil }
            guard isOpen, let person = try await directory.staff(job.membershipID, in: work) else { return nil }
            return ComposedEmail(
                id: jobID, subject: .of(complaint.id), recipient: person.email, locale: MessageLocale(person.locale),
                template: ComplaintAlertMail(
                    complaintNumber: complaint.number, step: alert.step, dueAt: alert.dueAt, isMissed: alert.isMissed))
        }
    }
}
