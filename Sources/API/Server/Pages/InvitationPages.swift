import Core
import Endpoints
import HTML
import Identity
import Postgres

/// Where the link of an invitation leads.
enum InvitationPages {
    static let all: [PageEndpoint] = [show, accept]

    static let show = PageEndpoint(
        "/invitations/{token}", PathName.self, summary: "An invitation", policy: .anyone(.page)
    ) { request, services in
        try await page(of: request.path, to: request.principal, services).html
    }

    static let accept = PageEndpoint(
        form: NoInput.self, "/invitations/{token}", PathName.self, summary: "Accept an invitation",
        policy: .account(.perClient(30, per: .minute))
    ) { request, work, services in
        _ = try await services.teams.acceptInvitation(
            UTF8Text(request.path.value), by: request.principal, in: work)
        return "/account"
    } refused: { form, services in
        var page = try await page(of: form.path, to: form.principal, services)
        page.refused = form
        return page.html
    }

    private static func page(
        of token: PathName, to principal: Principal, _ services: Services
    ) async throws -> InvitationPage {
        let invitation = try await services.teams.acceptInvitation.invitation(
            bearing: UTF8Text(token.value), in: services.postgres)
        var team: String?
        if let invitation { team = try await services.teamName(of: invitation.vendor) }
        return InvitationPage(path: "/invitations/\(token.value)", team: team, principal: principal)
    }
}

private struct InvitationPage {
    let path: String
    /// nil where the invitation has ended, or there is none.
    let team: String?
    let principal: Principal
    var refused: RefusedForm<PathName>?

    var html: HTML {
        PageFrame.account.page(
            title: "Invitation", "<h1>Invitation</h1>\(refused?.summary)\(team.map(body) ?? Self.ended)")
    }

    private static let ended: HTML = """
        <p class="lede">It has ended: it was accepted or taken back, or is too old. Ask for another one.</p>
        """

    private func body(_ team: String) -> HTML {
        "<p class=\"lede\">You are asked to act for \(team).</p>\(action)"
    }

    private var action: HTML {
        let query = PagePath.query(PagePath(UTF8Text(path)))
        if principal.signedIn == nil {
            return "<p>\(HTML.link("Sign in", to: "/sign_in\(query)")) with the address that it was sent to.</p>"
        }
        if principal.awaitsSecondFactor {
            return "<p>\(HTML.link("Show the second factor", to: "/second_factor\(query)")) first.</p>"
        }
        return HTML.button("Accept", to: path)
    }
}
