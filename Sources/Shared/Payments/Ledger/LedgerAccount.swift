package import Core

/// An account of the ledger, named by what it is for.
package enum LedgerAccount: Hashable, Sendable {
    /// Money at a gateway that has not been paid out to our bank.
    case clearing(GatewayName)
    /// Cash that somebody has collected at customers' doors and still owes us.
    case cashOwed(CashCollector)
    /// Our own money, outside of every gateway.
    case ownFunds
    /// What we owe a vendor.
    case vendorPayable(vendor: String)
    case commission
    /// Shipping that the marketplace charges for itself.
    case shipping
    case fees
    /// Tax that the marketplace collects and pays on.
    case taxCollected
    /// Discounts that the marketplace bears.
    case promotions
    case rounding
    /// What we owe customers who paid for nothing.
    case refundsDue
    /// Money that a gateway holds back until a dispute is decided.
    case disputed(GatewayName)
    /// Our bank account, as far as gateways pay into it.
    case bank
    /// What gateways keep of the money, without tax.
    case gatewayFees
    /// Tax on that.
    case gatewayFeeTaxes
    /// Where gateways' records and ours part for good.
    case gatewayDifferences
    /// Lost in disputes beyond what the payment brought.
    case chargebackLosses

    package var code: String {
        switch self {
        case .clearing(let gateway): "gateway.\(gateway).clearing"
        case .cashOwed(.courier): "cash.courier.owed"
        case .cashOwed(.vendor(let vendor)): "cash.vendor.\(vendor).owed"
        case .ownFunds: "platform.funds"
        case .vendorPayable(let vendor): "vendor.\(vendor).payable"
        case .commission: "platform.commission"
        case .shipping: "platform.shipping"
        case .fees: "platform.fees"
        case .taxCollected: "platform.tax_collected"
        case .promotions: "platform.promotions"
        case .rounding: "platform.rounding"
        case .refundsDue: "platform.refunds_due"
        case .disputed(let gateway): "gateway.\(gateway).disputed"
        case .bank: "platform.bank"
        case .gatewayFees: "platform.gateway_fees"
        case .gatewayFeeTaxes: "platform.gateway_fee_taxes"
        case .gatewayDifferences: "platform.gateway_differences"
        case .chargebackLosses: "platform.chargeback_losses"
        }
    }

    package var kind: String {
        switch self {
        case .clearing, .disputed, .bank, .cashOwed, .ownFunds: "asset"
        case .vendorPayable, .taxCollected, .refundsDue: "liability"
        case .commission, .shipping, .fees: "revenue"
        case .promotions, .rounding, .chargebackLosses, .gatewayFees, .gatewayFeeTaxes, .gatewayDifferences: "expense"
        }
    }
}
