import Core
import Testing

@testable import Payments

@Suite("Settings of bKash and SSLCommerz")
struct BangladeshSettingsTests {
    private static let bkash = [
        "HAAT_BKASH_USERNAME": "shop", "HAAT_BKASH_PASSWORD": "p", "HAAT_BKASH_APP_KEY": "k",
        "HAAT_BKASH_APP_SECRET": "s", "HAAT_BKASH_TOPIC_ARN": "arn:aws:sns:ap-southeast-1:123456789012:bpt_01929918",
    ]
    private static let store = ["HAAT_SSLCOMMERZ_STORE_ID": "shoplive", "HAAT_SSLCOMMERZ_STORE_PASSWORD": "p"]

    private func failures(_ variables: [String: String], of provider: any GatewayProvider.Type) -> [String] {
        do {
            _ = try ConformanceBench.read(variables, of: provider)
            return []
        } catch let error as ConfigurationError {
            return error.failures
        } catch {
            return ["\(error)"]
        }
    }

    @Test("The defaults are the live hosts, and the account says so")
    func live() throws {
        for (variables, provider) in [
            (Self.bkash, BKashProvider.self as any GatewayProvider.Type), (Self.store, SSLCommerzProvider.self),
        ] {
            let settings = try ConformanceBench.read(variables, of: provider)
            let registry = settings.registry(transport: DeadTransport(), calls: nil, logger: silent)
            #expect(registry.all.map(\.merchantAccount) == ["live"])
        }
    }

    @Test(
        "Credentials of the sandbox at the live host, and a live wallet with certificates from elsewhere, don't start")
    func mixed() {
        let sandboxUser = Self.bkash.merging(["HAAT_BKASH_USERNAME": "sandboxTokenizedUser02"]) { $1 }
        #expect(
            failures(sandboxUser, of: BKashProvider.self).contains { $0.hasPrefix("HAAT_BKASH_USERNAME is one of") })
        let detour = Self.bkash.merging(["HAAT_BKASH_SNS_URL": "http://127.0.0.1:8090/bkash/sns"]) { $1 }
        #expect(
            failures(detour, of: BKashProvider.self).contains { $0.hasPrefix("HAAT_BKASH_SNS_URL is for the sandbox") })
        let sandbox = ["HAAT_BKASH_BASE_URL": "https://tokenized.sandbox.bka.sh"]
        #expect(failures(sandboxUser.merging(sandbox) { $1 }, of: BKashProvider.self).isEmpty)
        let store = Self.store.merging(["HAAT_SSLCOMMERZ_STORE_PASSWORD": "abc5f@ssl"]) { $1 }
        #expect(
            failures(store, of: SSLCommerzProvider.self).contains {
                $0.hasPrefix("HAAT_SSLCOMMERZ_STORE_ID is a store of")
            })
        let there = ["HAAT_SSLCOMMERZ_BASE_URL": "https://sandbox.sslcommerz.com"]
        #expect(failures(store.merging(there) { $1 }, of: SSLCommerzProvider.self).isEmpty)
    }

    @Test(
        "What is no topic is refused",
        arguments: ["bpt_1", "arn:aws:sqs:ap-southeast-1:1:a", "arn:aws:sns:ap/x:1:a", "arn:aws:sns:::"])
    func topic(arn: String) {
        let variables = Self.bkash.merging(["HAAT_BKASH_TOPIC_ARN": arn]) { $1 }
        #expect(failures(variables, of: BKashProvider.self).contains { $0.hasPrefix("HAAT_BKASH_TOPIC_ARN must be") })
    }
}
