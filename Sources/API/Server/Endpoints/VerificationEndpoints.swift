import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Postgres

extension EndpointTag {
    static let signIn = EndpointTag(
        "Signing in",
        "Accounts, sessions and second factors. Nothing here tells whether an address or a number has an account.")
}

extension ProblemType {
    static let verificationEnded = ProblemType(.verificationEnded)
    static let wrongCredentials = ProblemType(.wrongCredentials)
    static let codeRequired = ProblemType(.codeRequired)
    static let contactTaken = ProblemType(.contactTaken)
}

/// Codes that are sent to an address or a number, and what they open.
enum VerificationEndpoints {
    static let all: [Endpoint] = [create, changeOwn, signIn, resetPassword, changeContact]

    static let create = Endpoint(
        .post, "/verifications", tag: .signIn, summary: "Have a code sent",
        description:
            "To sign up, to sign in without a password, or to set another password. It counts for ten minutes and five "
            + "tries.",
        policy: .anyone(.perClient(20, per: .minute)), body: VerificationCreateInput.self,
        returns: .accepted(VerificationView.self, location: { "/verifications/\($0.id)" })
    ) { request, work, services in
        VerificationView(
            try await services.accounts.requestVerification(
                request.body.purpose.purpose, of: request.body.contact, locale: request.body.locale,
                device: request.body.deviceToken ?? request.deviceToken, by: request.principal, in: work))
    }

    static let changeOwn = Endpoint(
        .post, "/me/contact_verifications", tag: .signIn, summary: "Have a code sent to a new address or number",
        description: "It becomes the account’s own with the code, in the place of the former one.",
        policy: .account(.perClient(20, per: .minute)).freshSecondFactorIfEnrolled, body: ContactInput.self,
        returns: .accepted(VerificationView.self)
    ) { request, work, services in
        VerificationView(
            try await services.accounts.requestVerification(
                .contactChange, of: request.body.contact, locale: request.body.locale, device: request.deviceToken,
                by: request.principal, in: work))
    }

    static let signIn = Endpoint(
        .post, "/verifications/{verification_id}/sign_in", ID<Verification>.self, tag: .signIn,
        summary: "Sign up or sign in with a code",
        description:
            "A code for signing up makes an account where there is none yet; where there is one, name and password are "
            + "left as they are.",
        policy: .anyone(.perClient(30, per: .minute)), lease: .none, body: CodeSignInInput.self,
        returns: .ok(StartedSessionView.self, cookies: \.cookies), problems: [.verificationEnded]
    ) { request, claim, services in
        let (accounts, body) = (services.accounts, request.body)
        let proven = try await accounts.checkCode(
            body.code, of: request.path, for: [.signUp, .signIn], in: services.postgres)
        let password: PasswordHash? =
            if let password = body.password { try await accounts.changePassword.hash(password) } else { nil }
        return try await claim.finish { work in
            StartedSessionView(
                try await accounts.signInByCode(
                    proven, as: NewAccount(name: body.name, password: password), over: body.transport,
                    from: request.client, in: work), lifetime: accounts.sessionLifetime)
        }
    }

    static let resetPassword = Endpoint(
        .post, "/verifications/{verification_id}/reset_password", ID<Verification>.self, tag: .signIn,
        summary: "Set another password with a code", description: "Ends all sessions of the account.",
        policy: .anyone(.perClient(30, per: .minute)), lease: .none, body: PasswordResetInput.self,
        returns: .noContent, problems: [.verificationEnded]
    ) { request, claim, services in
        let accounts = services.accounts
        let proven = try await accounts.checkCode(
            request.body.code, of: request.path, for: [.passwordReset], in: services.postgres)
        let password = try await accounts.changePassword.hash(request.body.password)
        return try await claim.finish { work in
            try await accounts.changePassword.reset(password, of: proven, in: work)
            return NoContent()
        }
    }

    static let changeContact = Endpoint(
        .post, "/verifications/{verification_id}/change_contact", ID<Verification>.self, tag: .signIn,
        summary: "Make a new address or number one’s own with a code",
        policy: .account(.perClient(30, per: .minute)).freshSecondFactorIfEnrolled, lease: .none, body: CodeInput.self,
        returns: .ok(AccountView.self, version: \.account.version), problems: [.verificationEnded, .contactTaken]
    ) { request, claim, services in
        let accounts = services.accounts
        let proven = try await accounts.checkCode(
            request.body.code, of: request.path, for: [.contactChange], account: request.principal.signedIn?.account,
            in: services.postgres)
        return try await claim.finish { work in
            AccountView(account: try await accounts.changeContact(proven, by: request.principal, in: work))
        }
    }
}

/// What anybody may ask a code for.
enum VerificationPurpose: String, CaseIterable, Sendable {
    case signUp = "sign_up"
    case signIn = "sign_in"
    case passwordReset = "password_reset"

    var purpose: Verification.Purpose {
        switch self {
        case .signUp: .signUp
        case .signIn: .signIn
        case .passwordReset: .passwordReset
        }
    }
}

struct VerificationCreateInput: APIInput {
    let purpose: VerificationPurpose
    let contact: Contact
    let locale: LanguageTag
    let deviceToken: UTF8Text?

    init(_ fields: inout Fields) {
        purpose = fields.required("purpose", .oneOf(VerificationPurpose.self), "What for", example: .signUp)
        contact = fields.contact()
        locale = fields.locale()
        deviceToken = fields.optional("device_token", .string(1...100, of: "A-Za-z0-9_-"), "Of a device that has one")
            .map { UTF8Text($0) }
    }
}

struct ContactInput: APIInput {
    let contact: Contact
    let locale: LanguageTag

    init(_ fields: inout Fields) {
        contact = fields.contact()
        locale = fields.locale()
    }
}

struct CodeSignInInput: APIInput {
    let code: String
    let name: String?
    let password: String?
    let transport: Session.Transport

    init(_ fields: inout Fields) {
        code = fields.code()
        name = fields.optional("name", .text(Account.nameRule), "Of a new account: a full name", example: "Karim Uddin")
        password = fields.optional("password", .text(Password.newRule), "Of a new account; codes open it as well")
        transport = fields.transport()
    }
}

struct PasswordResetInput: APIInput {
    let code: String
    let password: String

    init(_ fields: inout Fields) {
        code = fields.code()
        password = fields.required(
            "password", .text(Password.newRule), "The new one", example: "a long sentence is a good one")
    }
}

struct CodeInput: APIInput {
    let code: String

    init(_ fields: inout Fields) {
        code = fields.code()
    }
}

struct VerificationView: APIOutput {
    let id: ID<Verification>
    let expiresAt: Date

    init(_ verification: Verification) {
        id = verification.id
        expiresAt = verification.expiresAt
    }

    private init() {
        id = .example
        expiresAt = .example
    }

    static let example = VerificationView()

    func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("expires_at", expiresAt, "Until when its code counts")
    }
}
