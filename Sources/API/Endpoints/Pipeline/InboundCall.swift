import Core
import NIOCore

/// A request as it arrived, before its input is read.
struct InboundCall: Sendable {
    /// Percent-decoded values of the path's parameters, in order.
    let pathSegments: [UTF8Text]
    /// The raw query string.
    let query: UTF8Text
    let body: InboundBody

    /// Reads query and body, so that what is wrong in either is told at once.
    ///
    /// - Throws: a `Problem` of status 400 or 422.
    func input<Query: APIInput, Body: APIInput>(
        _ query: Query.Type, _ body: Body.Type, readsBody: Bool
    ) throws(Problem) -> (Query, Body) {
        let queryResult = Self.collect(query, try QueryString.parse(self.query).mapValues(FieldInput.query))
        let members = readsBody ? try self.body.members() : [:]
        let bodyResult = Self.collect(body, members)
        guard let query = queryResult.value, let body = bodyResult.value else {
            var problems = queryResult.problems
            problems.append(contentsOf: bodyResult.problems)
            throw Problem.invalidInput(problems)
        }
        return (query, body)
    }

    private static func collect<Input: APIInput>(
        _ type: Input.Type, _ members: [UTF8Text: FieldInput]
    ) -> (value: Input?, problems: FieldProblems) {
        do throws(InvalidFields) {
            return (try type.read(members), FieldProblems())
        } catch {
            return (nil, error.problems)
        }
    }
}

/// The body of a request before its fields are read.
enum InboundBody: Sendable {
    case json(ByteBuffer)
    case form(FormEntries)

    /// - Throws: 400 for what should be JSON and is not, 422 for JSON that is not an object.
    func members() throws(Problem) -> [UTF8Text: FieldInput] {
        switch self {
        case .json(let body): try JSONBody.members(of: body)
        case .form(let entries): entries.members
        }
    }

    /// What was typed into a form.
    var entries: FormEntries {
        if case .form(let entries) = self { entries } else { .none }
    }
}

/// The body of a request as JSON.
enum JSONBody {
    /// - Throws: 400 for what is not JSON, 422 for JSON that is not an object.
    static func members(of body: ByteBuffer) throws(Problem) -> [UTF8Text: FieldInput] {
        guard body.readableBytes > 0 else {
            throw ProblemType.malformedRequest.problem("The body is empty; a JSON object is expected")
        }
        let value: JSONValue
        do throws(JSONParsingError) {
            value = try JSONValue(parsing: Array(body.readableBytesView), limits: .request)
        } catch {
            throw ProblemType.malformedRequest.problem("The body is not acceptable JSON: \(error)")
        }
        guard case .object(let members) = value else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "", code: "type", message: "must be an object, not \(value.typeDescription)")
            ])
        }
        return members.mapValues(FieldInput.json)
    }
}
