import Core
import Foundation
import Testing

@Suite("Moments as whole numbers")
struct WallClockTests {
    @Test("A moment beyond 64 bits is held at their ends, and none is 0")
    func unreasonable() {
        #expect(Date(timeIntervalSince1970: 1e300).microsecondsSince1970 == .max)
        #expect(Date(timeIntervalSince1970: 9.3e12).microsecondsSince1970 == .max)
        #expect(Date(timeIntervalSince1970: -.infinity).secondsSince1970 == .min)
        #expect(Date(timeIntervalSince1970: .nan).secondsSince1970 == 0)
        #expect(Int64(saturating: -0x1p63) == .min && Int64(saturating: 0x1p63) == .max)
    }

    @Test("A usual moment loses its fraction alone")
    func usual() {
        let moment = Date(timeIntervalSince1970: 1_800_000_000.25)
        #expect(moment.secondsSince1970 == 1_800_000_000)
        #expect(moment.microsecondsSince1970 == 1_800_000_000_250_000)
    }
}
