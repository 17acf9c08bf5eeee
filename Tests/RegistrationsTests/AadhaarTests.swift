import Testing

@testable import Registrations

@Suite("Aadhaar numbers")
struct AadhaarTests {
    @Test(
        "One is found alone, in a sentence, in groups and in the digits of another script",
        arguments: [
            "234123412346", "2341 2341 2346", "number: 2341-2341-2346.", "my card is 234123412346, thanks",
            "২৩৪১২৩৪১২৩৪৬", "first 12, then\n2341 - 2341 - 2346",
        ])
    func found(text: String) {
        #expect(Aadhaar.isContained(in: text))
    }

    @Test(
        "Other numbers are none: another check digit, more or fewer digits, a first digit below 2",
        arguments: [
            "234123412347", "2341234123461", "23412341234", "034123412346", "123412341234", "", "2341, 2341, 2346",
            "IN-2341", "+8801712345678",
        ])
    func other(text: String) {
        #expect(!Aadhaar.isContained(in: text))
    }

    @Test(
        "One of ten numbers has the right check digit, and never two that differ in one digit or in swapped neighbours")
    func verhoeff() {
        let stem = Array("23412341234".utf8)
        let hits = (0..<10).filter { Aadhaar.isContained(in: String(decoding: stem, as: UTF8.self) + "\($0)") }
        #expect(hits == [6])
        let good = stem + Array("6".utf8)
        for place in good.indices {
            for digit in UInt8(ascii: "2")...UInt8(ascii: "9") where digit != good[place] {
                var changed = good
                changed[place] = digit
                #expect(!Aadhaar.isContained(in: String(decoding: changed, as: UTF8.self)))
            }
            guard place + 1 < good.count, good[place] != good[place + 1] else { continue }
            var swapped = good
            swapped.swapAt(place, place + 1)
            #expect(!Aadhaar.isContained(in: String(decoding: swapped, as: UTF8.self)))
        }
    }
}
