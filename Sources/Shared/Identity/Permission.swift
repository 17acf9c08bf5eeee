/// Something that may be done, as roles name it and a refusal names it back.
package enum Permission: String, Hashable, Sendable, CaseIterable {
    case apiKeysManage = "api_keys.manage"
    case auditRead = "audit.read"
    /// To fill a cart and to order it.
    case cartsEdit = "carts.edit"
    case cartsRead = "carts.read"
    /// To say what was collected in cash at customers' doors, and what was not.
    case cashReport = "cash.report"
    case catalogueManage = "catalogue.manage"
    /// To say where, to whom and on what terms cash is collected on delivery.
    case codRulesManage = "cod_rules.manage"
    case codRulesRead = "cod_rules.read"
    /// To say what the marketplace takes of a vendor's sales.
    case commissionsManage = "commissions.manage"
    /// To write about a complaint for a vendor or the marketplace.
    case complaintsAnswer = "complaints.answer"
    /// To complain about an order, and to write about one's complaints.
    case complaintsFile = "complaints.file"
    /// To say what becomes of complaints.
    case complaintsManage = "complaints.manage"
    case complaintsRead = "complaints.read"
    /// To put down how long laws give for complaints.
    case complaintClocksManage = "complaint_clocks.manage"
    /// To say what people are told before they agree to something.
    case consentNoticesManage = "consent_notices.manage"
    /// To say which groups of customers there are, and who is in them.
    case customerGroupsManage = "customer_groups.manage"
    /// To take in tables of people.
    case customersImport = "customers.import"
    /// To find people and to see what they have agreed to.
    case customersRead = "customers.read"
    /// To declare a document void before its goods leave.
    case documentsCancel = "documents.cancel"
    /// To take back what a document charges by a credit note.
    case documentsCredit = "documents.credit"
    case documentsRead = "documents.read"
    /// To fetch the files that came with an order.
    case downloadsFetch = "downloads.fetch"
    case eventsRead = "events.read"
    /// To explain where gateways' records and ours part, and to let it be, which takes two people.
    case findingsResolve = "findings.resolve"
    case gatewaysRead = "gateways.read"
    case jobsManage = "jobs.manage"
    case jobsRead = "jobs.read"
    case licenceKeysImport = "licence_keys.import"
    /// To take batches of keys out of the trade, and to let them back.
    case licenceKeysQuarantine = "licence_keys.quarantine"
    /// To see what became of keys, not the keys themselves.
    case licenceKeysRead = "licence_keys.read"
    /// To revoke keys that were sold, and to give their buyers others.
    case licenceKeysReplace = "licence_keys.replace"
    /// To have keys sent to their buyer again.
    case licenceKeysResend = "licence_keys.resend"
    case licenceKeysReveal = "licence_keys.reveal"
    case mediaDelete = "media.delete"
    case mediaRead = "media.read"
    case mediaUpload = "media.upload"
    /// To invite members, to give them another role, and to remove them.
    case membersManage = "members.manage"
    case membersRead = "members.read"
    /// To read what staff or one's vendor have written about orders.
    case orderNotesRead = "order_notes.read"
    case orderNotesWrite = "order_notes.write"
    case orderTagsAssign = "order_tags.assign"
    /// To say which tags there are.
    case orderTagsManage = "order_tags.manage"
    case orderTagsRead = "order_tags.read"
    case ordersCancel = "orders.cancel"
    /// To say what came of asking a customer whether they mean an order that is paid on delivery.
    case ordersConfirm = "orders.confirm"
    /// To have orders written into files.
    case ordersExport = "orders.export"
    case ordersPay = "orders.pay"
    case ordersRead = "orders.read"
    /// To order however much for whomever: no limit on what is not paid applies.
    case ordersReserveFreely = "orders.reserve_freely"
    /// To say through whom customers may pay what.
    case paymentOptionsManage = "payment_options.manage"
    case paymentOptionsRead = "payment_options.read"
    case paymentsRead = "payments.read"
    /// To say what becomes of payments that don't fit.
    case paymentsResolve = "payments.resolve"
    case paymentsVerify = "payments.verify"
    /// To say where a vendor's money goes.
    case payoutAccountsManage = "payout_accounts.manage"
    case payoutAccountsRead = "payout_accounts.read"
    /// To say that an account was proven to be its vendor's.
    case payoutAccountsVerify = "payout_accounts.verify"
    /// To say what roles of the marketplace's own are.
    case permissionSetsManage = "permission_sets.manage"
    /// To say what goods cost groups of customers.
    case priceListsManage = "price_lists.manage"
    case productsCreate = "products.create"
    /// To erase for good what nothing refers to.
    case productsErase = "products.erase"
    case productsModerate = "products.moderate"
    case productsUpdate = "products.update"
    /// To make goods cheaper, at the cost of whom one reaches.
    case promotionsManage = "promotions.manage"
    case promotionsRead = "promotions.read"
    case queuesManage = "queues.manage"
    /// To say that a refund was made by hand, which somebody else has asked for, or is not to be made.
    case refundsConfirm = "refunds.confirm"
    case refundsCreate = "refunds.create"
    case refundsRead = "refunds.read"
    /// To see what gateways pay out, and where their records and ours part.
    case settlementsRead = "settlements.read"
    /// To have goods carried, and to say where they are.
    case shipmentsManage = "shipments.manage"
    case shipmentsRead = "shipments.read"
    /// To say where parcels go, by which ways and for how much.
    case shippingManage = "shipping.manage"
    case shippingRead = "shipping.read"
    case stockAdjust = "stock.adjust"
    case stockRead = "stock.read"
    /// To look at what a customer or a vendor sees, in their place.
    case supportActAs = "support.act_as"
    /// To do in their place what they may do.
    case supportWrite = "support.write"
    /// To say what goods are taxed at, and how prices are made.
    case taxesManage = "taxes.manage"
    /// To take out of a vendor's part of an order what it can't send.
    case vendorOrdersCancel = "vendor_orders.cancel"
    /// To pack what was ordered, and to issue what goes with it.
    case vendorOrdersPack = "vendor_orders.pack"
    case vendorOrdersRead = "vendor_orders.read"
    /// To look at what applicants show, and to approve or reject them.
    case vendorsApprove = "vendors.approve"
    case vendorsCreate = "vendors.create"
    case vendorsRead = "vendors.read"
    /// To suspend, reinstate and close vendors.
    case vendorsSuspend = "vendors.suspend"
    /// To edit a vendor and what it shows.
    case vendorsUpdate = "vendors.update"
    case webhookEventsRead = "webhook_events.read"
    case webhookEventsReplay = "webhook_events.replay"
    /// To say which addresses outside are told what happens.
    case webhooksManage = "webhooks.manage"
    case webhooksRead = "webhooks.read"
}

extension Permission {
    /// Whether it changes nothing.
    package var isReading: Bool { rawValue.hasSuffix(".read") }

    /// Whether one who has it must have a second factor, whatever else they may.
    package var asksForSecondFactor: Bool {
        switch self {
        case .apiKeysManage, .membersManage, .payoutAccountsManage, .permissionSetsManage: true
        default: false
        }
    }

    /// Whether it is for its holder alone, never for somebody who acts in their place.
    package var isPersonal: Bool { self == .licenceKeysReveal || self == .downloadsFetch || asksForSecondFactor }

    /// What members of vendors can have.
    package static let vendors: Set<Permission> = Role.allCases.filter { $0.holder == .vendor }
        .reduce(into: []) { $0.formUnion($1.permissions) }
}
