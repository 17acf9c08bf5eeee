package import Core

extension Problem {
    /// The same whether or not there is such an account.
    package static let wrongCredentials = Problem(
        type: "wrong-credentials", title: "These do not belong together", status: 422,
        detail: "The password is not that of an account with this address or number")

    /// The same whether or not there is such an account.
    package static let codeRequired = Problem.conflict(
        "code-required", title: "Sign in with a code",
        detail: "Wrong passwords were tried too often; ask for a code to be sent, which opens the account as well")

    /// A verification that was used, has expired, or was guessed at too often.
    package static let verificationEnded = Problem.conflict(
        "verification-ended", title: "The code has ended",
        detail: "It was used, is too old or was typed wrong too often; ask for another one")

    package static let wrongCode = wrongCode(at: "/code")

    static func wrongCode(at pointer: String) -> Problem {
        .invalidInput([FieldProblem(pointer: pointer, code: "wrong", message: "is not the right code")])
    }

    package static let contactTaken = Problem.conflict(
        "contact-taken", title: "Another account has it",
        detail: "Sign in there, or give it up there first")

    package static let secondFactorEnrolled = Problem.conflict(
        "second-factor-enrolled", title: "There is a second factor already",
        detail: "Remove it first, then enrol another one")

    package static let noSecondFactor = Problem.conflict(
        "no-second-factor", title: "There is no second factor", detail: "Enrol one first")

    static let signInRequired = Problem(
        type: "forbidden", title: "Forbidden", status: 403, detail: "Only a person who has signed in may do this")

    static func guessedTooOften(_ detail: String, retryAfter: Duration) -> Problem {
        Problem(
            type: "rate-limited", title: "Too many requests", status: 429, detail: detail, retryAfter: retryAfter)
    }
}
