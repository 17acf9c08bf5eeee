import Addresses
import Core
import Logging
import Orders
import Outbound
package import Platform
import Postgres

/// The payment use cases of a process over one registry of gateways and one book. Every process composes them here, so that
/// none can weigh reports differently from another.
package struct PaymentServices: Sendable {
    package let gateways: GatewayRegistry
    package let book: PaymentBook
    package let offerOptions: OfferPaymentOptions
    private let postgres: PostgresClient
    private let publicURL: String
    private let returnHosts: ReturnHosts
    private let reservations: ReservationSettings
    private let logger: Logger

    /// - Parameter gateways: those that are switched on.
    package init(on platform: Platform, gateways: GatewaySettings) {
        let calls = GatewayCallLog(
            postgres: platform.postgres, ids: platform.ids, clock: platform.clock, logger: platform.logger)
        let book = PaymentBook(
            orders: OrderSettlement(audit: platform.audit), ledger: LedgerStore(ids: platform.ids),
            audit: platform.audit, ids: platform.ids, clock: platform.clock,
            refundsPaidTwice: platform.configuration.payments.refundsPaidTwice, logger: platform.logger)
        let registry = gateways.registry(
            transport: HTTPTransport(client: platform.http), calls: calls,
            memory: GatewayMemory(postgres: platform.postgres, vault: platform.vault), logger: platform.logger)
        let options = OfferPaymentOptions(
            gateways: registry,
            titles: Dictionary(gateways.accounts.map { ($0.name, $0.title) }, uniquingKeysWith: { first, _ in first }),
            destinations: OrderDestinations(known: KnownPlaces(clock: platform.clock), clock: platform.clock),
            clock: platform.clock)
        self.init(
            gateways: registry, book: book, options: options, postgres: platform.postgres,
            publicURL: platform.configuration.publicURL,
            returnHosts: platform.configuration.returnHosts, reservations: platform.configuration.reservations,
            logger: platform.logger)
    }

    init(
        gateways: GatewayRegistry, book: PaymentBook, options: OfferPaymentOptions, postgres: PostgresClient,
        publicURL: String, returnHosts: ReturnHosts, reservations: ReservationSettings, logger: Logger
    ) {
        self.gateways = gateways
        self.book = book
        offerOptions = options
        self.postgres = postgres
        self.publicURL = publicURL
        self.returnHosts = returnHosts
        self.reservations = reservations
        self.logger = logger
    }

    package var startCheckout: StartCheckout {
        StartCheckout(
            postgres: postgres, gateways: gateways, book: book, options: offerOptions, publicURL: publicURL,
            returnHosts: returnHosts, reservations: reservations, logger: logger)
    }

    package var verifyPayment: VerifyPayment {
        VerifyPayment(postgres: postgres, gateways: gateways, book: book)
    }

    package var checkoutHandover: CheckoutHandover {
        CheckoutHandover(postgres: postgres, gateways: gateways, publicURL: publicURL, clock: book.clock)
    }

    package var confirmReturn: ConfirmReturn {
        ConfirmReturn(postgres: postgres, gateways: gateways, book: book, logger: logger)
    }

    package var verifyOpenPayments: VerifyOpenPayments {
        VerifyOpenPayments(postgres: postgres, gateways: gateways, book: book)
    }

    package var closeCheckouts: CloseCheckouts {
        CloseCheckouts(postgres: postgres, gateways: gateways, book: book)
    }

    package var reconcile: Reconcile {
        Reconcile(
            postgres: postgres, gateways: gateways, audit: book.audit, ids: book.ids, clock: book.clock, logger: logger)
    }

    package var readSettlements: ReadSettlements {
        ReadSettlements(postgres: postgres, gateways: gateways, book: book)
    }

    package var resolveFinding: ResolveFinding { ResolveFinding(book: book) }

    package var processGatewayEvent: ProcessGatewayEvent {
        ProcessGatewayEvent(postgres: postgres, gateways: gateways, book: book)
    }

    package var createRefund: CreateRefund {
        CreateRefund(gateways: gateways, book: book)
    }

    package var refundOrder: RefundOrder {
        RefundOrder(gateways: gateways, book: book)
    }

    package var openCashPayment: OpenCashPayment { OpenCashPayment(book: book, publicURL: publicURL) }

    package var reportCash: ReportCash { ReportCash(book: book, publicURL: publicURL) }

    package var settleTransfer: SettleTransfer { SettleTransfer(book: book) }

    package var resolveConflict: ResolveConflict {
        ResolveConflict(createRefund: createRefund, book: book)
    }

    package var keepOptionRules: KeepPaymentOptionRules {
        KeepPaymentOptionRules(gateways: gateways, audit: book.audit, ids: book.ids, clock: book.clock)
    }

    package var refundPayment: RefundPayment {
        RefundPayment(postgres: postgres, gateways: gateways, book: book)
    }
}
