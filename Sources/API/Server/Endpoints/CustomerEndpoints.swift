import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

/// Customers as those see them who serve them.
enum CustomerEndpoints {
    static let all: [Endpoint] = [list, read]

    static let list = Endpoint(
        .get, "/customers", tag: .customers, summary: "List or find customers, newest first",
        description: """
            `search` is the beginning of an e-mail address or of a name, a whole word of a name, or a telephone number however it is \
            typed.
            """,
        policy: .require(.customersRead), query: CustomersQuery.self, returns: .page(of: CustomerView.self)
    ) { request, services in
        let page = try await services.accounts.accounts.accounts(
            matching: request.query.search, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(CustomerView.init))
    }

    static let read = Endpoint(
        .get, "/customers/{customer_id}", ID<Account>.self, tag: .customers, summary: "Read a customer",
        policy: .require(.customersRead), returns: .ok(CustomerView.self)
    ) { request, services in
        guard let account = try await services.accounts.accounts.account(request.path, in: services.postgres) else {
            throw Problem.notFound("customer")
        }
        return CustomerView(account: account)
    }
}

struct CustomersQuery: APIInput {
    let search: AccountQuery?
    let page: PageRequest

    init(_ fields: inout Fields) {
        search = fields.optional("search", .text(AccountQuery.rule), "Whom to find", example: "karim").map(
            AccountQuery.init(typed:))
        page = fields.page()
    }
}

struct CustomerView: APIOutput {
    let account: Account

    static let example = CustomerView(account: AccountView.example.account)

    func write(to out: inout ObjectWriter) {
        out.field("id", account.id)
        out.field("email", account.email?.rawValue)
        out.field("phone", account.phone?.rawValue, "In the international form")
        out.field("name", account.name)
        out.field("latin_name", account.latinName, "For those who print no other script")
        out.field("locale", account.locale.text, "The language of what is sent")
        out.field("created_at", account.createdAt)
    }
}
