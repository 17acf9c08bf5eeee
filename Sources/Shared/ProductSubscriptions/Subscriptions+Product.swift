import Catalog
import CatalogTransfer
import Complaints
import Documents
import Identity
import Inventory
package import Jobs
import Notifications
import Orders
import OutgoingWebhooks
import Payments
import Platform
import Search
import Shipments
import Vendors

extension Subscriptions {
    /// Who wants to know what, in the whole product. Every process that commits events knows all of it.
    package static let product: Subscriptions = {
        var subscriptions = Subscriptions()
        subscriptions.on(OrderPlaced.self, runAt: \.reservationExpiresAt) { ExpireUnpaidOrder.Job(orderID: $0.orderID) }
        subscriptions.on(OrderCancelled.self) { CloseCheckouts.Job(orderID: $0.orderID) }
        subscriptions.on(OrderExpired.self) { CloseCheckouts.Job(orderID: $0.orderID) }
        subscriptions.on(OrderConfirmed.self) { OpenCashPayment.Job(orderID: $0.orderID) }
        subscriptions.on(OrderPaid.self) { $0.hasLicenceKeys ? DeliverLicenceKeys.Job(orderID: $0.orderID) : nil }
        subscriptions.onEach(OrderPaid.self) { event in
            event.shippingVendors.map { SendVendorSale.Job(orderID: event.orderID, vendorID: $0) }
        }
        subscriptions.onEach(OrderConfirmed.self) { event in
            event.shippingVendors.map { SendVendorSale.Job(orderID: event.orderID, vendorID: $0) }
        }
        subscriptions.on(OrderUnitsCancelled.self) { FollowCancelledUnits.Job(orderID: $0.orderID) }
        subscriptions.on(OrderReinstated.self) { event in
            event.lacksLicenceKeys ? DeliverLicenceKeys.Job(orderID: event.orderID) : nil
        }
        subscriptions.on(LicenceKeysAssigned.self) { SendOrderDelivered.Job(orderID: $0.orderID) }
        subscriptions.onEach(LicenceKeysAssigned.self) { event in
            event.vendors.map { SendVendorSale.Job(orderID: event.orderID, vendorID: $0) }
        }
        subscriptions.on(LicenceKeysReplaced.self) { event in
            SendOrderDelivered.Job(orderID: event.orderID, isReplacement: true)
        }
        subscriptions.on(OrderKeysRequested.self) { event in
            SendOrderDelivered.Job(orderID: event.orderID, slot: event.slot)
        }
        subscriptions.on(LicenceKeyBatchQuarantined.self) { NotifyKeyRecall.Job($0) }
        subscriptions.on(VerificationRequested.self) { event in
            event.channel == .email ? EmailVerificationCode.Job(verificationID: event.verificationID) : nil
        }
        subscriptions.on(VerificationRequested.self) { event in
            event.channel == .phone ? TextVerificationCode.Job(verificationID: event.verificationID) : nil
        }
        subscriptions.on(InvitationCreated.self) { EmailInvitation.Job(invitationID: $0.invitationID) }
        subscriptions.on(VendorApproved.self) { $0.hasOwner ? nil : InviteOwner.Job(vendorID: $0.vendorID) }
        subscriptions.on(DocumentIssued.self) { DrawDocument.Job(documentID: $0.documentID) }
        subscriptions.on(StockLow.self) { NotifyLowStock.Job($0) }
        subscriptions.on(JobAbandoned.self) { EndAbandonedTransfer.Job($0) }
        subscriptions.on(JobAbandoned.self) { EndAbandonedKeyImport.Job(jobID: $0.jobID, kind: $0.kind) }
        subscriptions.onEach(ComplaintFiled.self) { EmailComplaint.Job.jobs(for: $0) }
        subscriptions.onEach(ComplaintMoved.self) { EmailComplaint.Job.jobs(for: $0) }
        subscriptions.onEach(ComplaintMessageWritten.self) { EmailComplaint.Job.jobs(for: $0) }
        subscriptions.on(ComplaintDeadlineNear.self) { AlertStaffOfComplaint.Job($0) }
        subscriptions.on(ComplaintDeadlineMissed.self) { AlertStaffOfComplaint.Job($0) }
        subscriptions.on(WebhookEndpointDisabled.self) { SendWebhookDisabled.Job($0) }
        subscriptions.on(ProductChanged.self) { IndexProducts.Job(productID: $0.productID) }
        subscriptions.on(ProductsImported.self) { IndexProducts.ManyJob(productIDs: $0.products) }
        subscriptions.on(CategoryChanged.self) { MarkStaleProducts.Job(categoryID: $0.categoryID) }
        subscriptions.on(AttributeChanged.self) { MarkStaleProducts.Job(attributeID: $0.attributeID) }
        subscriptions.on(VendorChanged.self) { MarkStaleProducts.Job(vendorID: $0.vendorID) }
        return subscriptions
    }()
}
