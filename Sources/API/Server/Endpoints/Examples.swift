import Catalog
import Core
import Endpoints
import Foundation
import Media
import Orders

// Values that the documentation shows.

extension ID where Subject: SendableMetatype {
    static var example: ID { ID(uuid: ExampleID.uuid) }
}

extension OrderDetails {
    static let example = OrderDetails(
        contents: OrderWithLines(
            order: Order(
                id: .example, number: "H100001", customer: Order.Customer(email: .example, name: "Karim Uddin"),
                total: .example, reservationExpiresAt: .example + ReservationSettings().firstTime, placedAt: .example,
                accessTokenHash: []),
            vendorOrders: [
                VendorOrder(
                    id: .example, vendor: .example, number: "H100001-1", fulfilmentState: .unfulfilled, total: .example)
            ],
            lines: [
                OrderLine(
                    id: .example, vendorOrder: .example, variant: .example, product: .example, vendor: .example,
                    kind: .licenceKey, title: "Lekha Antivirus, 1 year", sku: "AV-1Y", quantity: 1, unitPrice: .example,
                    total: .example, commissionRate: .percent(12.5))
            ], adjustments: []),
        demands: [PaymentDemand(id: .example, kind: .full, amount: .example, createdAt: .example)],
        timeline: [OrderEvent(.ordered, at: .example)])
}

extension Date {
    static var example: Date { Date(timeIntervalSince1970: 1_790_000_000) }
}

extension MediaLinks {
    static let example = MediaLinks(keys: RootKeys(EncryptionKey()), publicURL: "https://shop.example")
}
