import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Postgres

/// Signing in with a password, and the sessions that come of it.
enum SessionEndpoints {
    static let all: [Endpoint] = [start, list, revoke, signOut, signOutEverywhere]

    static let start = Endpoint(
        .post, "/sessions", tag: .signIn, summary: "Sign in with a password",
        description:
            "After a few wrong ones a code is asked for, except on devices on which the account’s owner has signed in "
            + "before.",
        policy: .anyone(.perClient(30, per: .minute)), lease: .none, body: SessionStartInput.self,
        returns: .ok(StartedSessionView.self, cookies: \.cookies), problems: [.wrongCredentials, .codeRequired]
    ) { request, claim, services in
        let (accounts, body) = (services.accounts, request.body)
        let authentication = try await accounts.checkPassword(
            Password(body.password), of: body.contact, on: body.deviceToken ?? request.deviceToken,
            in: services.postgres)
        return try await claim.finish { work in
            StartedSessionView(
                try await accounts.startSession(authentication, over: body.transport, from: request.client, in: work),
                lifetime: accounts.sessionLifetime)
        }
    }

    static let list = Endpoint(
        .get, "/sessions", tag: .signIn, summary: "List one’s own sessions, newest first",
        description: "Where one is signed in: a session that is none of yours can be ended.", policy: .account(),
        query: PageQuery.self, returns: .page(of: SessionView.self)
    ) { request, services in
        let signedIn = try request.principal.requireSignedIn()
        let page = try await services.accounts.sessions.sessions(
            of: signedIn.account, at: Date(), page: request.query.page, in: services.postgres)
        return PageOutput(page.map { SessionView(session: $0, isCurrent: $0.id == signedIn.session) })
    }

    static let revoke = Endpoint(
        .post, "/sessions/{session_id}/revoke", ID<Session>.self, tag: .signIn, summary: "End a session of one’s own",
        description: "At once and for good. Ending it again changes nothing.", policy: .account(), returns: .noContent
    ) { request, work, services in
        try await services.accounts.endSessions.end(request.path, by: request.principal, in: work)
        return NoContent()
    }

    static let signOut = Endpoint(
        .post, "/me/sign_out", tag: .signIn, summary: "Sign out", policy: .session(),
        returns: .noContent(cookies: [.removing(.session)])
    ) { request, work, services in
        try await services.accounts.endSessions.signOut(request.principal, in: work)
        return NoContent()
    }

    static let signOutEverywhere = Endpoint(
        .post, "/me/sign_out_everywhere", tag: .signIn, summary: "Sign out on all devices",
        description: "None of them is known any more.", policy: .session(),
        returns: .noContent(cookies: [.removing(.session), .removing(.device)])
    ) { request, work, services in
        try await services.accounts.endSessions.signOutEverywhere(request.principal, in: work)
        return NoContent()
    }
}

struct SessionStartInput: APIInput {
    let contact: Contact
    let password: String
    let deviceToken: UTF8Text?
    let transport: Session.Transport

    init(_ fields: inout Fields) {
        contact = fields.contact()
        password = fields.required(
            "password", .text(Password.rule), "The account’s", example: "a long sentence is a good one")
        deviceToken = fields.optional(
            "device_token", .string(1...100, of: "A-Za-z0-9_-"),
            "The one that this device was given when its owner signed in before"
        ).map { UTF8Text($0) }
        transport = fields.transport()
    }
}

/// A session that was opened. A browser gets its tokens in cookies and nowhere else.
struct StartedSessionView: APIOutput {
    let session: SessionView
    let token: Secret?
    let deviceToken: Secret?
    let isNewAccount: Bool
    let awaitsSecondFactor: Bool
    let cookies: [SetCookie]

    /// How long a browser keeps the token of a device.
    private static let deviceLifetime: Duration = .seconds(400 * 86_400)

    init(_ started: StartedSession, lifetime: Duration) {
        let deviceToken = started.deviceToken?.text
        session = SessionView(session: started.session, isCurrent: true)
        isNewAccount = started.isNewAccount
        awaitsSecondFactor = started.awaitsSecondFactor
        switch started.session.transport {
        case .bearer:
            token = started.token.text
            self.deviceToken = deviceToken
            cookies = []
        case .cookie:
            token = nil
            self.deviceToken = nil
            cookies =
                [.keeping(.session, started.token.text, for: lifetime)]
                + (deviceToken.map { [.keeping(.device, $0, for: Self.deviceLifetime)] } ?? [])
        }
    }

    private init() {
        session = .example
        token = Secret("hs_Zx81kQpTjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7i")
        deviceToken = Secret("hd_yNvQtMjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7iB9")
        isNewAccount = false
        awaitsSecondFactor = false
        cookies = []
    }

    static let example = StartedSessionView()

    func write(to out: inout ObjectWriter) {
        out.field("session", session)
        out.field("token", token?.reveal(), "Its bearer token; shown here alone, and not where it is in a cookie")
        out.field(
            "device_token", deviceToken?.reveal(),
            "Of a device that was not known: send it along when signing in again; shown here alone")
        out.field("is_new_account", isNewAccount, "Whether the account was made just now")
        out.field(
            "awaits_second_factor", awaitsSecondFactor,
            "Whether the session opens nothing before a second factor is shown")
    }
}

struct SessionView: APIOutput {
    let session: Session
    let isCurrent: Bool

    static let example = SessionView(
        session: Session(
            id: .example, account: .example, transport: .bearer, method: .password, device: nil,
            client: Client(network: "203.0.113.7", userAgent: "HaatShop/1.0 (Android 16)"), createdAt: .example,
            lastUsedAt: .example, expiresAt: .example + 30 * 86_400), isCurrent: true)

    func write(to out: inout ObjectWriter) {
        out.field("id", session.id)
        out.field("is_current", isCurrent, "Whether this very call shows it")
        out.field("transport", session.transport, "How its token is shown")
        out.field("method", session.method, "What opened it")
        out.field("second_factor_at", session.secondFactorAt, "When a second factor was shown in it last")
        out.field("user_agent", session.client.userAgent, "What the program called itself")
        out.field("network", session.client.network, "From where it was opened")
        out.field("created_at", session.createdAt)
        out.field("last_used_at", session.lastUsedAt, "Right within a minute")
        out.field("expires_at", session.expiresAt, "Moves on with each use")
    }
}
