package import Core
package import HTML
package import Identity

/// A form that did what its endpoint does.
package struct AcceptedForm<Path> {
    /// The parameters of the form's path: the one value, a tuple of several, or `()`.
    package let path: Path
    /// The path of what was created, below the API's prefix, where the endpoint tells it.
    package let location: String?
    /// Where the form says to go on, if it does.
    package let nextPage: PagePath?
}

/// A form that was not accepted, to be shown again with what was typed and what is wrong.
package struct RefusedForm<Path> {
    /// The parameters of the form's path: the one value, a tuple of several, or `()`.
    package let path: Path
    package let problem: Problem
    private let entries: FormEntries
    private let context: CallContext

    init(path: Path, problem: Problem, entries: FormEntries, context: CallContext) {
        self.path = path
        self.problem = problem
        self.entries = entries
        self.context = context
    }

    /// Who sent it, as the policy found.
    package var principal: Principal { context.principal }

    /// What was typed into a field; empty where it was not sent.
    package subscript(name: UTF8Text) -> String { entries.values[name]?.first?.string ?? "" }

    /// Why a field was not accepted, in words that continue its name; nil where it was.
    package func refusal(of name: UTF8Text) -> String? {
        let pointer = JSONPointer.member(name, of: "")
        return problem.fields.first { UTF8Text($0.pointer) == UTF8Text(pointer) }?.message
    }

    /// Where the form says to go on, if it does.
    package var nextPage: PagePath? { entries.nextPage.flatMap(PagePath.init) }

    /// The key that came with the form: what was refused left nothing behind, so it goes along with the next attempt.
    package var idempotencyKey: String? { entries.idempotencyKey?.string }

    /// What went wrong, for the top of the page.
    package var summary: HTML {
        .refusal(problem.fields.count > 1 ? problem.title : problem.detail ?? problem.title)
    }
}

extension RefusedForm: Sendable where Path: Sendable {}

extension HTML {
    /// Makes a form one that takes effect once, however often it is sent. Give each page that is shown a fresh UUID.
    package static func idempotencyKey(_ key: String) -> HTML { .hidden(FormEntries.keyField.string, key) }

    /// Says where the browser goes on once the form is accepted, where its page heeds that.
    package static func nextPage(_ path: PagePath?) -> HTML {
        path.map { .hidden(FormEntries.nextField.string, $0.text) } ?? .empty
    }

    /// Says which version a form edits, so that it can't undo what someone else changed meanwhile.
    package static func editedVersion(_ version: Int64) -> HTML {
        .hidden(FormEntries.versionField.string, EntityTag.version(version).text)
    }
}
