/// A set of permissions that comes with the product.
package enum Role: String, Hashable, Sendable, CaseIterable {
    case customer
    case vendorOwner = "vendor_owner"
    case vendorManager = "vendor_manager"
    case vendorFulfilment = "vendor_fulfilment"
    case vendorFinance = "vendor_finance"
    case support
    case operations
    case finance
    case admin

    /// Whom it is for: how far it reaches follows from it.
    package enum Holder: Hashable, Sendable {
        case customer, vendor, marketplace
    }

    package var holder: Holder {
        switch self {
        case .customer: .customer
        case .vendorOwner, .vendorManager, .vendorFulfilment, .vendorFinance: .vendor
        case .support, .operations, .finance, .admin: .marketplace
        }
    }

    package var permissions: Set<Permission> {
        switch self {
        case .customer: [.ordersRead, .ordersPay, .ordersCancel, .licenceKeysReveal]
        case .vendorFulfilment: [.vendorsRead, .vendorOrdersRead, .stockRead]
        case .vendorFinance: [.vendorsRead, .vendorOrdersRead]
        case .vendorManager, .vendorOwner:
            [
                .vendorsRead, .vendorOrdersRead, .productsCreate, .productsUpdate, .stockRead, .stockAdjust,
                .licenceKeysImport,
            ]
        case .support:
            [
                .vendorsRead, .vendorOrdersRead, .stockRead, .ordersRead, .ordersCancel, .paymentsRead, .paymentsVerify,
                .refundsRead,
            ]
        case .operations:
            [
                .vendorsCreate, .vendorsRead, .vendorOrdersRead, .catalogueManage, .productsCreate, .productsErase,
                .productsModerate, .productsUpdate, .stockRead, .stockAdjust, .ordersRead, .ordersReserveFreely,
                .ordersCancel, .paymentsRead, .paymentsVerify, .refundsRead, .gatewaysRead, .eventsRead, .jobsRead,
                .jobsManage, .queuesManage, .webhookEventsRead, .webhookEventsReplay,
            ]
        case .finance:
            [
                .vendorsRead, .vendorOrdersRead, .ordersRead, .paymentsRead, .paymentsVerify, .refundsRead,
                .refundsCreate, .gatewaysRead, .eventsRead, .auditRead,
            ]
        case .admin: Set(Permission.allCases)
        }
    }
}
