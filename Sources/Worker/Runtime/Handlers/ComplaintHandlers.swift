import Complaints
import Core
import Jobs
import Notifications
import Platform

extension JobRegistry {
    /// What laws ask for about complaints, and mails to those whom they concern.
    /// - Parameter mailTimeout: how long the mail server may take.
    mutating func registerComplaints(on platform: Platform, mailer: Mailer, mailTimeout: Duration) {
        let check = CheckComplaintDeadlines(audit: platform.audit, clock: platform.clock)
        register(CheckComplaintDeadlines.Job.self, timeout: .seconds(600)) { _, context in
            try await check.run(in: context)
        }
        let email = EmailComplaint(mailer: mailer)
        register(EmailComplaint.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: mailTimeout) {
            job, context in
            try await email(job, jobID: context.jobID, in: context)
        }
        let alert = AlertStaffOfComplaint(mailer: mailer)
        register(AlertStaffOfComplaint.Job.self) { job, context in
            try await context.finish { try await alert(job, in: $0) }
        }
        register(AlertStaffOfComplaint.MailJob.self, policy: RetryPolicy(maximumAttempts: 20), timeout: mailTimeout) {
            job, context in
            try await alert.mail(job, jobID: context.jobID, in: context)
        }
    }
}
