import Catalog
import Complaints
import Core
import Documents
import Inventory
import Jobs
import Orders
import Payments
import Vendors

extension WebhookEventType {
    /// Every kind of event that webhooks tell of. The names and what each tells are a promise to those outside: members may come, none goes.
    package static let all: [WebhookEventType] = orders + papers + payments + goods + people

    /// What is sent to try an endpoint out.
    package static let test = WebhookEventType(
        "webhook.test", "Somebody has asked for a test of this endpoint.", .vendor,
        Field("endpoint_id", .id(WebhookEndpoint.typePrefix)))

    private static let order = Field("order_id", .id(Order.typePrefix))
    private static let vendor = Field("vendor_id", .id(Vendor.typePrefix))
    private static let vendorOrder = Field("vendor_order_id", .id(VendorOrder.typePrefix))
    private static let payment = Field("payment_id", .id(Payment.typePrefix))
    private static let gateway = Field("gateway", .text, "Through whom, such as `stripe`")
    private static let product = Field("product_id", .id(Product.typePrefix))
    private static let variant = Field("variant_id", .id(Variant.typePrefix))

    private static func vendors(_ name: UTF8Text, _ note: String) -> Field {
        Field(name, .ids(Vendor.typePrefix), note, isForVendors: false)
    }

    private static let orders: [WebhookEventType] = [
        WebhookEventType(
            OrderPlaced.name, "Units are held for an order that waits for its payment.", .vendorOrders(namedIn: nil),
            order, Field("reservation_expires_at", .timestamp, "Until when they are held")),
        WebhookEventType(
            OrderConfirmed.name, "An order that is paid on delivery is to be shipped.", .vendorOrders(namedIn: nil),
            order, vendors("shipping_vendors", "Who has to ship something")),
        WebhookEventType(
            OrderPaid.name, "All of an order’s money has arrived.", .vendorOrders(namedIn: nil), order,
            Field("has_licence_keys", .boolean, "Whether it has any line with keys", isForVendors: false),
            vendors("shipping_vendors", "Who has to ship something")),
        WebhookEventType(
            OrderCancelled.name, "An order was cancelled before it was paid.", .vendorOrders(namedIn: nil), order),
        WebhookEventType(
            OrderUnitsCancelled.name, "Units of a paid order are not sent any more; their money goes back.",
            .vendorOrders(namedIn: "vendors"), order, vendors("vendors", "Whose they were")),
        WebhookEventType(OrderExpired.name, "An order was not paid in time.", .vendorOrders(namedIn: nil), order),
        WebhookEventType(
            OrderReinstated.name, "A bank sent a refund back: the order is paid as before.",
            .vendorOrders(namedIn: nil), order,
            Field("lacks_licence_keys", .boolean, "Whether keys are still to be assigned", isForVendors: false)),
        WebhookEventType(
            LicenceKeysLacking.name, "A paid order waits for keys that pools lack.",
            .vendorOrders(namedIn: "vendors"), order, vendors("vendors", "Whose pools lack them")),
        WebhookEventType(
            LicenceKeysAssigned.name, "Lines of an order got their keys.", .vendorOrders(namedIn: "vendors"), order,
            vendors("vendors", "Whose keys these are")),
        WebhookEventType(
            VendorOrderPacked.name, "Units of a vendor order were packed; the document tells which.", .vendor,
            vendorOrder, order, vendor, Field("document_id", .id(IssuedDocument.typePrefix)),
            Field("is_complete", .boolean, "Whether no unit is left to be packed")),
    ]

    private static let papers: [WebhookEventType] = [
        WebhookEventType(
            DocumentIssued.name, "A document was issued: it has its number, and its files are still to be drawn.",
            .vendor, Field("document_id", .id(IssuedDocument.typePrefix)), Field("type", .text), order, vendorOrder,
            vendor),
        WebhookEventType(
            DocumentCancelled.name, "A document was cancelled; its number stays taken.", .vendor,
            Field("document_id", .id(IssuedDocument.typePrefix)), order, vendor),
    ]

    private static let payments: [WebhookEventType] = [
        WebhookEventType(
            PaymentCaptured.name, "Money has arrived through a gateway.", .marketplace, payment, order, gateway,
            Field("amount_minor", .integer, "In minor units"), Field("currency", .text, "ISO 4217"),
            Field("unclaimed_reason", .text, "Why no order takes it; left out where one does", isOptional: true)),
        WebhookEventType(
            PaymentPaidTwice.name, "A customer has paid what was paid already.", .marketplace, payment, order,
            Field("is_refunded", .boolean, "Whether it goes back by itself")),
        WebhookEventType(PaymentFailed.name, "A payment was declined.", .marketplace, payment, order, gateway),
        WebhookEventType(PaymentExpired.name, "Nobody has paid in time.", .marketplace, payment, order, gateway),
        WebhookEventType(
            PaymentCancelled.name, "A customer has given a payment up, or it was closed for them.", .marketplace,
            payment, order, gateway),
        WebhookEventType(
            PaymentConflicted.name, "What the gateway says does not fit the payment.", .marketplace, payment, order,
            gateway),
        WebhookEventType(
            PaymentConflictResolved.name, "Somebody has looked at what did not fit.", .marketplace, payment, order,
            Field("resolution", .text)),
    ]

    private static let goods: [WebhookEventType] = [
        WebhookEventType(
            ProductChanged.name, "Something of a product has changed, but for its stock.", .vendor, product, vendor),
        WebhookEventType(
            ProductsImported.name, "Many products of a vendor came in at once.", .vendor,
            Field("products", .ids(Product.typePrefix)), vendor),
        WebhookEventType(
            CategoryChanged.name, "Something of a category has changed.", .marketplace,
            Field("category_id", .id(Category.typePrefix))),
        WebhookEventType(
            CollectionChanged.name, "Something of a collection has changed.", .marketplace,
            Field("collection_id", .id(ProductCollection.typePrefix))),
        WebhookEventType(
            StockChanged.name, "How many units can be bought has changed.", .items,
            Field("items", .items([variant, product, vendor]))),
        WebhookEventType(
            StockLow.name, "No more units of a variant are left than its threshold says.", .vendor, variant, product,
            vendor, Field("left", .integer, "Units that are nobody’s yet")),
        WebhookEventType(
            StockBatchEnded.name, "Units of a batch may not be sold any more.", .vendor,
            Field("batch_id", .id(StockBatch.typePrefix)), variant, vendor,
            Field("withdrawn", .integer, "Units that were taken out of stock"),
            Field("promised", .integer, "Units that orders count on: others have to be found for them")),
        WebhookEventType(
            StockTransferMoved.name, "Goods were sent between a vendor’s places, have arrived, or came back.", .vendor,
            Field("transfer_id", .id(StockTransfer.typePrefix)), vendor, Field("state", .text)),
        WebhookEventType(
            StockTakeFinished.name, "All rows of a stock take have been looked at.", .vendor,
            Field("take_id", .id(StockTake.typePrefix)), vendor),
    ]

    private static let people: [WebhookEventType] = [
        WebhookEventType(
            VendorChanged.name, "What others may keep of a vendor has changed, such as whether it sells.", .vendor,
            vendor),
        WebhookEventType(
            ComplaintFiled.name, "A complaint has arrived.", .marketplace,
            Field("complaint_id", .id(Complaint.typePrefix))),
        WebhookEventType(
            ComplaintMoved.name, "A complaint is in another state.", .marketplace,
            Field("complaint_id", .id(Complaint.typePrefix)), Field("action", .text, "What was done")),
    ]
}
