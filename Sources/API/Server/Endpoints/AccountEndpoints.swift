import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Postgres

/// What people see and change of their own accounts.
enum AccountEndpoints {
    static let all: [Endpoint] = [me, read, update, changePassword]

    static let me = Endpoint(
        .get, "/me", tag: .access, summary: "Read who you are and what you may do",
        description: "Without credentials you are nobody, and may do what everybody may.",
        policy: .anyone(.perClient(600, per: .minute)), returns: .ok(PrincipalView.self)
    ) { request, _ in PrincipalView(principal: request.principal) }

    static let read = Endpoint(
        .get, "/me/account", tag: .signIn, summary: "Read one’s own account", policy: .account(),
        returns: .ok(AccountView.self, version: \.account.version)
    ) { request, services in
        let id = try request.principal.requireSignedIn().account
        guard let account = try await services.accounts.accounts.account(id, in: services.postgres) else {
            throw Problem.notFound("account")
        }
        return AccountView(account: account)
    }

    static let update = Endpoint(
        .patch, "/me/account", tag: .signIn, summary: "Change one’s name and language",
        description: "An address or a number is changed by a code that is sent there.", policy: .account(),
        edit: .ifMatch, body: AccountUpdateInput.self, returns: .ok(AccountView.self, version: \.account.version)
    ) { request, work, services in
        let body = request.body
        return AccountView(
            account: try await services.accounts.updateAccount(
                expecting: request.expectedVersion, by: request.principal, in: work
            ) { account in
                AccountProfile(
                    name: body.name.applied(to: account.name), latinName: body.latinName.applied(to: account.latinName),
                    locale: body.locale ?? account.locale)
            })
    }

    static let changePassword = Endpoint(
        .post, "/me/password", tag: .signIn, summary: "Change one’s password, or set the first",
        description: "Ends all other sessions.",
        policy: .account(.perClient(30, per: .minute)).freshSecondFactorIfEnrolled,
        lease: .none, body: PasswordChangeInput.self, returns: .noContent
    ) { request, claim, services in
        let (change, body) = (services.accounts.changePassword, request.body)
        try await change.checkPresent(body.present, of: request.principal, in: services.postgres)
        let password = try await change.hash(body.password)
        return try await claim.finish { work in
            try await change.change(password, by: request.principal, in: work)
            return NoContent()
        }
    }
}

struct AccountUpdateInput: APIInput {
    let name: Change<String?>
    let latinName: Change<String?>
    let locale: LanguageTag?

    init(_ fields: inout Fields) {
        name = fields.change("name", .nullable(.text(Account.nameRule)), "A full name", example: "করিম উদ্দিন")
        latinName = fields.change(
            "latin_name", .nullable(.text(Account.latinNameRule)), "The same in ASCII, for those who print no other",
            example: "Karim Uddin")
        locale = fields.optional(
            "locale", .languageTag, "The language of what is sent (BCP 47)", example: .example)
    }
}

struct PasswordChangeInput: APIInput {
    let present: String?
    let password: String

    init(_ fields: inout Fields) {
        present = fields.optional("present_password", .text(Password.rule), "The present one, where there is one")
        password = fields.required(
            "password", .text(Password.newRule), "The new one", example: "a long sentence is a good one")
    }
}

struct AccountView: APIOutput {
    let account: Account

    static let example = AccountView(
        account: Account(
            id: .example, email: .example, phone: nil, name: "করিম উদ্দিন", latinName: "Karim Uddin", locale: .english,
            hasPassword: true, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", account.id)
        out.field("email", account.email?.rawValue)
        out.field("phone", account.phone?.rawValue, "In the international form")
        out.field("name", account.name)
        out.field("latin_name", account.latinName, "For those who print no other script")
        out.field("locale", account.locale.text, "The language of what is sent")
        out.field("has_password", account.hasPassword, "Whether a password opens it, besides codes")
        out.field("version", account.version)
        out.field("created_at", account.createdAt)
    }
}

struct PrincipalView: APIOutput {
    let principal: Principal

    static let example = PrincipalView(
        principal: Principal(
            .apiKey(.example), permissions: Role.vendorFulfilment.permissions,
            visibility: .vendor(ID<Account>.example.uuid)))

    func write(to out: inout ObjectWriter) {
        out.field("principal", principal.scope, "As the audit record names it")
        out.field("reach", reach, "everything, vendor, customer, order or nothing")
        out.field("permissions", principal.permissions.map(\.rawValue).sorted())
        out.field("membership_id", principal.membership, "By which they act; see GET /me/memberships")
        out.field(
            "support_session_id", principal.support?.session, "Of somebody of the staff who acts in another’s place")
        out.field("is_read_only", principal.isReadOnly, "Whether they may but look, whatever the permissions")
        out.field("session_id", principal.signedIn?.session, "Of somebody who has signed in")
        out.field(
            "awaits_second_factor", principal.awaitsSecondFactor,
            "Whether nothing is open before a second factor is shown")
        out.field(
            "lacks_second_factor", principal.lacksSecondFactor,
            "Whether nothing is open before an authenticator is enrolled")
        out.field("second_factor_at", principal.secondFactorAt, "When a second factor was shown last")
    }

    private var reach: String {
        switch principal.visibility {
        case .everything: "everything"
        case .vendor: "vendor"
        case .customer: "customer"
        case .order: "order"
        case .cart: "cart"
        case .nothing: "nothing"
        }
    }
}
