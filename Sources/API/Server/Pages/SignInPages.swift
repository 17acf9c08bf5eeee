import Core
import Endpoints
import HTML
import Identity

/// Signing in by a code that is sent, or with a password; the second factor; another password. Each link opens a form, and nothing
/// happens before it is sent.
enum SignInPages {
    static let all: [PageEndpoint] = [
        begin, sendCode, enterCode, signIn, password, signInWithPassword, secondFactor, showSecondFactor, forgotten,
        sendResetCode, enterPassword, resetPassword, signOut,
    ]

    static let begin = PageEndpoint(
        "/sign_in", summary: "Sign in", policy: .anyone(.page), query: NextPageQuery.self
    ) { request, _ in
        SignInPage(nextPage: request.query.nextPage).html
    }

    static let sendCode = PageEndpoint(
        submitting: VerificationEndpoints.create, "/sign_in", next: { "/sign_in/\($0.verification)\($0.query)" },
        refused: { form, _ in SignInPage(nextPage: form.nextPage, refused: form).html })

    static let enterCode = PageEndpoint(
        "/sign_in/{verification_id}", ID<Verification>.self, summary: "Enter the code", policy: .anyone(.page),
        query: NextPageQuery.self
    ) { request, _ in
        CodePage(verification: request.path, nextPage: request.query.nextPage).html
    }

    static let signIn = PageEndpoint(
        submitting: VerificationEndpoints.signIn, "/sign_in/{verification_id}", ID<Verification>.self,
        next: { $0.nextPage?.text ?? "/account" },
        refused: { form, _ in CodePage(verification: form.path, nextPage: form.nextPage, refused: form).html })

    static let password = PageEndpoint(
        "/sign_in_with_password", summary: "Sign in with a password", policy: .anyone(.page),
        query: NextPageQuery.self
    ) { request, _ in
        PasswordPage(nextPage: request.query.nextPage).html
    }

    static let signInWithPassword = PageEndpoint(
        submitting: SessionEndpoints.start, "/sign_in_with_password", next: { $0.nextPage?.text ?? "/account" },
        refused: { form, _ in PasswordPage(nextPage: form.nextPage, refused: form).html })

    static let secondFactor = PageEndpoint(
        "/second_factor", summary: "Show the second factor", policy: .session(.page), query: NextPageQuery.self
    ) { request, _ in
        SecondFactorPage(nextPage: request.query.nextPage).html
    }

    static let showSecondFactor = PageEndpoint(
        submitting: SecondFactorEndpoints.show, "/second_factor", next: { $0.nextPage?.text ?? "/account" },
        refused: { form, _ in SecondFactorPage(nextPage: form.nextPage, refused: form).html })

    static let forgotten = PageEndpoint(
        "/reset_password", summary: "Set another password", policy: .anyone(.page)
    ) { _, _ in ForgottenPage().html }

    static let sendResetCode = PageEndpoint(
        submitting: VerificationEndpoints.create, "/reset_password", next: { "/reset_password/\($0.verification)" },
        refused: { form, _ in ForgottenPage(refused: form).html })

    static let enterPassword = PageEndpoint(
        "/reset_password/{verification_id}", ID<Verification>.self, summary: "Set another password",
        policy: .anyone(.page)
    ) { request, _ in NewPasswordPage(verification: request.path).html }

    static let resetPassword = PageEndpoint(
        submitting: VerificationEndpoints.resetPassword, "/reset_password/{verification_id}", ID<Verification>.self,
        next: { _ in "/sign_in_with_password" },
        refused: { form, _ in NewPasswordPage(verification: form.path, refused: form).html })

    static let signOut = PageEndpoint(
        submitting: SessionEndpoints.signOut, "/sign_out", next: { _ in "/sign_in" })
}

extension AcceptedForm {
    /// The id of the verification that was asked for.
    fileprivate var verification: String { (location ?? "").split(separator: "/").last.map(String.init) ?? "" }

    fileprivate var query: String { PagePath.query(nextPage) }
}

private struct SignInPage {
    let nextPage: PagePath?
    var refused: RefusedForm<()>?

    var html: HTML {
        let email = TextField.email(refused?["email"] ?? "", refusal: refused?.refusal(of: "email"))
        let password = HTML.link("With a password", to: "/sign_in_with_password\(PagePath.query(nextPage))")
        return PageFrame.account.page(
            title: "Sign in",
            """
            <h1>Sign in</h1>\(refused?.summary)
            <p class="lede">A code is sent to the address. Whoever is new here gets an account with it.</p>
            <form method="post" action="/sign_in">\(email.html)\(HTML.hidden("purpose", "sign_up"))\
            \(HTML.nextPage(nextPage))<button>Send a code</button></form>
            <p>\(password)</p>
            """)
    }
}

private struct CodePage {
    let verification: ID<Verification>
    let nextPage: PagePath?
    var refused: RefusedForm<ID<Verification>>?

    var html: HTML {
        let code = TextField.code("Code", refusal: refused?.refusal(of: "code"))
        return PageFrame.account.page(
            title: "Enter the code",
            """
            <h1>Enter the code</h1>\(refused?.summary)
            <p class="lede">It was sent just now, and counts for ten minutes.</p>
            <form method="post" action="\(url: "/sign_in/\(verification)")">\(code.html)\
            \(HTML.hidden("transport", "cookie"))\(HTML.nextPage(nextPage))<button>Sign in</button></form>
            <p>\(HTML.link("Send another one", to: "/sign_in\(PagePath.query(nextPage))"))</p>
            """)
    }
}

private struct PasswordPage {
    let nextPage: PagePath?
    var refused: RefusedForm<()>?

    var html: HTML {
        let email = TextField.email(refused?["email"] ?? "", refusal: refused?.refusal(of: "email"))
        let password = TextField(
            "Password", name: "password", kind: .password, autocomplete: "current-password",
            refusal: refused?.refusal(of: "password"))
        return PageFrame.account.page(
            title: "Sign in with a password",
            """
            <h1>Sign in with a password</h1>\(refused?.summary)
            <form method="post" action="/sign_in_with_password">\(email.html)\(password.html)\
            \(HTML.hidden("transport", "cookie"))\(HTML.nextPage(nextPage))<button>Sign in</button></form>
            <p>\(HTML.link("With a code", to: "/sign_in\(PagePath.query(nextPage))"))</p>
            <p>\(HTML.link("Set another password", to: "/reset_password"))</p>
            """)
    }
}

private struct SecondFactorPage {
    let nextPage: PagePath?
    var refused: RefusedForm<()>?

    var html: HTML {
        let code = TextField.code("Code of the authenticator", refusal: refused?.refusal(of: "code"))
        let recovery = TextField(
            "Or a recovery code", name: "recovery_code", autocomplete: "off", limit: 60,
            refusal: refused?.refusal(of: "recovery_code"))
        return PageFrame.account.page(
            title: "Show the second factor",
            """
            <h1>Show the second factor</h1>\(refused?.summary)
            <form method="post" action="/second_factor">\(code.html)\(recovery.html)\(HTML.nextPage(nextPage))\
            <button>Go on</button></form>
            """)
    }
}

private struct ForgottenPage {
    var refused: RefusedForm<()>?

    var html: HTML {
        let email = TextField.email(refused?["email"] ?? "", refusal: refused?.refusal(of: "email"))
        return PageFrame.account.page(
            title: "Set another password",
            """
            <h1>Set another password</h1>\(refused?.summary)
            <p class="lede">A code is sent to the address, if it has an account.</p>
            <form method="post" action="/reset_password">\(email.html)\(HTML.hidden("purpose", "password_reset"))\
            <button>Send a code</button></form>
            """)
    }
}

private struct NewPasswordPage {
    let verification: ID<Verification>
    var refused: RefusedForm<ID<Verification>>?

    var html: HTML {
        let code = TextField.code("Code", refusal: refused?.refusal(of: "code"))
        let password = TextField(
            "New password", name: "password", kind: .password, autocomplete: "new-password",
            refusal: refused?.refusal(of: "password"))
        return PageFrame.account.page(
            title: "Set another password",
            """
            <h1>Set another password</h1>\(refused?.summary)
            <p class="lede">It ends all sessions of the account.</p>
            <form method="post" action="\(url: "/reset_password/\(verification)")">\(code.html)\(password.html)\
            <button>Set the password</button></form>
            """)
    }
}
