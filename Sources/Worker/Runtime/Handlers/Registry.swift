import Core
import Jobs
import Notifications
import Payments
import Platform
import Shipments

extension JobRegistry {
    /// A handler for every kind of job of the product. Handlers hold neither SQL nor rules: each calls one use case.
    static func product(
        on platform: Platform, providers: ProviderAccounts, mail: SMTPTransport
    ) throws -> JobRegistry {
        var registry = JobRegistry()
        let payments = PaymentServices(on: platform, gateways: providers.gateways)
        let shipments = ShipmentServices(on: platform, couriers: providers.couriers, payments: payments)
        registry.registerWebhooks(payments, shipments)
        registry.registerPayments(on: platform, payments)
        registry.registerShipments(shipments)
        registry.registerOrders(on: platform, payments)
        registry.registerStock(on: platform)
        registry.registerCarts(on: platform)
        try registry.registerNotifications(on: platform, mail: mail)
        try registry.registerMaintenance(on: platform)
        try registry.registerMedia(on: platform)
        try registry.registerDocuments(on: platform)
        registry.registerSearch(on: platform)
        registry.registerCaches(on: platform)
        registry.registerOutgoingWebhooks(on: platform)
        registry.registerCatalogue(on: platform, payments)
        registry.registerCustomers(on: platform)
        return registry
    }
}
