import Core
import Customers
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Media
import Postgres

extension ProblemType {
    static let signInAgain = ProblemType(.signInAgain)
    static let dataExportInProgress = ProblemType(.dataExportInProgress)
    static let dataExportUnavailable = ProblemType(.dataExportUnavailable)
    static let erasureRequested = ProblemType(.erasureRequested)
    static let erasureOver = ProblemType(.erasureOver)
    static let erasureHeld = ProblemType(
        "erasure-held", 409, "Something has to be settled first",
        "`holds` says what: open orders, refunds on their way …")
}

/// What people get of what is held about them, and how they are forgotten.
enum PersonalDataEndpoints {
    static let all: [Endpoint] = [
        requestExport, exports, export, exportLink, requestErasure, erasure, cancelErasure,
    ]

    private static let rare = RateLimit.perClient(10, per: .hour)

    static let requestExport = Endpoint(
        .post, "/me/data_exports", tag: .customers, summary: "Ask for all that is held about oneself",
        description: """
            Written by a job into a private JSON file, which stays for seven days. Needs a second factor that was shown just now, else \
            the password, else a session that was begun just now.
            """,
        policy: .account(rare).freshSecondFactorIfEnrolled, lease: .none, body: OwnerConfirmationInput.self,
        returns: .accepted(DataExportView.self, location: { "/me/data_exports/\($0.export.id)" }),
        problems: [.signInAgain, .dataExportInProgress]
    ) { request, claim, services in
        try await services.accounts.confirmOwner(
            request.body.password, by: request.principal, in: services.postgres)
        return try await claim.finish { work in
            DataExportView(
                export: try await services.customers.requestDataExport(by: request.principal, in: work))
        }
    }

    static let exports = Endpoint(
        .get, "/me/data_exports", tag: .customers, summary: "List what one has asked for, newest first",
        policy: .account(), query: PageQuery.self, returns: .page(of: DataExportView.self)
    ) { request, services in
        let page = try await services.customers.dataExports.exports(
            of: try request.principal.requireSignedIn().account, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(DataExportView.init))
    }

    static let export = Endpoint(
        .get, "/me/data_exports/{data_export_id}", ID<DataExport>.self, tag: .customers,
        summary: "Read whether a file is made", policy: .account(), returns: .ok(DataExportView.self)
    ) { request, services in
        let own = try await services.customers.dataExports.export(
            request.path, of: try request.principal.requireSignedIn().account, in: services.postgres)
        guard let own else { throw Problem.notFound("export") }
        return DataExportView(export: own)
    }

    static let exportLink = Endpoint(
        .post, "/me/data_exports/{data_export_id}/link", ID<DataExport>.self, tag: .customers,
        summary: "Make a link to the file", description: "It is good for a quarter of an hour, for whoever holds it.",
        policy: .account(.perClient(30, per: .hour)).freshSecondFactorIfEnrolled, lease: .none,
        body: OwnerConfirmationInput.self, returns: .ok(MediaLinkView.self),
        problems: [.signInAgain, .dataExportUnavailable]
    ) { request, claim, services in
        try await services.accounts.confirmOwner(
            request.body.password, by: request.principal, in: services.postgres)
        return try await claim.finish { work in
            MediaLinkView(
                link: try await services.customers.requestDataExport.link(
                    to: request.path, by: request.principal, in: work))
        }
    }

    static let requestErasure = Endpoint(
        .post, "/me/erasure", tag: .customers, summary: "Ask to be forgotten",
        description: """
            Happens after a waiting period, and can be cancelled until then. What is one’s own is deleted, orders stay without a word \
            about who placed them, and address and number are free for another account. Open orders come first. Needs what asking for \
            one’s data needs.
            """,
        policy: .account(rare).freshSecondFactorIfEnrolled, lease: .none, body: OwnerConfirmationInput.self,
        returns: .accepted(ErasureView.self, location: { _ in "/me/erasure" }),
        problems: [.signInAgain, .erasureRequested, .erasureHeld]
    ) { request, claim, services in
        try await services.accounts.confirmOwner(
            request.body.password, by: request.principal, in: services.postgres)
        return try await claim.finish { work in
            ErasureView(erasure: try await services.customers.requestErasure(by: request.principal, in: work))
        }
    }

    static let erasure = Endpoint(
        .get, "/me/erasure", tag: .customers, summary: "Read when one is forgotten", policy: .account(),
        returns: .ok(ErasureStateView.self)
    ) { request, services in
        ErasureStateView(
            erasure: try await services.customers.erasures.newest(
                of: try request.principal.requireSignedIn().account, in: services.postgres))
    }

    static let cancelErasure = Endpoint(
        .post, "/me/erasure/cancel", tag: .customers, summary: "Think better of being forgotten",
        description: "Cancelling again changes nothing.", policy: .account(), returns: .ok(ErasureStateView.self),
        problems: [.erasureOver]
    ) { request, work, services in
        ErasureStateView(
            erasure: try await services.customers.requestErasure.cancel(by: request.principal, in: work))
    }
}

struct OwnerConfirmationInput: APIInput {
    let password: String?

    init(_ fields: inout Fields) {
        password = fields.optional(
            "present_password", .text(Password.rule),
            "Where the account has one and no second factor was shown just now")
    }
}

struct DataExportView: APIOutput {
    let export: DataExport

    static let example = DataExportView(
        export: DataExport(
            id: .example, account: .example, state: .done, media: .example, requestedAt: .example,
            finishedAt: .example + 4, expiresAt: .example + 4 + DataExport.lifetime))

    func write(to out: inout ObjectWriter) {
        out.field("id", export.id)
        out.field("state", export.state, "`ended` once the file is deleted")
        out.field("requested_at", export.requestedAt)
        out.field("finished_at", export.finishedAt)
        out.field("expires_at", export.expiresAt, "When the file is deleted")
    }
}

struct ErasureView: APIOutput {
    let erasure: Erasure

    static let example = ErasureView(
        erasure: Erasure(
            id: .example, account: .example, requestedAt: .example, dueAt: .example + 14 * 86_400))

    func write(to out: inout ObjectWriter) {
        out.field("id", erasure.id)
        out.field("state", erasure.state)
        out.field("held_by", erasure.heldBy, "What put it off, and has to be settled first")
        out.field("requested_at", erasure.requestedAt)
        out.field("due_at", erasure.dueAt, "When it happens")
        out.field("ended_at", erasure.endedAt, "When it was cancelled or done")
    }
}

struct ErasureStateView: APIOutput {
    let erasure: Erasure?

    static let example = ErasureStateView(erasure: ErasureView.example.erasure)

    func write(to out: inout ObjectWriter) {
        out.field("erasure", erasure.map(ErasureView.init), "The last request; null where there was none")
    }
}
