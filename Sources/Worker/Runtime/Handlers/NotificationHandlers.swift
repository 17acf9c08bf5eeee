import Core
import Identity
import Inventory
import Jobs
import Logging
import Notifications
import Orders
import Outbound
import Platform
import Vendors

extension JobRegistry {
    /// E-mails and texts to customers and vendors.
    mutating func registerNotifications(on platform: Platform, mail: SMTPTransport) throws {
        let mailer = Mailer(
            transport: mail, sender: try platform.sender, audit: platform.audit, clock: platform.clock,
            logger: platform.logger)
        let reveal = RevealOrderKeys(
            vault: LicenceKeyVault(vault: platform.vault), audit: platform.audit, clock: platform.clock)
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
        let notify = NotifyKeyRecall()
        register(NotifyKeyRecall.Job.self, timeout: .seconds(3600)) { job, context in
            try await notify.run(job, in: context)
        }
        let recall = SendKeyRecall(mailer: mailer)
        register(SendKeyRecall.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: timeout) { job, context in
            try await recall(job, jobID: context.jobID, in: context)
        }
        registerLowStock(on: platform, mailer: mailer, mailTimeout: timeout)
        registerWebhooksDisabled(on: platform, mailer: mailer, mailTimeout: timeout)
        registerCodes(on: platform, mailer: mailer, mailTimeout: timeout)
        registerInvitations(on: platform, mailer: mailer, mailTimeout: timeout)
        registerComplaints(on: platform, mailer: mailer, mailTimeout: timeout)
    }

    private mutating func registerLowStock(on platform: Platform, mailer: Mailer, mailTimeout: Duration) {
        let notify = NotifyLowStock(clock: platform.clock)
        register(NotifyLowStock.Job.self) { job, context in
            try await context.finish { try await notify(job, in: $0) }
        }
        let send = SendLowStock(shop: platform.configuration.publicHost, mailer: mailer)
        register(SendLowStock.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: mailTimeout) {
            job, context in
            try await send(job, jobID: context.jobID, in: context)
        }
    }

    private mutating func registerWebhooksDisabled(on platform: Platform, mailer: Mailer, mailTimeout: Duration) {
        let send = SendWebhookDisabled(shop: platform.configuration.publicHost, mailer: mailer)
        register(SendWebhookDisabled.Job.self) { job, context in
            try await context.finish { try await send(job, in: $0) }
        }
        register(SendWebhookDisabled.MailJob.self, policy: RetryPolicy(maximumAttempts: 20), timeout: mailTimeout) {
            job, context in
            try await send.mail(job, jobID: context.jobID, in: context)
        }
    }

    private mutating func registerInvitations(on platform: Platform, mailer: Mailer, mailTimeout: Duration) {
        let (settings, clock) = (platform.configuration, platform.clock)
        let tokens = InvitationTokens(keys: settings.encryptionKeys)
        let email = EmailInvitation(
            read: ReadInvitationMessage(tokens: tokens, clock: clock), shop: settings.publicHost,
            publicURL: settings.publicURL, mailer: mailer)
        register(EmailInvitation.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: mailTimeout) {
            job, context in
            try await email(job, jobID: context.jobID, in: context)
        }
        let inviteOwner = InviteOwner(
            invite: Invite(tokens: tokens, audit: platform.audit, ids: platform.ids, clock: clock))
        register(InviteOwner.Job.self) { job, context in
            try await context.finish { try await inviteOwner(job, in: $0) }
        }
    }

    private mutating func registerCodes(on platform: Platform, mailer: Mailer, mailTimeout: Duration) {
        let read = ReadVerificationMessage(
            codes: VerificationCodes(keys: platform.configuration.encryptionKeys), clock: platform.clock)
        let shop = platform.configuration.publicHost
        let email = EmailVerificationCode(read: read, shop: shop, mailer: mailer)
        register(EmailVerificationCode.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: mailTimeout) {
            job, context in
            try await email(job, jobID: context.jobID, in: context)
        }
        let text = TextVerificationCode(read: read, shop: shop, texter: platform.texter)
        register(TextVerificationCode.Job.self, policy: RetryPolicy(maximumAttempts: 20)) { job, context in
            try await text(job, jobID: context.jobID, in: context)
        }
    }
}

extension Platform {
    fileprivate var texter: Texter? {
        configuration.sms.map { settings in
            Texter(
                transport: SMSGateway(settings: settings, transport: HTTPTransport(client: http), logger: logger),
                audit: audit, clock: clock, logger: logger)
        }
    }

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
