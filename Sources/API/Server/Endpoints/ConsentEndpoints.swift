import Core
import Customers
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

extension ProblemType {
    static let consentNoticeOvertaken = ProblemType(.consentNoticeOvertaken)
}

/// What people are told, and what they agree to.
enum ConsentEndpoints {
    static let all: [Endpoint] = [
        publish, notices, notice, states, decide, history, statesOfCustomer, historyOfCustomer,
    ]

    static let publish = Endpoint(
        .post, "/consent_notices", tag: .customers, summary: "Publish what people are told before they agree",
        description:
            "As the next version of its purpose and language. Earlier ones stay, for those who have agreed to them.",
        policy: .require(.consentNoticesManage), idempotency: .required, body: ConsentNoticeCreateInput.self,
        returns: .created(ConsentNoticeView.self, location: { "/consent_notices/\($0.notice.id)" }),
        problems: [.consentNoticeOvertaken], bodyLimit: ConsentNoticeCreateInput.largestBody
    ) { request, work, services in
        let body = request.body
        return ConsentNoticeView(
            notice: try await services.customers.publishConsentNotice(
                body.text, for: body.purpose, in: body.locale, by: request.principal, in: work))
    }

    static let notices = Endpoint(
        .get, "/consent_notices", tag: .customers, summary: "List what people are told now",
        description: "With `locale` one for each purpose: in that language, or in the nearest that there is.",
        policy: .anyone(.storefront), query: ConsentNoticesQuery.self, returns: .ok(ListOutput<ConsentNoticeView>.self)
    ) { request, services in
        let current = try await services.customers.consents.currentNotices(in: services.postgres)
        let wanted = request.query.locale.map { current.inLanguage($0) } ?? current
        return ListOutput(wanted.map(ConsentNoticeView.init))
    }

    static let notice = Endpoint(
        .get, "/consent_notices/{consent_notice_id}", ID<ConsentNotice>.self, tag: .customers,
        summary: "Read a notice, also an earlier version", policy: .anyone(.storefront),
        returns: .ok(ConsentNoticeView.self)
    ) { request, services in
        guard let notice = try await services.customers.consents.notice(request.path, in: services.postgres) else {
            throw Problem.notFound("notice")
        }
        return ConsentNoticeView(notice: notice)
    }

    static let states = Endpoint(
        .get, "/me/consents", tag: .customers, summary: "Read what one has agreed to, by purpose",
        policy: .account(), returns: .ok(ListOutput<ConsentStateView>.self)
    ) { request, services in
        let account = try request.principal.requireSignedIn().account
        return ListOutput(
            try await services.customers.consents.states(of: account, in: services.postgres).map(ConsentStateView.init))
    }

    static let decide = Endpoint(
        .put, "/me/consents/{purpose}", ConsentPurpose.self, tag: .customers,
        summary: "Agree to a purpose, or agree to it no more",
        description:
            "Agreeing names the notice that was shown, in its newest version. The same again changes nothing.",
        policy: .account(), body: ConsentUpdateInput.self, returns: .ok(ConsentStateView.self),
        problems: [.consentNoticeOvertaken]
    ) { request, work, services in
        let decide = services.customers.decideOnConsent
        guard let notice = request.body.notice else {
            return ConsentStateView(state: try await decide.withdraw(request.path, by: request.principal, in: work))
        }
        return ConsentStateView(state: try await decide.give(request.path, notice, by: request.principal, in: work))
    }

    static let history = Endpoint(
        .get, "/me/consent_history", tag: .customers, summary: "List all that one has ever decided, newest first",
        policy: .account(), query: PageQuery.self, returns: .page(of: ConsentView.self)
    ) { request, services in
        let account = try request.principal.requireSignedIn().account
        let page = try await services.customers.consents.history(
            of: account, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(ConsentView.init))
    }

    static let statesOfCustomer = Endpoint(
        .get, "/customers/{customer_id}/consents", ID<Account>.self, tag: .customers,
        summary: "Read what a customer has agreed to, by purpose", policy: .require(.customersRead),
        returns: .ok(ListOutput<ConsentStateView>.self)
    ) { request, services in
        try await services.requireCustomer(request.path)
        let states = try await services.customers.consents.states(of: request.path, in: services.postgres)
        return ListOutput(states.map(ConsentStateView.init))
    }

    static let historyOfCustomer = Endpoint(
        .get, "/customers/{customer_id}/consent_history", ID<Account>.self, tag: .customers,
        summary: "List all that a customer has ever decided, newest first", policy: .require(.customersRead),
        query: PageQuery.self, returns: .page(of: ConsentView.self)
    ) { request, services in
        try await services.requireCustomer(request.path)
        let page = try await services.customers.consents.history(
            of: request.path, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(ConsentView.init))
    }
}

extension Services {
    /// An empty list would tell that there is such a customer.
    fileprivate func requireCustomer(_ id: ID<Account>) async throws {
        guard try await accounts.accounts.account(id, in: postgres) != nil else { throw Problem.notFound("customer") }
    }
}
