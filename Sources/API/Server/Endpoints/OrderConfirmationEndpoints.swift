import Core
import Endpoints
import HTTPTypes
import Identity
import Jobs
import Orders

extension ProblemType {
    static let notToBeConfirmed = ProblemType(.notToBeConfirmed)
}

/// Whether the customer of an order that is paid on delivery means it.
enum OrderConfirmationEndpoints {
    static let all: [Endpoint] = [sendCode, confirm, answer]

    static let sendCode = Endpoint(
        .post, "/orders/{order_id}/confirmation_code", ID<Order>.self, tag: .orders,
        summary: "Have a code sent that confirms an order",
        description: "For one that is paid on delivery: to the customer’s telephone, or else to their address.",
        policy: .require(.ordersPay, on: .order, .perClient(20, per: .minute)), body: OrderConfirmationCodeInput.self,
        returns: .accepted(VerificationView.self), problems: [.notToBeConfirmed]
    ) { request, work, services in
        let send = services.accounts.requestVerification
        let contact = try await services.commerce.confirmOrder.contact(
            for: request.path, over: send.channels, by: request.principal, in: work)
        return VerificationView(
            try await send(
                .orderConfirmation, of: contact, locale: request.body.locale, device: request.deviceToken,
                by: request.principal, in: work))
    }

    static let confirm = Endpoint(
        .post, "/orders/{order_id}/confirm", ID<Order>.self, tag: .orders, summary: "Confirm an order with a code",
        description: "It is shipped from then on, once an advance that was agreed is paid.",
        policy: .require(.ordersPay, on: .order, .perClient(30, per: .minute)), lease: .none,
        body: OrderConfirmationInput.self, returns: .ok(OrderSummaryView.self),
        problems: [.notToBeConfirmed, .verificationEnded]
    ) { request, claim, services in
        _ = try await services.commerce.confirmOrder.contact(
            for: request.path, over: [], by: request.principal, in: services.postgres)
        let proven = try await services.accounts.checkCode(
            request.body.code, of: request.body.verification, for: [.orderConfirmation], in: services.postgres)
        return try await claim.finish { work in
            OrderSummaryView(
                order: try await services.commerce.confirmOrder(
                    request.path, with: proven, by: request.principal, in: work))
        }
    }

    static let answer = Endpoint(
        .post, "/orders/{order_id}/cash_confirmation", ID<Order>.self, tag: .orders,
        summary: "Say what came of asking a customer",
        description: "Whether they mean an order that is paid on delivery. One that they do not mean is cancelled.",
        policy: .require(.ordersConfirm, on: .order), body: CashConfirmationInput.self,
        returns: .ok(OrderSummaryView.self), problems: [.notToBeConfirmed, .orderState]
    ) { request, work, services in
        OrderSummaryView(
            order: try await services.commerce.confirmOrder(
                request.path, request.body.answer, by: request.principal, in: work))
    }
}

struct OrderConfirmationCodeInput: APIInput {
    let locale: LanguageTag

    init(_ fields: inout Fields) {
        locale = fields.required("locale", .languageTag, "The language of the message (BCP 47)", example: .example)
    }
}

struct OrderConfirmationInput: APIInput {
    let verification: ID<Verification>
    let code: String

    init(_ fields: inout Fields) {
        verification = fields.required(
            "verification_id", .id(Verification.self), "As it was answered when the code was sent", example: .example)
        code = fields.required("code", .text(OneTimeCode.typedRule), "As it was received", example: "493820")
    }
}

struct CashConfirmationInput: APIInput {
    let answer: CashConfirmation

    init(_ fields: inout Fields) {
        answer = fields.required(
            "answer", .oneOf(CashConfirmation.self), "confirmed, rejected or unreachable", example: .confirmed)
    }
}
