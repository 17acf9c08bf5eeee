import Core
import Endpoints
import Foundation
import HTML
import Identity
import Postgres
import Vendors

/// What people who have signed in see of themselves, and by what they act.
enum AccountPages {
    static let all: [PageEndpoint] = [show, choose]

    private static let mostMemberships = 200

    static let show = PageEndpoint("/account", summary: "One’s own account", policy: .anyone(.page)) {
        request, services in
        guard let signedIn = request.principal.signedIn else { return AccountPage.ofNobody }
        guard !request.principal.awaitsSecondFactor else { return AccountPage.ofAwaited }
        guard let account = try await services.accounts.accounts.account(signedIn.account, in: services.postgres) else {
            throw Problem.notFound("account")
        }
        let memberships = try await services.teams.members.memberships(
            of: signedIn.account, limit: mostMemberships, in: services.postgres)
        var names: [String] = []
        for membership in memberships { names.append(try await services.teamName(of: membership.vendor)) }
        return AccountPage(
            account: account, memberships: Array(zip(memberships, names)), principal: request.principal
        ).html
    }

    static let choose = PageEndpoint(
        submitting: MembershipEndpoints.choose, "/account/membership", next: { _ in "/account" })
}

extension Services {
    /// What people call a team.
    func teamName(of vendor: UUID?) async throws -> String {
        guard let vendor else { return "the staff" }
        let found = try await VendorStore().vendor(ID(uuid: vendor), visibleTo: .everything, in: postgres)
        return found?.name ?? "a vendor"
    }
}

private struct AccountPage {
    let account: Account
    let memberships: [(membership: Membership, team: String)]
    let principal: Principal

    var html: HTML {
        PageFrame.account.page(
            title: "Account",
            """
            <h1>Account</h1>
            \(HTML.facts(facts))\(enrolment)
            <h2>Acting for others</h2>
            \(memberships.map(entry))
            \(if: memberships.isEmpty, "<p class=\"empty\">Nobody lets you act for them.</p>")
            \(if: principal.membership != nil, HTML.button("Act as yourself again", to: "/account/membership"))
            \(HTML.button("Sign out", to: "/sign_out"))
            """)
    }

    private var facts: [(label: String, value: String)] {
        [
            ("E-mail address", account.email?.rawValue ?? "none"), ("Telephone", account.phone?.rawValue ?? "none"),
            ("Name", account.name ?? "not told"),
        ]
    }

    private var enrolment: HTML? {
        principal.lacksSecondFactor
            ? .refusal("Nothing is open to you by this membership before your account has an authenticator.") : nil
    }

    private func entry(_ entry: (membership: Membership, team: String)) -> HTML {
        let isPresent = entry.membership.id == principal.membership
        let action =
            isPresent
            ? HTML.success("You act for \(entry.team) now.")
            : HTML.button(
                "Act for \(entry.team)", to: "/account/membership",
                .hidden("membership_id", entry.membership.id.description))
        return "<section><h3>\(entry.team)</h3>\(action)</section>"
    }

    static let ofNobody = PageFrame.account.page(
        title: "Account",
        "<h1>Account</h1><p class=\"lede\">\(HTML.link("Sign in", to: "/sign_in?next_page=/account")) to see it.</p>")

    static let ofAwaited = PageFrame.account.page(
        title: "Account",
        "<h1>Account</h1><p class=\"lede\">\(HTML.link("Show the second factor", to: "/second_factor")) to see it.</p>")
}
