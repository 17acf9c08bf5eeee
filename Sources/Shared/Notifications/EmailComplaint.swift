package import Complaints
package import Core
package import Foundation
import Identity
package import Jobs
import Orders
import Vendors

/// Tells a customer or a vendor what there is to know about a complaint.
package struct EmailComplaint: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.email_complaint"
        package static let queue = QueueName.email

        package let complaintID: ID<Complaint>
        package let notice: ComplaintMail.Notice
        package let reader: ComplaintSide
        /// What was written about it, where the reader reads that.
        package let messageID: ID<ComplaintMessage>?

        package init(
            complaintID: ID<Complaint>, _ notice: ComplaintMail.Notice, to reader: ComplaintSide,
            message messageID: ID<ComplaintMessage>? = nil
        ) {
            self.complaintID = complaintID
            self.notice = notice
            self.reader = reader
            self.messageID = messageID
        }
    }

    private let mailer: Mailer

    package init(mailer: Mailer) { self.mailer = mailer }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(_ job: Job, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            guard
                let complaint = try await ComplaintStore().complaint(
                    job.complaintID, visibleTo: .everything, in: work),
                let order = try await OrderStore().order(complaint.order, visibleTo: .everything, in: work)
            else { throw PermanentJobFailure("there is no complaint \(job.complaintID)") }
            var body: String?
            if let id = job.messageID {
                let message = try await ComplaintMessageStore().message(id, in: work)
                // Never what is not for them, whatever the job says.
                guard let message, message.audience.includes(job.reader) else { return nil }
                body = message.body
            }
            guard let recipient = try await recipient(job.reader, of: complaint, order, in: work) else { return nil }
            return ComposedEmail(
                id: jobID, subject: .of(complaint.id), recipient: recipient.address, locale: recipient.locale,
                template: ComplaintMail(job.notice, complaint: complaint, orderNumber: order.number, message: body))
        }
    }

    private func recipient(
        _ reader: ComplaintSide, of complaint: Complaint, _ order: Order, in work: UnitOfWork
    ) async throws -> (address: EmailAddress, locale: MessageLocale)? {
        switch reader {
        case .customer:
            var locale = MessageLocale.english
            if let id = order.customer.account, let account = try await AccountStore().account(ID(uuid: id), in: work) {
                locale = MessageLocale(account.locale)
            }
            return (order.customer.email, locale)
        case .vendor:
            guard let id = complaint.vendor,
                let vendor = try await VendorStore().vendor(id, visibleTo: .everything, in: work)
            else { return nil }
            return (vendor.email, .english)
        case .staff: return nil
        }
    }
}

extension ComplaintMail.Notice {
    /// What is told of an action; nil where nobody is told of it alone.
    package init?(of action: String) {
        switch action {
        case ComplaintAction.acknowledge.name: self = .acknowledged
        case "resolved": self = .resolved
        case ComplaintAction.reject.name: self = .rejected
        case ComplaintAction.reopen.name: self = .reopened
        default: return nil
        }
    }
}

extension EmailComplaint.Job {
    /// Who is told that a complaint has arrived: the customer, and the vendor whose part it is about.
    package static func jobs(for event: ComplaintFiled) -> [EmailComplaint.Job] {
        let customer = EmailComplaint.Job(complaintID: event.complaintID, .received, to: .customer)
        guard event.concernsVendor else { return [customer] }
        return [
            customer,
            EmailComplaint.Job(complaintID: event.complaintID, .filed, to: .vendor, message: event.messageID),
        ]
    }

    /// Those who read what was said about a move, and the customer in any case where it is one of those that they are told of.
    package static func jobs(for event: ComplaintMoved) -> [EmailComplaint.Job] {
        let notice = ComplaintMail.Notice(of: event.action)
        let told: [ComplaintSide] = notice == nil ? event.readers : Set(event.readers + [.customer]).sorted()
        return told.map { reader in
            EmailComplaint.Job(
                complaintID: event.complaintID, notice ?? .message, to: reader,
                message: event.readers.contains(reader) ? event.messageID : nil)
        }
    }

    package static func jobs(for event: ComplaintMessageWritten) -> [EmailComplaint.Job] {
        event.readers.map { reader in
            EmailComplaint.Job(complaintID: event.complaintID, .message, to: reader, message: event.messageID)
        }
    }
}

extension ComplaintSide: Comparable {
    package static func < (left: ComplaintSide, right: ComplaintSide) -> Bool { left.rawValue < right.rawValue }
}
