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

    package static let memberAlready = Problem.conflict(
        "member-already", title: "They are a member already", detail: "Give them another role instead")

    package static let invitationEnded = Problem.conflict(
        "invitation-ended", title: "The invitation has ended", detail: "It was accepted or revoked, or is too old")

    package static let invitationForAnother = Problem.conflict(
        "invitation-for-another", title: "Somebody else is invited",
        detail: "Sign in with the address that the invitation was sent to")

    package static let permissionSetInUse = Problem.conflict(
        "permission-set-in-use", title: "The permission set is in use",
        detail: "A member has it, or somebody is invited to it")

    package static let permissionSetNameTaken = Problem.conflict(
        "permission-set-name-taken", title: "Another one is called so", detail: "Give it another name")

    package static let tooManyPermissionSets = Problem.conflict(
        "too-many-permission-sets", title: "There are enough permission sets", detail: "Remove one first")

    /// Of a role that is to be given, changed or taken.
    package static func beyondOwnPermissions(_ lacking: [String]) -> Problem {
        Problem(
            type: "beyond-own-permissions", title: "That is more than you may", status: 403,
            detail: "You may not give, change or take what you lack: \(lacking.joined(separator: ", "))",
            extensions: ["permissions": .array(lacking.map { .string($0) })])
    }

    /// Of a change that would leave a team without one.
    package static func lastOwner(_ scope: MemberScope) -> Problem {
        .conflict(
            "last-owner", title: "There has to be another one first",
            detail: scope == .staff ? "They are the last admin" : "They are the vendor’s last owner")
    }

    static let unknownMembership = Problem.invalidInput([
        FieldProblem(pointer: "/membership_id", code: "unknown", message: "is no membership of yours")
    ])

    package static let unknownVendor = Problem.invalidInput([
        FieldProblem(pointer: "/vendor_id", code: "unknown", message: "there is no such vendor")
    ])

    static let vendorRequired = Problem.invalidInput([
        FieldProblem(pointer: "/vendor_id", code: "required", message: "is required of members of a vendor")
    ])

    package static let sessionEnded = Problem.conflict(
        "session-ended", title: "The session has ended", detail: "Sign in again")

    static let signInRequired = Problem(
        type: "forbidden", title: "Forbidden", status: 403, detail: "Only a person who has signed in may do this")

    static func guessedTooOften(_ detail: String, retryAfter: Duration) -> Problem {
        Problem(
            type: "rate-limited", title: "Too many requests", status: 429, detail: detail, retryAfter: retryAfter)
    }
}
