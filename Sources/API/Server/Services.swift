import Addresses
import CatalogTransfer
import Core
import Documents
import Endpoints
import Identity
import Jobs
import Media
import Payments
import Platform
import Postgres
import Pricing
import Shipments
import Webhooks

/// An endpoint of this API.
typealias Endpoint = Endpoints.Endpoint<Services>

/// A page of this API.
typealias PageEndpoint = Endpoints.PageEndpoint<Services>

/// An endpoint of this API that takes in files.
typealias UploadEndpoint = Endpoints.UploadEndpoint<Services>

/// A raw endpoint of this API.
typealias RawEndpoint = Endpoints.RawEndpoint<Services>

/// Everything that endpoints call. Built once per process; endpoints hold no state of their own.
struct Services: Sendable {
    let postgres: PostgresClient
    let queue: JobQueue
    let commerce: Commerce
    let complaints: ComplaintServices
    let media: MediaServices
    let documents: DocumentServices
    let transfer: TransferServices
    let accounts: AccountServices
    let teams: TeamServices
    let vendors: VendorServices
    let customers: CustomerServices
    let shipping: ShippingServices
    let shipments: ShipmentServices
    let outgoingWebhooks: OutgoingWebhookServices
    let carts: CartServices
    let jobs: JobOperations
    let steerJobs: SteerJobs
    let events = EventFeed()
    let live: LiveEvents
    let answers = AnswerCache()
    let audit: AuditStore
    let bodies: BodyBudget
    let webhooks: WebhookIntake
    let webhookEvents: WebhookEventStore
    let webhookReceivers: WebhookReceivers
    let gateways: [GatewayDescription]
    let couriers: [CourierDescription]

    /// - Parameter providers: those that are switched on.
    init(on platform: Platform, providers: ProviderAccounts) {
        let gateways = providers.gateways
        let ids = platform.ids
        postgres = platform.postgres
        queue = platform.queue
        let payments = PaymentServices(on: platform, gateways: gateways)
        let rules = PricingRulesCache(clock: platform.clock)
        let places = KnownPlaces(clock: platform.clock)
        media = MediaServices(on: platform)
        commerce = Commerce(
            on: platform, payments: payments, rules: rules, places: places, links: media.links)
        accounts = AccountServices(on: platform)
        teams = TeamServices(on: platform)
        vendors = VendorServices(on: platform)
        shipping = ShippingServices(on: platform)
        shipments = ShipmentServices(on: platform, couriers: providers.couriers, payments: payments)
        outgoingWebhooks = OutgoingWebhookServices(on: platform)
        carts = CartServices(on: platform, rules: rules, places: places, place: commerce.placeOrder)
        self.gateways = gateways.descriptions(payments.gateways)
        couriers = providers.couriers.descriptions(shipments.couriers)
        documents = DocumentServices(on: platform, media: media)
        complaints = ComplaintServices(on: platform, media: media)
        customers = CustomerServices(on: platform, media: media)
        live = LiveEvents(postgres: platform.postgres, logger: platform.logger)
        transfer = TransferServices(
            on: platform, media: media, acceptance: GatewayPrices(gateways: payments.gateways))
        jobs = platform.jobs
        steerJobs = SteerJobs(jobs: platform.jobs, audit: platform.audit)
        audit = platform.audit
        bodies = BodyBudget(trustedProxies: platform.configuration.trustedProxies)
        webhooks = WebhookIntake(
            postgres: platform.postgres, redis: platform.redis, queue: platform.queue, logger: platform.logger,
            makeID: { ids.next() })
        webhookEvents = WebhookEventStore(postgres: platform.postgres)
        webhookReceivers = WebhookReceivers(providers.webhookAccounts)
    }
}

extension Services {
    /// What stands around every endpoint.
    func dependencies(on platform: Platform) -> APIDependencies {
        var dependencies = APIDependencies(
            principals: Principals(
                postgres: platform.postgres, queue: platform.queue, bootstrapToken: platform.configuration.adminToken,
                bootstrap: BootstrapAPIKey(audit: platform.audit, ids: platform.ids, clock: platform.clock),
                sessions: accounts.resumeSession, clock: platform.clock),
            idempotency: PostgresIdempotencyStore(
                database: platform.postgres, vault: platform.vault),
            scope: platform.queue, rateLimiter: RedisRateLimiter(redis: platform.redis, logger: platform.logger),
            bodies: bodies,
            logger: platform.logger)
        dependencies.answers = answers
        return dependencies
    }
}
