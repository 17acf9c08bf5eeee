import HTML
import Hummingbird

/// The customer's page, and what Amazon serves for the topic.
struct BKashPages: Sendable {
    let provider: BKashProvider

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/bkash/redirect/tokenized") { request, _ in
            guard let payment = find(try request.queryForm()["paymentID"]) else { return Self.notFound }
            return page(payment).answer
        }
        router.post("/bkash/redirect/tokenized/:payment/:answer") { request, context in
            guard let payment = find(context.parameters.get("payment")),
                let answer = context.parameters.get("answer").flatMap(BKashPayment.Answer.init)
            else { return Self.notFound }
            let form = try await request.form(in: context)
            let wallet = form["wallet"].flatMap { $0.isEmpty ? nil : $0 } ?? "01770618575"
            let answered = provider.box.change { state, now in
                state.answer(payment.id, answer, customer: wallet, now: now)
            }
            guard let answered, let given = answered.answer else { return page(payment, isOver: true).answer }
            return .seeOther(BKashRendering.callback(answered, given))
        }
        router.get("/bkash/sns") { request, _ in act(try request.queryForm()) }
        router.get("/bkash/sns/:file") { _, context in
            guard context.parameters.get("file")?.hasSuffix(".pem") == true else { return Answer(status: 404) }
            return Answer(
                headers: [("Content-Type", "application/x-pem-file")], body: Array(BKashCertificate.pem.utf8))
        }
    }

    private func act(_ query: FormBody) -> Answer {
        let topic = provider.settings.topic
        switch query["Action"] {
        case "ConfirmSubscription":
            let isConfirmed = provider.box.change { state, _ in state.confirm(token: query["Token"] ?? "") }
            guard isConfirmed, query["TopicArn"] == topic else { return Self.xml("<ErrorResponse/>", 400) }
            return Self.xml(
                """
                <ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult>\
                <SubscriptionArn>\(topic):haat</SubscriptionArn></ConfirmSubscriptionResult>\
                </ConfirmSubscriptionResponse>
                """, 200)
        case "Unsubscribe":
            provider.box.change { state, now in state.unsubscribe(topic: topic, now: now) }
            return Self.xml("<UnsubscribeResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"/>", 200)
        default:
            return Self.xml("<ErrorResponse/>", 400)
        }
    }

    /// What is text in HTML is so in XML.
    private static func xml(_ markup: HTML, _ status: Int) -> Answer {
        Answer(status: status, headers: [("Content-Type", "text/xml")], body: markup.utf8)
    }

    private func find(_ id: String?) -> BKashPayment? {
        guard let id else { return nil }
        return provider.box.read { $0.payments[id] }
    }

    private func page(_ payment: BKashPayment, isOver: Bool = false) -> PaymentPage {
        var page = PaymentPage(
            brand: "bkash", provider: "bKash", merchant: provider.box.read(\.settings.merchant),
            amount: "\(DecimalAmount.text(payment.amount)) BDT", details: [("Invoice", payment.invoice)])
        let path = "/bkash/redirect/tokenized/\(payment.id)"
        guard payment.answer == nil, payment.status == .initiated, !isOver else {
            page.content = PaymentPage.outcome(
                .waiting, "This payment is over", "Go back to the shop to see what became of it.")
            return page
        }
        let amount = "\(DecimalAmount.text(payment.amount)) BDT"
        let wallet = TextField(
            "Your bKash account number", name: "wallet", kind: .tel, value: "01770618575", keys: .numeric,
            autocomplete: "tel")
        let pin = TextField(
            "PIN (any will do)", name: "pin", kind: .password, keys: .numeric, autocomplete: "off")
        page.content = """
            <h2>Confirm with your bKash account</h2>
            \(PaymentPage.form(action: "\(path)/success", wallet.html + pin.html, pay: "Confirm \(amount)"))
            \(PaymentPage.others(PaymentPage.other("Wrong PIN", action: "\(path)/failure")))
            \(PaymentPage.cancel(action: "\(path)/cancel"))
            """
        return page
    }

    private static let notFound = PaymentPage.message(
        provider: "bKash", brand: "bkash", "There is no such payment.", status: 404)
}
