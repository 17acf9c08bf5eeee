import Endpoints
import Platform

/// Every endpoint of the product.
enum HaatAPI {
    /// - Throws: `APIDeclarationError` naming every declaration that contradicts itself or another.
    static func make(settings: APISettings) throws -> API<Services> {
        try API(
            endpoints: AccountEndpoints.all + VerificationEndpoints.all + SessionEndpoints.all
                + SecondFactorEndpoints.all + MembershipEndpoints.all + MemberEndpoints.all + InvitationEndpoints.all
                + PermissionSetEndpoints.all + SupportSessionEndpoints.all + APIKeyEndpoints.all + VendorEndpoints.all
                + CustomerEndpoints.all + AddressBookEndpoints.all + ConsentEndpoints.all + WishListEndpoints.all
                + PersonalDataEndpoints.all + CustomerImportEndpoints.all
                + ProductEndpoints.all + ProductImportEndpoints.all + ProductExportEndpoints.all
                + CategoryEndpoints.all + CollectionEndpoints.all + AttributeEndpoints.all
                + CatalogueSettingsEndpoints.all + SearchEndpoints.all + StockEndpoints.all + PricingEndpoints.all
                + ShippingZoneEndpoints.all + CashOnDeliveryRuleEndpoints.all + CartEndpoints.all
                + CheckoutEndpoints.all + OrderEndpoints.all + OrderConfirmationEndpoints.all
                + VendorOrderEndpoints.all + OrderSearchEndpoints.all + OrderNoteEndpoints.all + OrderTagEndpoints.all
                + OrderServiceEndpoints.all + OrderExportEndpoints.all + ComplaintEndpoints.all + DocumentEndpoints.all
                + PaymentEndpoints.all + ShipmentEndpoints.all + DownloadEndpoints.all
                + PaymentConflictEndpoints.all + OwnPaymentEndpoints.all + PaymentOptionEndpoints.all
                + RefundEndpoints.all + OrderRefundEndpoints.all + CashCollectionEndpoints.all
                + DisputeEndpoints.all + SettlementEndpoints.all + FindingEndpoints.all + GatewayEndpoints.all
                + EventEndpoints.all + AuditEndpoints.all
                + JobEndpoints.all + QueueEndpoints.all
                + WebhookEventEndpoints.all + OutgoingWebhookEndpoints.all + MediaEndpoints.all,
            uploads: MediaEndpoints.uploads + StockEndpoints.uploads + ComplaintEndpoints.uploads,
            raw: WebhookEndpoints.all + PaymentReturnEndpoints.all + PaymentHandoverEndpoints.all
                + MediaFileEndpoints.all + LiveEndpoints.all,
            pages: SignInPages.all + AccountPages.all + InvitationPages.all, settings: settings)
    }
}
