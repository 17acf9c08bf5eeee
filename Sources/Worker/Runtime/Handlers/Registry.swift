import Core
import Jobs
import Notifications
import Platform

extension JobRegistry {
    /// A handler for every kind of job of the product. Handlers hold neither SQL nor rules: each calls one use case.
    static func product(on platform: Platform, mail: SMTPTransport) throws -> JobRegistry {
        var registry = JobRegistry()
        registry.registerPayments(on: platform)
        registry.registerOrders(on: platform)
        try registry.registerNotifications(on: platform, mail: mail)
        registry.registerMaintenance(on: platform)
        return registry
    }
}
