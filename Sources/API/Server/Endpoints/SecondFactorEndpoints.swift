import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Postgres

extension ProblemType {
    static let secondFactorEnrolled = ProblemType(.secondFactorEnrolled)
    static let noSecondFactor = ProblemType(.noSecondFactor)
}

/// Authenticators (RFC 6238) and the recovery codes that stand in for them.
enum SecondFactorEndpoints {
    static let all: [Endpoint] = [enrol, confirm, remove, renewRecoveryCodes, show]

    private static let guesses = RateLimit.perClient(30, per: .minute)

    static let enrol = Endpoint(
        .post, "/me/totp", tag: .signIn, summary: "Set up an authenticator",
        description: "It counts once a code of it was shown. Setting one up again begins anew.", policy: .account(),
        returns: .ok(AuthenticatorSetupView.self), problems: [.secondFactorEnrolled]
    ) { request, work, services in
        AuthenticatorSetupView(
            try await services.accounts.enrolAuthenticator.begin(by: request.principal, in: work))
    }

    static let confirm = Endpoint(
        .post, "/me/totp/confirm", tag: .signIn, summary: "Make an authenticator count, with a code of it",
        description: "All other sessions have to show a code from then on.", policy: .account(guesses), lease: .none,
        body: CodeInput.self, returns: .ok(RecoveryCodesView.self), problems: [.secondFactorEnrolled, .noSecondFactor]
    ) { request, claim, services in
        let accounts = services.accounts
        let shown = try await accounts.checkAuthenticatorCode(
            request.body.code, .confirming, by: request.principal, in: services.postgres)
        return try await claim.finish { work in
            RecoveryCodesView(
                try await accounts.enrolAuthenticator.confirm(shown, by: request.principal, in: work))
        }
    }

    static let remove = Endpoint(
        .post, "/me/totp/remove", tag: .signIn, summary: "Remove the authenticator and its recovery codes",
        policy: .account().freshSecondFactorIfEnrolled, returns: .noContent, problems: [.noSecondFactor]
    ) { request, work, services in
        try await services.accounts.enrolAuthenticator.remove(by: request.principal, in: work)
        return NoContent()
    }

    static let renewRecoveryCodes = Endpoint(
        .post, "/me/recovery_codes", tag: .signIn, summary: "Make new recovery codes",
        description: "Those before count no more.", policy: .account().freshSecondFactorIfEnrolled,
        returns: .ok(RecoveryCodesView.self), problems: [.noSecondFactor]
    ) { request, work, services in
        RecoveryCodesView(
            try await services.accounts.enrolAuthenticator.renewRecoveryCodes(by: request.principal, in: work))
    }

    static let show = Endpoint(
        .post, "/me/second_factor", tag: .signIn, summary: "Show a second factor",
        description:
            "A code of the authenticator, or else a recovery code. It counts as fresh for a quarter of an hour, unless the "
            + "installation says otherwise.",
        policy: .session(guesses), lease: .none, body: SecondFactorInput.self, returns: .noContent,
        problems: [.noSecondFactor]
    ) { request, claim, services in
        let accounts = services.accounts
        switch request.body.shown {
        case .code(let code):
            let shown = try await accounts.checkAuthenticatorCode(
                code, .enrolled, by: request.principal, in: services.postgres)
            return try await claim.finish { work in
                try await accounts.showSecondFactor(shown, by: request.principal, in: work)
                return NoContent()
            }
        case .recoveryCode(let code):
            return try await claim.finish { work in
                try await accounts.showSecondFactor(recoveryCode: code, by: request.principal, in: work)
                return NoContent()
            }
        }
    }
}

struct SecondFactorInput: APIInput {
    enum Shown: Sendable {
        case code(String)
        case recoveryCode(String)
    }

    let shown: Shown

    init(_ fields: inout Fields) {
        let code = fields.optional(
            "code", .text(OneTimeCode.typedRule), "Six digits of the authenticator; or else give recovery_code",
            example: "123456")
        let recoveryCode = fields.optional(
            "recovery_code", .text(RecoveryCode.typedRule), "One that was not used yet; it is used up")
        fields.check(
            (code == nil) != (recoveryCode == nil), "code", code: "one_of",
            "must be given where recovery_code is not, and only there")
        shown = recoveryCode.map(Shown.recoveryCode) ?? .code(code ?? "")
    }
}

struct AuthenticatorSetupView: APIOutput {
    let secret: Secret
    let uri: Secret

    init(_ setup: AuthenticatorSetup) {
        secret = setup.secret
        uri = setup.uri
    }

    private init() {
        secret = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        uri = Secret(
            "otpauth://totp/shop.example:karim%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=shop.example"
                + "&digits=6&period=30")
    }

    static let example = AuthenticatorSetupView()

    func write(to out: inout ObjectWriter) {
        out.field("secret", secret.reveal(), "To be typed into an authenticator; shown here alone")
        out.field("uri", uri.reveal(), "The same to be shown as a QR code")
    }
}

struct RecoveryCodesView: APIOutput {
    let codes: [RecoveryCode]

    init(_ codes: [RecoveryCode]) { self.codes = codes }

    static let example = RecoveryCodesView([RecoveryCode(typed: "7f3k-0001-9qx2-av26")].compactMap(\.self))

    func write(to out: inout ObjectWriter) {
        out.field(
            "recovery_codes", codes.map { $0.reveal() }, "Each stands in for the authenticator once; shown here alone")
    }
}
