import Catalog
import Core
import Endpoints
import Foundation
import Inventory
import Jobs
import Logging
import ServiceLifecycle
import Vendors

/// Drops the answers that the process keeps as soon as what they are made of has changed.
struct StorefrontPurge: Service {
    private static let pause: Duration = .seconds(1)

    let live: LiveEvents
    let answers: AnswerCache
    let logger: Logger

    /// Until the process stops. While nothing is heard of changes, nothing is kept.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await follow()
                answers.unfollow()
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }

    private func follow() async {
        do {
            let watch = try await live.watch(wantsStock: false)
            answers.follow()
            for await batch in watch.batches { answers.drop(Set(batch.events.flatMap(\.droppedKeys))) }
        } catch {
            logger.log(
                level: Task.isCancelled ? .trace : .warning, "Answers are not kept", metadata: ["error": "\(error)"])
        }
    }
}

extension SurrogateKey {
    /// All lists of products.
    static let products = SurrogateKey("products")
    static let categories = SurrogateKey("categories")
    static let attributes = SurrogateKey("attributes")
    static let collections = SurrogateKey("collections")

    static func product(_ id: some CustomStringConvertible) -> SurrogateKey { SurrogateKey("products", id) }
    static func vendor(_ id: some CustomStringConvertible) -> SurrogateKey { SurrogateKey("vendors", id) }
}

extension RecordedEvent {
    /// Of which answers it is to be seen. Stock is seen where a product is shown, and changes no list.
    fileprivate var droppedKeys: [SurrogateKey] {
        switch name {
        case ProductChanged.name: [.products] + (member("product_id").map { [.product($0)] } ?? [])
        case CategoryChanged.name: [.categories, .products]
        case CollectionChanged.name: [.collections, .products]
        case AttributeChanged.name: [.attributes, .categories, .products]
        case VendorChanged.name: [.products] + (member("vendor_id").map { [.vendor($0)] } ?? [])
        case StockChanged.name: StockChanged.Item.all(of: self).map { .product($0.productID) }
        default: []
        }
    }

    private func member(_ name: UTF8Text) -> String? {
        JSONValue(recorded: payload)[name]?.textValue?.string
    }
}
