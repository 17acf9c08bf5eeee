import Core
import Inventory
import Jobs
import Logging
import Notifications
import Orders
import Platform

extension JobRegistry {
    /// E-mails to customers and vendors.
    mutating func registerNotifications(on platform: Platform, mail: SMTPTransport) throws {
        let mailer = Mailer(
            transport: mail, sender: try platform.sender, audit: platform.audit, clock: platform.clock,
            logger: platform.logger)
        let reveal = RevealOrderKeys(vault: LicenceKeyVault(vault: platform.vault), audit: platform.audit)
        let delivered = SendOrderDelivered(reveal: reveal, mailer: mailer)
        // What the server has taken is on record long before the job's time is over, or it would be sent again.
        let timeout = mail.deliveryTimeout * 2
        register(SendOrderDelivered.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: timeout) {
            job, context in
            try await delivered(job, jobID: context.jobID, in: context)
        }
        let sale = SendVendorSale(mailer: mailer)
        register(SendVendorSale.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: timeout) { job, context in
            try await sale(job, jobID: context.jobID, in: context)
        }
    }
}

extension Platform {
    fileprivate var sender: Mailbox {
        get throws {
            guard let mailbox = Mailbox(parsing: configuration.mailFrom) else {
                throw ConfigurationError(failures: [
                    "HAAT_MAIL_FROM must be an address such as Haat <no-reply@haat.example>"
                ])
            }
            return mailbox
        }
    }
}
