// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Named places where a fault test may kill or stall the process; release builds carry none of them.
    .define("FAULT_POINTS", .when(configuration: .debug)),
]

/// The infrastructure alone, for the Thread Sanitizer run: no web framework, so the instrumented build stays short.
let infrastructureOnly = Context.environment["HAAT_INFRASTRUCTURE_ONLY"] == "1"

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let logging = product("Logging", "swift-log")
let metrics = product("Metrics", "swift-metrics")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let crypto = product("Crypto", "swift-crypto")
let configuration = product("Configuration", "swift-configuration")
let nioCore = product("NIOCore", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
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
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

let infrastructure: [Target] = [
    .systemLibrary(
        name: "CLibPQ", path: "Sources/Shared/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
        name: "CHiredis", path: "Sources/Shared/CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
    shared("Faults", []),
    shared(
        "Postgres", ["CLibPQ", "Faults", logging, lifecycle, crypto, product("NIOConcurrencyHelpers", "swift-nio")]),
    shared("Redis", ["CHiredis", logging, metrics, lifecycle, nioCore, nioPosix, nioSSL, crypto]),
    shared("Jobs", ["Postgres", "Redis", "Faults", logging, metrics, lifecycle]),
    .target(
        name: "TestSupport", dependencies: ["Postgres", "Redis", logging], path: "Tests/TestSupport",
        swiftSettings: settings),
    executable("bench-postgres", at: "Benchmarks/PostgresBench", ["Postgres", logging]),
    tests("PostgresTests", ["Postgres", "TestSupport", logging]),
    tests("RedisTests", ["Redis", "TestSupport", logging, nioCore, nioPosix]),
    tests("JobsTests", ["Jobs", "TestSupport", logging]),
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
    shared("Telemetry", [logging, metrics, product("CoreMetrics", "swift-metrics")]),
    shared("Core", ["Postgres", "Redis", "Jobs", configuration, crypto, logging]),
    shared("Outbound", ["Core", httpClient, nioCore, logging, metrics]),
    shared("Webhooks", ["Core", "Jobs", "Postgres", "Redis", "Faults", crypto, logging, metrics]),
    shared("Vendors", ["Core", "Postgres", crypto]),
    shared("Catalog", ["Core", "Postgres", "Vendors"]),
    shared("Inventory", ["Core", "Postgres", "Vendors", "Catalog", crypto]),
    shared("Orders", ["Core", "Postgres", "Jobs", "Catalog", "Inventory", crypto]),
    shared("Payments", ["Core", "Postgres", "Jobs", "Orders", "Inventory", "Outbound", "Webhooks", "Faults", logging]),
    shared("Notifications", ["Core", "Postgres", "Jobs", "Orders", "Vendors", "CCurl", nioPosix, logging]),
    library(
        "Endpoints", at: "Sources/API/Endpoints",
        [
            "Core", "Postgres", "Redis", hummingbird, nioCore, crypto, logging, metrics,
            product("NIOHTTPCompression", "swift-nio-extras"), product("HTTPTypes", "swift-http-types"),
        ]),
    library(
        "APIServer", at: "Sources/API/Server",
        [
            "Endpoints", "Telemetry", "Core", "Jobs", "Webhooks", "Vendors", "Catalog", "Inventory", "Orders", "Payments",
            "Notifications", "Outbound", "Faults", hummingbird, lifecycle, configuration, httpClient,
        ]),
    executable("haat-api", at: "Sources/API/Main", ["APIServer", argumentParser]),
    library(
        "WorkerRuntime", at: "Sources/Worker/Runtime",
        [
            "Telemetry", "Core", "Jobs", "Webhooks", "Vendors", "Catalog", "Inventory", "Orders", "Payments",
            "Notifications", "Outbound", "Faults", hummingbird, lifecycle, configuration, httpClient,
        ]),
    executable("haat-worker", at: "Sources/Worker/Main", ["WorkerRuntime", argumentParser]),
    library(
        "SandboxRuntime", at: "Sources/Sandbox/Runtime",
        [hummingbird, httpClient, crypto, logging, lifecycle, nioCore, nioPosix]),
    executable("haat-sandbox", at: "Sources/Sandbox/Main", ["SandboxRuntime", argumentParser]),
]

let package = Package(
    name: "haat",
    products: infrastructureOnly
        ? []
        : [
            .executable(name: "haat-api", targets: ["haat-api"]),
            .executable(name: "haat-worker", targets: ["haat-worker"]),
            .executable(name: "haat-sandbox", targets: ["haat-sandbox"]),
        ],
    dependencies: infrastructureDependencies + (infrastructureOnly ? [] : productDependencies),
    targets: infrastructure + (infrastructureOnly ? [] : productTargets),
    swiftLanguageModes: [.v6]
)
