package import Catalog
package import Core
import Identity
package import Inventory
package import Jobs
import Logging
package import Media
package import Orders
package import Postgres
import ProductSubscriptions
import Redis
package import TestSupport
package import Vault
package import Vendors

/// The commerce of one test over a database of its own. Jobs are recorded and stay in PostgreSQL: nothing runs them.
package struct Marketplace: Sendable {
    package let database: TestDatabase
    package let clock: AdjustableClock
    package let ids: UUIDv7Generator
    package let encryptionKey: EncryptionKey
    package let auditKeys: RootKeys
    package let vault: Vault
    package let audit: AuditStore
    package let queue: JobQueue

    package var client: PostgresClient { database.client }
    package var owner: PostgresClient { database.owner }
    package var stock: StockStore { StockStore() }
    package var placeOrder: PlaceOrder {
        PlaceOrder(audit: audit, ids: ids, clock: clock)
    }

    /// Runs the body with a new, empty marketplace.
    package static func open<R: Sendable>(
        connections: Int = 8, _ body: @Sendable (Marketplace) async throws -> R
    ) async throws -> R {
        try await TestDatabase.withDatabase(configure: { $0.maximumConnections = connections }) { database in
            try await body(Marketplace(database: database))
        }
    }

    private init(database: TestDatabase) throws {
        self.database = database
        let clock = AdjustableClock()
        let ids = UUIDv7Generator(clock: SystemClock())
        self.clock = clock
        self.ids = ids
        encryptionKey = try EncryptionKey(bytes: Array(0..<32))
        auditKeys = RootKeys(try EncryptionKey(bytes: Array(32..<64)))
        vault = Vault(keys: RootKeys(encryptionKey), ids: ids)
        audit = AuditStore(chain: AuditChain(keys: auditKeys), ids: ids, clock: clock)
        // Not running, so a push fails at once and the jobs stay where the test can see them.
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: Logger(label: "test"))
        queue = JobQueue(
            postgres: database.client, redis: redis, envelopeKey: encryptionKey.derived(for: "job-envelope"),
            subscriptions: .product, logger: Logger(label: "test"), makeID: { ids.next() })
    }

    /// Commits what a use case does.
    package func work<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try await queue.withUnitOfWork(body)
    }

    package func vendor(named name: String = "Rahim Books", commission: Rate = .percent(12.5)) async throws -> Vendor {
        let new = NewVendor(name: name, email: "sales@example.com", commission: Commission(rate: commission))
        return try await work {
            try await CreateVendor(audit: audit, ids: ids, clock: clock)(new, by: .system, in: $0)
        }
    }

    /// A file that was uploaded, without its bytes; of a vendor, or the marketplace's own.
    package func file(
        of vendor: ID<Vendor>?, for purpose: MediaPurpose, visibility: MediaVisibility = .private
    ) async throws -> ID<MediaFile> {
        let id = ID<MediaFile>(uuid: ids.next())
        try await owner.execute(
            """
            INSERT INTO media (id, vendor_id, purpose, is_public, content_type, size_bytes, sha256, created_by, created_at)
            VALUES (\(id), \(vendor), \(purpose), \(visibility == .public), 'image/png', 1, sha256('x'), 'system', now())
            """)
        return id
    }

    /// A public picture for products of a vendor.
    package func picture(of vendor: ID<Vendor>) async throws -> ID<MediaFile> {
        try await file(of: vendor, for: .productImage, visibility: .public)
    }

    /// Gives every audit event that is on record its place.
    package func linkAuditTrail() async throws {
        try await AuditLinking(postgres: client, audit: audit).run()
    }

    package func product(
        of vendor: Vendor, title: String = "Antivirus", isOnSale: Bool = true, _ variants: NewVariant...
    ) async throws -> Product {
        let new = NewProduct(vendor: vendor.id, title: title, isSubmitted: isOnSale, variants: variants)
        return try await work {
            try await CreateProduct(audit: audit, ids: ids, clock: clock)(new, by: .system, in: $0)
        }
    }

    /// A licence-key variant with a pool of `keys` keys, of a new vendor unless one is given.
    package func licence(
        keys: Int, price: Int64 = 120_000, sku: String = "AV-1", vendor: Vendor? = nil
    ) async throws -> Variant {
        let seller = if let vendor { vendor } else { try await self.vendor() }
        let product = try await product(
            of: seller,
            NewVariant(sku: sku, kind: .licenceKey, price: Money(minorUnits: price, currency: .bdt)))
        let variant = product.variants[0]
        guard keys > 0 else { return variant }
        let names = (0..<keys).map { "\(sku)-KEY-\($0)" }
        // Another vendor of the same test may have sold these.
        if try await importKeys(names, into: variant).imported == 0 {
            try await importKeys(names.map { "\($0)-\(variant.id)" }, into: variant)
        }
        return variant
    }

    @discardableResult
    package func importKeys(
        _ keys: [String], into variant: Variant, of batch: LicenceKeyBatch? = nil
    ) async throws -> LicenceKeyImport {
        try await work {
            try await ImportLicenceKeys(vault: vault, audit: audit, ids: ids, clock: clock)(
                keys, into: variant.id, of: batch?.id, by: .system, in: $0)
        }
    }

    /// A batch of a variant's keys, without keys.
    package func keyBatch(
        of variant: Variant, _ details: KeyBatchDetails = KeyBatchDetails(source: "Maker")
    ) async throws -> LicenceKeyBatch {
        try await work {
            try await KeepLicenceKeyBatches(audit: audit, ids: ids, clock: clock)
                .add(details, to: variant.id, by: .system, in: $0)
        }
    }

    /// A physical variant with `units` units, of a new vendor unless one is given.
    package func goods(
        units: Int64, price: Int64 = 50_000, sku: String = "BOOK-1", vendor: Vendor? = nil
    ) async throws -> Variant {
        let seller = if let vendor { vendor } else { try await self.vendor() }
        let product = try await product(
            of: seller, title: "Book",
            NewVariant(sku: sku, kind: .physical, price: Money(minorUnits: price, currency: .bdt), weightGrams: 300))
        let variant = product.variants[0]
        if units > 0 {
            _ = try await adjust(variant, by: units)
        }
        return variant
    }

    package func place(
        _ lines: (Variant, Int64)..., address: ShippingAddress? = Marketplace.dhaka
    ) async throws
        -> PlacedOrder
    {
        let new = NewOrder(
            email: "buyer@example.com", lines: lines.map { NewOrder.Line(variant: $0.0.id, quantity: $0.1) },
            shippingAddress: address)
        return try await place(new)
    }

    package func place(_ new: NewOrder) async throws -> PlacedOrder {
        try await work { try await placeOrder(new, by: .system, in: $0) }
    }

    package func adjust(_ variant: Variant, by units: Int64) async throws -> StockLevel {
        try await work {
            try await AdjustStock(audit: audit)(
                variant.id, StockAdjustment(.by(units), reason: .received), by: .system, in: $0)
        }
    }

    package func adjust(_ variant: Variant, _ adjustment: StockAdjustment) async throws -> StockLevel {
        try await work { try await AdjustStock(audit: audit)(variant.id, adjustment, by: .system, in: $0) }
    }

    /// A place where the vendor's parcels are fetched.
    package func location(of vendor: ID<Vendor>, named name: String = "Warehouse") async throws -> ID<PickupLocation> {
        let id = ID<PickupLocation>(uuid: ids.next())
        try await owner.execute(
            """
            INSERT INTO pickup_locations (id, vendor_id, name, phone, address, created_at)
            VALUES (\(id), \(vendor), \(name), '+8801712345678',
                '{"country": "BD", "line1": "12 Lake Road", "upazila": "Gulshan", "district": "BD-13"}', now())
            """)
        return id
    }

    @discardableResult
    package func cancel(_ order: ID<Order>) async throws -> Order {
        try await work { try await CancelOrder(audit: audit, clock: clock)(order, by: .system, in: $0) }
    }

    /// Captures what the order's first open demand asks for, or its first one again.
    package func pay(_ order: ID<Order>) async throws -> PaymentOutcome {
        let demands = try await PaymentDemandStore().demands(of: order, in: client)
        let demand = demands.first(where: \.isOpen) ?? demands.first
        let money = CapturedMoney(demand: demand?.id, amount: demand?.amount ?? .zero(.bdt), at: clock.now)
        return try await work {
            try await MarkOrderPaid(audit: audit)(order, by: money, actor: .gateway("test"), in: $0)
        }
    }

    package func deliver(_ order: ID<Order>) async throws {
        try await work {
            try await DeliverLicenceKeys(audit: audit, clock: clock)(DeliverLicenceKeys.Job(orderID: order), in: $0)
        }
    }

    package func expire(_ order: ID<Order>) async throws {
        try await work { try await ExpireUnpaidOrder(audit: audit, clock: clock)(order, in: $0) }
    }

    package func reveal(_ order: ID<Order>) async throws -> [RevealedKey] {
        try await work {
            try await RevealOrderKeys(vault: LicenceKeyVault(vault: vault), audit: audit, clock: clock)(
                order, by: .system, from: "", in: $0)
        }
    }

    package func level(of variant: Variant) async throws -> StockLevel {
        try await stock.levels(of: [variant.id], in: client)[0]
    }

    package func order(_ id: ID<Order>) async throws -> Order {
        guard let order = try await OrderStore().order(id, visibleTo: .everything, in: client) else {
            throw Problem.notFound("order")
        }
        return order
    }

    /// What was told by events of one name, in the order of their ids.
    package func told(_ name: String) async throws -> [JSONValue] {
        try await client.queryValues(
            "SELECT payload FROM events WHERE name = \(name) ORDER BY id", as: JSONValue.self)
    }

    /// The kinds of all recorded jobs, sorted, but for the search's, which whatever is done to goods causes.
    package func jobKinds() async throws -> [String] {
        try await client.queryValues("SELECT kind FROM jobs WHERE queue <> 'search' ORDER BY kind", as: String.self)
    }

    /// The deadlocks that the database has broken up.
    package func deadlocks() async throws -> Int64 {
        try await client.queryValue(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", as: Int64.self) ?? 0
    }

    package static let dhaka = ShippingAddress(
        name: "Karim Uddin", line1: "12 Lake Road", city: "Dhaka", postalCode: "1212", country: "BD")
}

extension PaymentOutcome {
    package var isPaid: Bool { if case .taken = self { true } else { false } }
}

extension Marketplace {
    /// Adds an adjustment of five per cent, borne by the vendor unless said otherwise, with the totals that follow from it.
    package func adjust(
        _ order: ID<Order>, _ part: ID<VendorOrder>, line: ID<OrderLine>? = nil, _ kind: String, _ amount: Int64,
        isIncluded: Bool = false, bearer: String = "vendor"
    ) async throws {
        let added = isIncluded ? 0 : amount
        try await owner.withTransaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO order_adjustments (id, order_id, vendor_order_id, line_id, kind, amount_minor, is_included, bearer,
                    rate_ppm, source, recorded_at)
                VALUES (\(ids.next()), \(order), \(part), \(line), \(kind), \(amount), \(isIncluded), \(bearer), 50000, 'test',
                    now())
                """)
            try await transaction.execute(
                "UPDATE vendor_orders SET total_minor = total_minor + \(added) WHERE id = \(part)")
            try await transaction.execute("UPDATE orders SET total_minor = total_minor + \(added) WHERE id = \(order)")
            try await transaction.execute(
                "UPDATE payment_demands SET amount_minor = amount_minor + \(added) WHERE order_id = \(order)")
        }
    }
}
