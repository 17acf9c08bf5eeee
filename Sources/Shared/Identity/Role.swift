/// A set of permissions that comes with the product.
package enum Role: String, Hashable, Sendable, CaseIterable {
    case customer
    /// Whoever has applied to sell, until the marketplace lets them: of the key that an application gives out.
    case vendorApplicant = "vendor_applicant"
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
        case .vendorApplicant, .vendorOwner, .vendorManager, .vendorFulfilment, .vendorFinance: .vendor
        case .support, .operations, .finance, .admin: .marketplace
        }
    }

    package var permissions: Set<Permission> {
        switch self {
        case .customer:
            [
                .cartsRead, .cartsEdit, .ordersRead, .ordersPay, .ordersCancel, .documentsRead, .licenceKeysReveal,
                .licenceKeysResend, .downloadsFetch, .complaintsFile, .complaintsRead,
            ]
        case .vendorFulfilment:
            [
                .vendorsRead, .vendorOrdersRead, .vendorOrdersPack, .vendorOrdersCancel, .shipmentsRead,
                .shipmentsManage, .orderNotesRead,
                .orderNotesWrite, .complaintsRead,
                .complaintsAnswer, .documentsRead,
                .shippingRead, .stockRead, .mediaRead,
            ]
        case .vendorFinance:
            [
                .vendorsRead, .vendorOrdersRead, .orderNotesRead, .documentsRead, .promotionsRead, .payoutAccountsRead,
                .mediaRead, .ordersExport, .shipmentsRead,
            ]
        case .vendorManager:
            [
                .complaintsRead, .complaintsAnswer, .orderNotesRead, .orderNotesWrite, .shippingRead, .shippingManage,
                .vendorsRead, .vendorsUpdate, .vendorOrdersRead, .vendorOrdersPack, .vendorOrdersCancel, .documentsRead,
                .shipmentsRead, .shipmentsManage, .productsCreate, .productsUpdate, .stockRead, .stockAdjust,
                .licenceKeysImport, .promotionsRead, .promotionsManage, .priceListsManage, .mediaRead, .mediaUpload,
                .mediaDelete, .membersRead, .ordersExport, .licenceKeysRead, .licenceKeysQuarantine, .webhooksRead,
                .webhooksManage,
            ]
        case .vendorOwner:
            Role.vendorManager.permissions.union([
                .payoutAccountsRead, .payoutAccountsManage, .membersManage,
            ])
        case .vendorApplicant:
            [
                .vendorsRead, .vendorsUpdate, .payoutAccountsRead, .payoutAccountsManage, .mediaRead, .mediaUpload,
                .mediaDelete,
            ]
        case .support:
            [
                .ordersConfirm, .complaintsRead, .complaintsFile, .complaintsAnswer, .complaintsManage, .orderNotesRead,
                .orderNotesWrite, .orderTagsRead, .orderTagsAssign, .cartsRead, .codRulesRead, .shippingRead,
                .documentsRead, .vendorsRead, .vendorOrdersRead, .shipmentsRead, .stockRead, .ordersRead, .ordersCancel,
                .paymentsRead,
                .paymentsVerify, .promotionsRead, .refundsRead, .mediaRead, .membersRead, .supportActAs, .customersRead,
                .licenceKeysRead, .licenceKeysReplace, .licenceKeysResend,
            ]
        case .operations:
            [
                .vendorsCreate, .vendorsRead, .vendorsUpdate, .vendorsApprove, .vendorsSuspend, .payoutAccountsRead,
                .complaintsRead, .complaintsFile, .complaintsAnswer, .complaintsManage, .orderNotesRead,
                .orderNotesWrite, .orderTagsRead, .orderTagsAssign, .orderTagsManage, .cartsRead, .codRulesRead,
                .codRulesManage, .shippingRead, .shippingManage, .vendorOrdersRead, .vendorOrdersPack,
                .vendorOrdersCancel, .documentsRead, .shipmentsRead, .shipmentsManage,
                .documentsCredit, .documentsCancel, .catalogueManage, .productsCreate, .productsErase,
                .productsModerate, .productsUpdate, .promotionsRead, .promotionsManage, .priceListsManage,
                .customerGroupsManage, .stockRead, .stockAdjust, .ordersRead, .ordersExport, .ordersReserveFreely,
                .ordersCancel,
                .ordersConfirm,
                .cashReport, .paymentsRead, .paymentsVerify, .paymentOptionsRead, .paymentOptionsManage, .refundsRead,
                .settlementsRead, .gatewaysRead, .eventsRead, .jobsRead,
                .jobsManage, .queuesManage, .webhookEventsRead, .webhookEventsReplay, .mediaRead, .mediaUpload,
                .mediaDelete, .membersRead, .supportActAs, .supportWrite, .customersRead, .customersImport,
                .licenceKeysRead, .licenceKeysQuarantine, .licenceKeysReplace, .licenceKeysResend, .webhooksRead,
                .webhooksManage,
            ]
        case .finance:
            [
                .orderNotesRead, .orderTagsRead, .vendorsRead, .payoutAccountsRead, .payoutAccountsVerify,
                .commissionsManage, .taxesManage, .promotionsRead, .vendorOrdersRead, .documentsRead, .documentsCredit,
                .documentsCancel, .ordersRead, .ordersExport, .paymentsRead, .paymentsVerify, .paymentsResolve,
                .paymentOptionsRead, .shipmentsRead,
                .refundsRead, .cashReport, .refundsConfirm, .refundsCreate, .settlementsRead, .findingsResolve,
                .gatewaysRead, .eventsRead, .auditRead, .mediaRead,
            ]
        case .admin: Set(Permission.allCases)
        }
    }
}
