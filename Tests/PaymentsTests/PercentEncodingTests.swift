import Core
import Testing

@testable import Payments

@Suite("Forms of gateways")
struct PercentEncodingTests {
    @Test("A form that is written is read again, of each name the last")
    func roundTrip() throws {
        let form = PercentEncoding.form([("a b", "ঘি & ghee=1+2"), ("x", ""), ("x", "%41")])
        #expect(try PercentEncoding.fields(of: form.utf8) == ["a b": "ঘি & ghee=1+2", "x": "%41"])
    }

    @Test("Blanks come as plus signs, and a name may stand alone")
    func leniency() throws {
        #expect(try PercentEncoding.fields(of: "a+b=c+d&&e".utf8) == ["a b": "c d", "e": ""])
    }

    @Test("Broken escapes, odd bytes and floods are refused", arguments: ["a=%4", "a=%zz", "a=%ff", "%=1"])
    func refused(form: String) {
        #expect(throws: MalformedEvent.self) { try PercentEncoding.fields(of: form.utf8) }
        let flood = (0...300).map { "f\($0)=1" }.joined(separator: "&")
        #expect(throws: MalformedEvent.self) { try PercentEncoding.fields(of: flood.utf8) }
    }
}
