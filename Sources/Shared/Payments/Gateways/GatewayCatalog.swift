/// The payment providers of the product. A further one is a folder and a line here.
package enum GatewayCatalog {
    package static let product: [any GatewayProvider.Type] = [
        StripeProvider.self,
        RazorpayProvider.self,
        BKashProvider.self,
        SSLCommerzProvider.self,
        AamarPayProvider.self,
        PayStationProvider.self,
    ]
}
