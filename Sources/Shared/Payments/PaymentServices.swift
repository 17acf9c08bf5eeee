package import AsyncHTTPClient
package import Core
package import Logging
package import Postgres

/// The payment use cases of a process over one registry of gateways and one book. Every process composes them here, so that
/// none can weigh evidence differently from another.
package struct PaymentServices: Sendable {
    package let gateways: GatewayRegistry
    package let book: PaymentBook
    private let postgres: PostgresClient
    private let logger: Logger

    /// - Parameter stripe: the credentials for Stripe; further gateways are further parameters.
    package init(
        stripe: StripeSettings, http: HTTPClient, postgres: PostgresClient, audit: AuditStore, ids: UUIDv7Generator,
        clock: any WallClock, logger: Logger
    ) {
        let calls = GatewayCallLog(postgres: postgres, ids: ids, clock: clock, logger: logger)
        let book = PaymentBook(
            orders: OrderSettlement(audit: audit), ledger: LedgerStore(ids: ids), audit: audit, ids: ids, clock: clock,
            logger: logger)
        self.init(
            gateways: GatewayRegistry([StripeGateway(settings: stripe, http: http, calls: calls, logger: logger)]),
            book: book, postgres: postgres, logger: logger)
    }

    init(gateways: GatewayRegistry, book: PaymentBook, postgres: PostgresClient, logger: Logger) {
        self.gateways = gateways
        self.book = book
        self.postgres = postgres
        self.logger = logger
    }

    package var startCheckout: StartCheckout {
        StartCheckout(postgres: postgres, gateways: gateways, book: book, logger: logger)
    }

    package var verifyPayment: VerifyPayment {
        VerifyPayment(postgres: postgres, gateways: gateways, book: book)
    }

    package var verifyOpenPayments: VerifyOpenPayments {
        VerifyOpenPayments(postgres: postgres, gateways: gateways, book: book)
    }

    package var closeCheckouts: CloseCheckouts {
        CloseCheckouts(postgres: postgres, gateways: gateways, book: book)
    }

    package var reconcile: Reconcile {
        Reconcile(postgres: postgres, gateways: gateways, audit: book.audit, logger: logger)
    }

    package var processGatewayEvent: ProcessGatewayEvent {
        ProcessGatewayEvent(postgres: postgres, gateways: gateways, book: book)
    }

    package var createRefund: CreateRefund {
        CreateRefund(gateways: gateways, book: book)
    }

    package var refundPayment: RefundPayment {
        RefundPayment(postgres: postgres, gateways: gateways, book: book)
    }
}
