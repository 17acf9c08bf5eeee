// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Named places where a fault test may kill or stall the process; release builds carry none of them.
    .define("FAULT_POINTS", .when(configuration: .debug)),
    // Our generic code is made for its types across modules, too: without it the receiver takes a tenth more for each push.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// The infrastructure alone, for the Thread Sanitizer run: no web framework, so the instrumented build stays short.
let infrastructureOnly = Context.environment["HAAT_INFRASTRUCTURE_ONLY"] == "1"

/// Debug builds link nine programs of 150 MB; lld, which comes with Swift, takes a third of the default's time for each.
let linking: [LinkerSetting] =
    infrastructureOnly ? [] : [.unsafeFlags(["-use-ld=lld"], .when(configuration: .debug))]

/// The parsers alone, for `./haat fuzz`: the files that read what comes from outside and what these need, and no package besides those
/// that they name, so that the instrumented build stays short.
let parsersOnly = Context.environment["HAAT_FUZZING"] == "1"

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let logging = product("Logging", "swift-log")
let metrics = product("Metrics", "swift-metrics")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let crypto = product("Crypto", "swift-crypto")
let configuration = product("Configuration", "swift-configuration")
let coreMetrics = product("CoreMetrics", "swift-metrics")
let nioCore = product("NIOCore", "swift-nio")
let nioConcurrencyHelpers = product("NIOConcurrencyHelpers", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
let nioHTTP1 = product("NIOHTTP1", "swift-nio")
let nioSSL = product("NIOSSL", "swift-nio-ssl")
let hummingbird = product("Hummingbird", "hummingbird")
let httpClient = product("AsyncHTTPClient", "async-http-client")
let argumentParser = product("ArgumentParser", "swift-argument-parser")

func shared(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Shared/\(name)", swiftSettings: settings)
}

func library(_ name: String, at path: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func executable(_ name: String, at path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: settings, linkerSettings: linking)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings, linkerSettings: linking)
}

/// Some files of a module, with the coverage that the fuzzer steers by.
func fuzzed(_ name: String, at path: String, _ files: [String], _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(path)", sources: files.map { "\($0).swift" },
        swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])])
}

let infrastructure: [Target] = [
    .systemLibrary(
        name: "CLibPQ", path: "Sources/Shared/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
        name: "CHiredis", path: "Sources/Shared/CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
    shared("Values", []),
    shared("Faults", []),
    shared("Postgres", ["CLibPQ", "Faults", logging, lifecycle, crypto, nioConcurrencyHelpers]),
    shared(
        "Redis", ["CHiredis", "Values", logging, lifecycle, nioCore, nioConcurrencyHelpers, nioPosix, nioSSL, crypto]),
    shared("Telemetry", ["Values", logging, metrics, coreMetrics]),
    shared(
        "Jobs", ["Values", "Postgres", "Redis", "Faults", crypto, logging, metrics, lifecycle, nioConcurrencyHelpers]),
    .target(
        name: "TestSupport", dependencies: ["Postgres", "Redis", nioConcurrencyHelpers, logging],
        path: "Tests/TestSupport",
        swiftSettings: settings),
    tests("ValuesTests", ["Values"]),
    executable("bench-postgres", at: "Benchmarks/PostgresBench", ["Postgres", logging]),
    tests("PostgresTests", ["Postgres", "TestSupport", nioConcurrencyHelpers, logging]),
    tests(
        "RedisTests", ["Redis", "TestSupport", logging, lifecycle, nioConcurrencyHelpers, nioCore, nioPosix]),
    tests("TelemetryTests", ["Telemetry", logging, metrics, coreMetrics]),
    tests(
        "JobsTests", ["Jobs", "Postgres", "Redis", "TestSupport", crypto, lifecycle, nioConcurrencyHelpers, logging]),
]

let infrastructureDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
]

let productDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
]

let productTargets: [Target] = [
    .systemLibrary(
        name: "CCurl", path: "Sources/Shared/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
        name: "CArgon2", path: "Sources/Shared/CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(
        name: "CPango", path: "Sources/Shared/CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "CZint", path: "Sources/Shared/CZint", providers: [.apt(["libzint-dev"])]),
    shared("Typesetting", ["CPango", "CZint"]),
    tests("TypesettingTests", ["Typesetting"]),
    .target(
        name: "HTML", dependencies: [crypto], path: "Sources/Shared/HTML", resources: [.embedInCode("style.css")],
        swiftSettings: settings),
    tests("HTMLTests", ["HTML"]),
    shared("Core", ["Values", "Postgres", "Redis", "Jobs", configuration, crypto, logging]),
    shared("Vault", ["Core", "Postgres", "Jobs", "Faults", crypto, nioConcurrencyHelpers]),
    shared(
        "Platform",
        [
            "Core", "Jobs", "Outbound", "Postgres", "Redis", "Telemetry", "Vault", configuration, httpClient, logging,
            metrics, lifecycle, nioCore, nioHTTP1, nioPosix, hummingbird, product("HummingbirdCore", "hummingbird"),
            product("NIOHTTPTypes", "swift-nio-extras"), product("NIOHTTPTypesHTTP1", "swift-nio-extras"),
            product("HTTPTypes", "swift-http-types"),
        ]),
    shared("Outbound", ["Values", "Core", httpClient, nioCore, nioPosix, nioHTTP1, nioSSL, logging, metrics]),
    shared("Webhooks", ["Values", "Core", "Jobs", "Postgres", "Redis", "Faults", crypto, logging, metrics]),
    shared("Identity", ["CArgon2", "Core", "Postgres", "Jobs", "Vault", crypto]),
    shared("Registrations", ["Values", "Core"]),
    tests("RegistrationsTests", ["Registrations", "Values", "Core"]),
    shared("Addresses", ["Values", "Core", "Postgres", "Registrations"]),
    shared("Media", ["Core", "Identity", "Jobs", "Platform", "Postgres", crypto, logging, nioCore, nioPosix]),
    .systemLibrary(
        name: "CLibVips", path: "Sources/Shared/CLibVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
    .target(name: "CVips", dependencies: ["CLibVips"], path: "Sources/Shared/CVips"),
    shared("Pictures", ["CVips", "Core", "Media", nioPosix]),
    .testTarget(
        name: "PicturesTests",
        dependencies: [
            "Pictures", "Media", "Core", "Identity", "Jobs", "Postgres", "Vendors", "CommerceTestSupport", logging,
            nioCore,
        ], path: "Tests/PicturesTests", exclude: ["Fixtures"], swiftSettings: settings, linkerSettings: linking),
    shared(
        "Vendors",
        ["Values", "Addresses", "Core", "Identity", "Jobs", "Media", "Postgres", "Registrations", "Vault"]),
    shared("Catalog", ["Core", "Identity", "Jobs", "Media", "Postgres", "Vendors"]),
    shared(
        "CatalogTransfer",
        [
            "Values", "Core", "Identity", "Jobs", "Media", "Outbound", "Platform", "Postgres", "Vendors", "Catalog",
            crypto,
            nioCore,
        ]),
    .testTarget(
        name: "CatalogTransferTests",
        dependencies: [
            "CatalogTransfer", "Values", "Core", "Identity", "Jobs", "Media", "Platform", "Postgres", "Vendors",
            "Catalog",
            "Redis", "TestSupport", "CommerceTestSupport", logging, nioCore,
        ], path: "Tests/CatalogTransferTests", exclude: ["Fixtures"], swiftSettings: settings,
        linkerSettings: linking),
    shared(
        "Inventory",
        ["Values", "Core", "Identity", "Jobs", "Postgres", "Registrations", "Vault", "Vendors", "Catalog", logging]),
    shared("EdgeCache", ["Core", "Jobs", "Postgres", "Vendors", "Catalog", "Inventory", "Outbound", logging]),
    tests(
        "EdgeCacheTests",
        [
            "EdgeCache", "Core", "Jobs", "Outbound", "Postgres", "Catalog", "Inventory", "Vendors",
            "CommerceTestSupport",
            logging,
        ]),
    shared("Search", ["Core", "Identity", "Jobs", "Postgres", "Vendors", "Catalog"]),
    shared("Shipping", ["Values", "Addresses", "Core", "Identity", "Jobs", "Postgres", "Registrations", "Vendors"]),
    shared(
        "Pricing",
        [
            "Values", "Addresses", "Core", "Identity", "Jobs", "Postgres", "Registrations", "Vendors", "Catalog",
            crypto, nioConcurrencyHelpers,
        ]),
    shared(
        "Orders",
        [
            "Values", "Registrations", "Addresses", "Core", "Identity", "Postgres", "Jobs", "Vendors", "Catalog",
            "Inventory", "Shipping", "Pricing", crypto,
        ]),
    shared(
        "Carts",
        [
            "Values", "Core", "Identity", "Jobs", "Postgres", "Registrations", "Addresses", "Vendors", "Catalog",
            "Inventory", "Shipping", "Pricing", "Orders",
        ]),
    shared(
        "Customers",
        [
            "Values", "Addresses", "Core", "Identity", "Jobs", "Media", "Platform", "Postgres", "Registrations",
            "Vendors", "Catalog", "Orders", nioCore,
        ]),
    tests(
        "CustomersTests",
        [
            "Customers", "Values", "Addresses", "Core", "Identity", "Jobs", "Media", "Postgres", "Registrations",
            "Vendors", "Catalog", "Orders", "ProductSubscriptions", "TestSupport", "CommerceTestSupport", logging,
            nioCore,
        ]),
    shared(
        "Documents",
        [
            "Values", "Addresses", "Core", "Identity", "Postgres", "Jobs", "Platform", "Registrations", "Vendors",
            "Media",
            "Catalog",
            "Inventory", "Pricing", "Orders", "Typesetting", crypto, nioCore, nioPosix,
        ]),
    shared(
        "Payments",
        [
            "Values", "Addresses", "Core", "Identity", "Postgres", "Jobs", "Catalog", "Pricing", "Shipping", "Orders",
            "Outbound", "Platform", "Vault", "Webhooks", "Faults", crypto, product("CryptoExtras", "swift-crypto"),
            nioSSL,
            logging, metrics,
        ]),
    shared(
        "Shipments",
        [
            "Values", "Addresses", "Core", "Documents", "Identity", "Inventory", "Jobs", "Catalog", "Orders",
            "Outbound",
            "Payments", "Platform", "Postgres", "Registrations", "Shipping", "Typesetting", "Vendors", "Webhooks",
            crypto, logging, nioPosix,
        ]),
    tests(
        "ShipmentsTests",
        [
            "Shipments", "Addresses", "Documents", "Payments", "Orders", "Outbound", "Registrations", "Webhooks",
            "Inventory", "Catalog", "Pricing", "Vendors", "Identity", "Core", "Jobs", "Postgres", "Values",
            "CommerceTestSupport", "TestSupport",
            "SandboxRuntime", "Typesetting", configuration, crypto, httpClient, lifecycle, logging, nioCore, nioPosix,
            product("NIOHTTP1", "swift-nio"),
        ]),
    shared(
        "OrderService",
        [
            "Complaints", "Core", "Documents", "Identity", "Inventory", "Jobs", "Media", "Orders", "Payments",
            "Postgres", "Pricing", "Values", "Vault", "Vendors", nioCore, "Catalog",
        ]),
    shared(
        "Complaints",
        [
            "Values", "Core", "Identity", "Jobs", "Media", "Orders", "Postgres", "Registrations", "Vendors", nioCore,
        ]),
    tests(
        "ComplaintsTests",
        [
            "Complaints", "Notifications", "Orders", "Identity", "Inventory", "Catalog", "Vendors", "Values", "Core",
            "Jobs", "Media", "Postgres", "CommerceTestSupport", "TestSupport", logging,
        ]),
    tests(
        "OrderServiceTests",
        [
            "OrderService", "Orders", "Payments", "Identity", "Inventory", "Catalog", "Media", "Pricing", "Vault",
            "Vendors", "Core", "Jobs", "Postgres", "CommerceTestSupport", "TestSupport", logging, nioCore,
        ]),
    shared(
        "OutgoingWebhooks",
        [
            "Values", "Core", "Identity", "Jobs", "Postgres", "Vault", "Outbound", "Vendors", "Catalog", "Inventory",
            "Orders", "Documents", "Payments", "Complaints", "Faults", nioCore,
        ]),
    tests(
        "OutgoingWebhooksTests",
        [
            "OutgoingWebhooks", "Values", "Core", "Identity", "Jobs", "Postgres", "Vault", "Outbound", "Vendors",
            "Catalog", "Inventory", "Orders", "CommerceTestSupport", "TestSupport", crypto, nioCore, nioPosix,
            product("NIOHTTP1", "swift-nio"), logging,
        ]),
    shared(
        "Notifications",
        [
            "Complaints", "OutgoingWebhooks", "Values", "Registrations", "Core", "HTML", "Identity", "Postgres", "Jobs",
            "Catalog",
            "Orders", "Outbound",
            "Inventory", "Vendors", "CCurl", "Faults",
            nioPosix,
            logging, metrics,
        ]),
    shared(
        "Seeding",
        [
            "Values", "Core", "Identity", "Registrations", "Jobs", "Postgres", "Vendors", "Catalog", "Search",
            "Inventory", "Pricing", "Orders", "Payments",
        ]),
    tests(
        "SeedingTests",
        [
            "Seeding", "Values", "Core", "Registrations", "Vendors", "Jobs", "Redis", "Postgres", "Inventory",
            "TestSupport", "CommerceTestSupport", logging,
        ]),
    shared(
        "ProductSubscriptions",
        [
            "Carts", "Catalog", "CatalogTransfer", "Complaints", "Customers", "Documents", "Identity", "Inventory",
            "Jobs", "Media", "Notifications", "OrderService", "Orders", "Payments", "Platform", "Search", "Vendors",
            "Shipments", "OutgoingWebhooks",
        ]),
    tests("OutboundTests", ["Outbound", httpClient, nioCore, nioPosix, nioSSL, logging]),
    tests(
        "PaymentsTests",
        [
            "Payments", "Outbound", "Webhooks", "Addresses", "Shipping", "Pricing", "Orders", "Identity", "Inventory",
            "Catalog", "Core", "Jobs", "Postgres", "Vault", "CommerceTestSupport", "TestSupport", "SandboxRuntime",
            configuration, crypto, httpClient, lifecycle, logging, nioCore, nioPosix, product("NIOHTTP1", "swift-nio"),
        ]),
    tests(
        "NotificationsTests",
        [
            "Notifications", "Orders", "Outbound", "Identity", "Inventory", "Catalog", "Vendors", "Core", "Jobs",
            "Postgres", "CommerceTestSupport", "TestSupport", configuration, nioCore, nioPosix, logging,
        ]),
    library(
        "Endpoints", at: "Sources/API/Endpoints",
        [
            "Values", "Core", "HTML", "Identity", "Jobs", "Postgres", "Redis", "Telemetry", "Vault", hummingbird,
            nioCore, nioConcurrencyHelpers, crypto, logging, metrics,
            product("NIOHTTPCompression", "swift-nio-extras"), product("HTTPTypes", "swift-http-types"),
            product("NIOEmbedded", "swift-nio"), product("NIOHTTP1", "swift-nio"),
        ]),
    library(
        "APIServer", at: "Sources/API/Server",
        [
            "Endpoints", "Identity", "Platform", "ProductSubscriptions", "Telemetry", "Core", "Jobs", "Webhooks",
            "Complaints", "Seeding", "EdgeCache", "OrderService", "Shipping", "Shipments", "Carts", "Documents",
            "Pricing", "Values", "OutgoingWebhooks",
            "Registrations", "Addresses", "Vendors", "Media", "Catalog", "CatalogTransfer", "Search", "Inventory",
            "Orders", "Customers", "Payments",
            "Outbound",
            "Faults", "HTML", hummingbird, lifecycle, configuration, crypto, httpClient, nioCore,
            product("HTTPTypes", "swift-http-types"), product("UnixSignals", "swift-service-lifecycle"), logging,
            metrics,
        ]),
    tests(
        "EndpointsTests",
        [
            "Endpoints", "Values", "HTML", "Identity", "Core", "Jobs", "Postgres", "Redis", "Telemetry", "Vault",
            "TestSupport", hummingbird,
            httpClient, crypto, logging, metrics, nioCore,
            product("HummingbirdTesting", "hummingbird"), product("HTTPTypes", "swift-http-types"),
        ]),
    executable(
        "haat-api", at: "Sources/API/Main", ["APIServer", "Platform", "Seeding", "Values", argumentParser]),
    library(
        "WorkerRuntime", at: "Sources/Worker/Runtime",
        [
            "Platform", "ProductSubscriptions", "Telemetry", "Core", "Identity", "Jobs", "Webhooks", "Vault", "Vendors",
            "Pictures", "Customers", "Complaints", "EdgeCache", "Carts", "Media", "Catalog", "CatalogTransfer",
            "Search", "Inventory", "OrderService", "Orders", "Documents", "Payments", "Shipments", "Notifications",
            "Outbound", "Faults", lifecycle, configuration, httpClient, logging, metrics, "OutgoingWebhooks",
            product("UnixSignals", "swift-service-lifecycle"),
        ]),
    executable(
        "haat-worker", at: "Sources/Worker/Main",
        ["WorkerRuntime", "Platform", "Payments", "Core", "Jobs", argumentParser]),
    library(
        "SandboxRuntime", at: "Sources/Sandbox/Runtime",
        [
            "Values", "HTML", hummingbird, httpClient, crypto, product("CryptoExtras", "swift-crypto"), logging,
            lifecycle,
            nioCore, nioPosix, product("NIOHTTP1", "swift-nio"), product("HTTPTypes", "swift-http-types"),
        ]),
    executable(
        "haat-sandbox", at: "Sources/Sandbox/Main",
        ["SandboxRuntime", argumentParser, logging, lifecycle, product("UnixSignals", "swift-service-lifecycle")]),
    tests(
        "SandboxTests",
        [
            "SandboxRuntime", hummingbird, httpClient, logging, lifecycle, nioCore, nioPosix,
            product("NIOHTTP1", "swift-nio"), product("HTTPTypes", "swift-http-types"),
        ]),
    library(
        "FaultHarness", at: "Tests/FaultHarness",
        ["Postgres", "TestSupport", httpClient, nioCore, nioPosix, product("NIOHTTP1", "swift-nio"), crypto, logging]),
    tests("FaultTests", ["FaultHarness", "Postgres", "Redis", "TestSupport"]),
    executable("haat-chaos", at: "Tests/Chaos", ["FaultHarness", argumentParser]),
    tests("WebhooksTests", ["Webhooks", "Jobs", "Postgres", "Redis", "TestSupport", crypto, logging]),
    executable(
        "bench-jobs", at: "Benchmarks/JobsBench", ["Core", "Jobs", "Postgres", "Redis", argumentParser, logging]),
    executable(
        "bench-orders", at: "Benchmarks/OrdersBench",
        [httpClient, argumentParser, nioCore, product("NIOHTTP1", "swift-nio")]),
    executable(
        "bench-documents", at: "Benchmarks/DocumentsBench", ["Documents", "Typesetting", "Core", argumentParser]),
    executable(
        "bench-pricing", at: "Benchmarks/PricingBench",
        ["Pricing", "Catalog", "Vendors", "Core", "Values", argumentParser]),
    executable(
        "bench-search", at: "Benchmarks/SearchBench",
        ["Search", "Catalog", "Core", "Jobs", "Postgres", "Redis", argumentParser, logging]),
    executable(
        "bench-sandbox", at: "Benchmarks/SandboxBench",
        [httpClient, hummingbird, argumentParser, logging, nioCore, product("NIOHTTP1", "swift-nio")]),
    .target(
        name: "CommerceTestSupport",
        dependencies: [
            "Core", "Identity", "Vault", "Vendors", "Catalog", "Inventory", "Pricing", "Orders", "Jobs",
            "ProductSubscriptions",
            "Postgres", "Redis", "TestSupport", logging,
        ], path: "Tests/CommerceTestSupport", swiftSettings: settings),
    tests(
        "CoreTests", ["Core", "Jobs", "Postgres", "TestSupport", "CommerceTestSupport", configuration, crypto, logging]),
    tests(
        "APIServerTests",
        [
            "APIServer", "Endpoints", "Identity", "Media", "Platform", "ProductSubscriptions", "Outbound", "Telemetry",
            "Redis", "Search", "Vendors", "Pricing", "Catalog", "CatalogTransfer", "Customers", "Jobs", "Postgres",
            "OrderService", "Orders", "Inventory", "Payments", "Core", "TestSupport", configuration, crypto,
            hummingbird, lifecycle, logging, nioCore, nioPosix, "Shipments",
            product("HummingbirdTesting", "hummingbird"),
            product("HTTPTypes", "swift-http-types"),
        ]),
    tests(
        "IdentityTests",
        ["Identity", "Vault", "Vendors", "Core", "Jobs", "Postgres", "TestSupport", "CommerceTestSupport", crypto]),
    tests("VaultTests", ["Vault", "Core", "Jobs", "Postgres", "CommerceTestSupport", crypto]),
    tests(
        "MediaTests",
        [
            "Media", "Vendors", "Identity", "Core", "Jobs", "Postgres", "CommerceTestSupport", crypto, logging, nioCore,
            nioPosix,
        ]),
    tests(
        "VendorsTests",
        [
            "Vendors", "Addresses", "Registrations", "Values", "Identity", "Vault", "Jobs", "Core", "Media", "Postgres",
            "Catalog", "CommerceTestSupport",
        ]),
    tests(
        "CatalogTests",
        [
            "Catalog", "Identity", "Inventory", "Jobs", "Orders", "Vendors", "Core", "Postgres", "TestSupport",
            "CommerceTestSupport",
        ]),
    tests(
        "SearchTests",
        [
            "Search", "Catalog", "Identity", "Inventory", "Jobs", "Orders", "Vendors", "Core", "Postgres",
            "TestSupport", "CommerceTestSupport",
        ]),
    tests(
        "InventoryTests",
        [
            "Inventory", "Identity", "Catalog", "Vault", "Vendors", "Orders", "Jobs", "Core", "Postgres", "Values",
            "Registrations", "CommerceTestSupport", logging,
        ]),
    tests(
        "ShippingTests",
        ["Shipping", "Identity", "Vendors", "Core", "Postgres", "Jobs", "CommerceTestSupport"]),
    tests(
        "CartsTests",
        [
            "Carts", "Addresses", "Registrations", "Identity", "Inventory", "Catalog", "Shipping", "Pricing", "Orders",
            "Vendors", "Core", "Postgres", "Jobs", "Values", "TestSupport", "CommerceTestSupport",
        ]),
    .testTarget(
        name: "PricingTests",
        dependencies: [
            "Pricing", "Values", "Identity", "Catalog", "Vendors", "Orders", "Core", "Postgres", "Jobs", "TestSupport",
            "CommerceTestSupport",
        ], path: "Tests/PricingTests", exclude: ["reference.py"], swiftSettings: settings, linkerSettings: linking),
    tests(
        "DocumentsTests",
        [
            "Documents", "Typesetting", "Media", "Identity", "Inventory", "Catalog", "Vendors", "Registrations",
            "Orders",
            "Core", "Values", "Postgres", "Jobs", "TestSupport", "CommerceTestSupport", logging, nioCore, nioPosix,
        ]),
    tests(
        "OrdersTests",
        [
            "Orders", "Pricing", "Shipping", "Identity", "Inventory", "Catalog", "Vendors", "Core", "Postgres", "Jobs",
            "TestSupport", "CommerceTestSupport",
        ]),
]

let parsers: [Target] = [
    .systemLibrary(
        name: "CHiredis", path: "Sources/Shared/CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    fuzzed(
        "Values", at: "Shared/Values", ["CSVParser", "CSVTable", "CSVWriter", "CivilDate", "JSONWriter", "RFC3339"], []),
    fuzzed(
        "Core", at: "Shared/Core",
        [
            "ASCIIBytes", "Currency", "EmailAddress", "Encodings", "FieldProblems", "ID", "InputCheck", "JSONParser",
            "JSONScanner", "JSONValue", "JSONValue+Canonical", "LazyJSON", "Money", "MoneyFormatting", "Paging",
            "PhoneNumber", "Problem", "TextContent", "TextRule", "TypeID", "UTF8Text",
        ], ["Values"]),
    fuzzed("Jobs", at: "Shared/Jobs", ["DispatchKey", "JobPayload"], []),
    fuzzed(
        "Redis", at: "Shared/Redis", ["RedisError", "RedisURL", "RedisValue", "ReplyDecoder", "ServerFitness"],
        ["CHiredis"]),
    fuzzed("Telemetry", at: "Shared/Telemetry", ["TraceContext"], [logging]),
    fuzzed(
        "Webhooks", at: "Shared/Webhooks", ["EventEnvelope", "KeptHeaders", "WebhookVerifier"], ["Values", "Core"]),
    fuzzed(
        "Payments", at: "Shared/Payments/Stripe", ["StripeAmount", "StripeSignature"],
        ["Core", "Webhooks"]),
    fuzzed(
        "Notifications", at: "Shared/Notifications/Message",
        ["HeaderText", "MailMessage", "Mailbox", "QuotedPrintable"], ["Core"]),
    fuzzed(
        "Endpoints", at: "API/Endpoints",
        [
            "Declaration/PathParameter", "Declaration/ProblemType", "Input/APIInput", "Input/FieldKind",
            "Input/FieldKind+Collections",
            "Input/FieldKind+Money", "Input/FieldKind+Scalars", "Input/FieldKind+Text", "Input/Fields",
            "Input/FormEntries", "Input/QueryString", "Output/APIOutput", "Output/ObjectWriter", "Output/OutputValue",
            "Output/OutputValue+Core", "Pipeline/EntityTag", "Pipeline/HeaderGrammar", "Pipeline/RequestIdentity",
            "RateLimiting/ClientNetwork", "Schema/RFC3339", "Schema/Schema",
        ], ["Values", "Core", "Telemetry", nioCore]),
    fuzzed(
        "SandboxRuntime", at: "Sandbox/Runtime",
        [
            "Frame/Base64", "Frame/FormBody", "Frame/FormWriter", "Frame/Hexadecimal", "Frame/JSON", "Frame/JSONParser",
            "Frame/JSONWriter", "Mail/MIMEEncodings", "Mail/MIMEMessage",
        ], []),
    .executableTarget(
        name: "haat-fuzz",
        dependencies: [
            "CLibFuzzer", "Values", "Core", "Jobs", "Redis", "Telemetry", "Webhooks", "Payments", "Notifications",
            "Endpoints", "SandboxRuntime", nioCore,
        ], path: "Tests/Fuzz", exclude: ["CLibFuzzer", "Corpus", "Dictionaries"],
        swiftSettings: settings + [.unsafeFlags(["-sanitize=address"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
]

let parserDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
]

let package = Package(
    name: "haat",
    products: infrastructureOnly || parsersOnly
        ? []
        : [
            .executable(name: "haat-api", targets: ["haat-api"]),
            .executable(name: "haat-worker", targets: ["haat-worker"]),
            .executable(name: "haat-sandbox", targets: ["haat-sandbox"]),
            .executable(name: "haat-chaos", targets: ["haat-chaos"]),
        ],
    dependencies: parsersOnly
        ? parserDependencies : infrastructureDependencies + (infrastructureOnly ? [] : productDependencies),
    targets: parsersOnly ? parsers : infrastructure + (infrastructureOnly ? [] : productTargets),
    swiftLanguageModes: [.v6]
)
