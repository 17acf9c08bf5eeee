import Core
import Outbound
import Payments

/// How Steadfast says no: by HTTP's status, or by a status in a body that came with 200.
enum SteadfastRefusal {
    static let notFound = "not_found"
    private static let invalid: Set<Int64> = [400, 422]

    /// For certain are 400, 401, 422 and 429; everything else may have been done.
    static func ofCreation(_ answer: OutboundAnswer) -> CourierError {
        guard [400, 422].contains(answer.response.status) else { return .unknown("status \(answer.response.status)") }
        do {
            return .refused(
                code: "\(answer.response.status)",
                message: message(in: try ProviderObject(parsing: answer.response.body, path: "answer")))
        } catch {
            // A wall before the application refuses with HTML.
            return .unknown("status \(answer.response.status): \(error)")
        }
    }

    /// That there is no such consignment is said by the application, not by what stands before it.
    static func ofReading(_ answer: OutboundAnswer) -> CourierError {
        guard answer.response.status == 404 else { return .unavailable("status \(answer.response.status)") }
        do {
            let object = try ProviderObject(parsing: answer.response.body, path: "answer")
            guard try object.optionalInteger("status") == 404 else { return .unavailable("a 404 without its status") }
            return .refused(code: notFound, message: message(in: object))
        } catch {
            return .unavailable("a 404 that can't be read: \(error)")
        }
    }

    /// What came of a creation that was answered with 2xx.
    static func booking(in answer: OutboundAnswer, reference: String) throws(CourierError) -> CourierBooking {
        let object: ProviderObject
        do throws(MalformedEvent) {
            object = try ProviderObject(parsing: answer.response.body, path: "answer")
        } catch {
            throw .unknown("an answer that can't be read: \(error)")
        }
        let status: Int64?
        do throws(MalformedEvent) {
            status = try object.optionalInteger("status")
        } catch {
            throw .unknown("an answer that can't be read: \(error)")
        }
        if let status, invalid.contains(status) { throw .refused(code: "\(status)", message: message(in: object)) }
        if status == 401 { throw .credentialsRefused(message(in: object)) }
        do throws(MalformedEvent) {
            let consignment = try object.object("consignment")
            // A consignment under another invoice is not what was asked for.
            guard consignment.code("invoice") == reference, let id = SteadfastMapping.consignment(in: consignment)
            else { throw MalformedEvent("the consignment is another one") }
            return CourierBooking(
                names: CourierNames(consignment: id, trackingCode: consignment.code("tracking_code")),
                state: .awbAssigned)
        } catch {
            throw .unknown("an answer that can't be right: \(error)")
        }
    }

    /// What a body says itself; nil where it says nothing.
    static func status(of object: ProviderObject) throws(CourierError) -> Int64? {
        try CourierError.readingAnswer { () throws(MalformedEvent) in try object.optionalInteger("status") }
    }

    /// The first field's first message, else the one for all.
    private static func message(in object: ProviderObject) -> String {
        var text = object.note("message") ?? "no message"
        do {
            if let errors = try object.optionalObject("errors")?.json.members {
                for (field, messages) in errors.sorted(by: { $0.key < $1.key }) {
                    let words = messages.elements?.compactMap { json in try? json.value().textValue?.string } ?? []
                    if let first = words.first { text += " \(field): \(first)" }
                }
            }
        } catch {
            // The message alone has to do.
        }
        return String(text.prefix(400))
    }
}

extension CourierError {
    /// What can't be read in an answer that only tells something is as if there had been none.
    static func readingAnswer<Value>(_ body: () throws(MalformedEvent) -> Value) throws(CourierError) -> Value {
        do {
            return try body()
        } catch {
            throw .unavailable("an answer that can't be read: \(error)")
        }
    }
}
