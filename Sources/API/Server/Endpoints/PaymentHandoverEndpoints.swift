import Core
import Endpoints
import HTML
import HTTPTypes
import Hummingbird
import NIOCore
import Payments

/// The page from which customers go on to a gateway that wants to be handed a form.
enum PaymentHandoverEndpoints {
    static let all: [RawEndpoint] = [show]

    static let show = RawEndpoint(
        .get, "/payments/{payment_id}/checkout", tag: .payments, summary: "Go on to the gateway’s page",
        description: "Where a checkout’s `redirect_url` leads for a gateway that wants to be handed a form.",
        policy: .anyone(.perClient(120, per: .minute)),
        responses: [
            RawResponseDescription(200, "A page with the form", contentType: "text/html"),
            RawResponseDescription(303, "On to the shop’s page: there is nothing to pay any more"),
            RawResponseDescription(404, "There is no such payment", contentType: "application/problem+json"),
            RawResponseDescription(409, "The gateway is switched off", contentType: "application/problem+json"),
        ]
    ) { _, context, services in
        guard let id = context.parameters.get("payment_id").flatMap({ ID<Payment>($0) }) else {
            throw Problem.notFound("payment")
        }
        switch try await services.commerce.checkoutHandover(id) {
        case .goOn(let page):
            return Response(status: .seeOther, headers: [.location: page, .cacheControl: "no-store"])
        case .send(let form, let amount, let gateway):
            return PaymentHandoverPage(form: form, amount: amount, gateway: gateway).response
        }
    }
}

private struct PaymentHandoverPage {
    let form: CheckoutForm
    let amount: Money
    let gateway: String

    var response: Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        for (name, value) in PageHeaders(formTargets: .sites(form.targets)).all {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: html.utf8)))
    }

    private var html: HTML {
        let fields = form.fields.map { HTML.hidden($0.name, $0.value) }.joined()
        return HTMLDocument(
            title: "Pay \(amount)", layout: .standard,
            body: """
                \(HTML.skipLink)
                <main id="content" tabindex="-1">
                <h1>Pay \("\(amount)")</h1>
                <p class="lede">You go on to \(gateway), where you choose how to pay, and come back to the shop afterwards.</p>
                <form method="post" action="\(url: form.action)">\(fields)<button>Go on to \(gateway)</button></form>
                </main>
                """
        ).html
    }
}
