import Foundation
import Testing

@testable import Jobs

@Suite struct HeldJobsTests {
    private let key = DispatchKey(jobID: UUID(), attempt: 0)

    @Test("A key is abandoned only when nobody ran it at two looks in a row")
    func twoLooks() {
        let held = HeldJobs()
        #expect(held.abandoned(among: [key.text]).isEmpty)
        #expect(held.abandoned(among: [key.text]) == [key.text])
    }

    @Test("A key that runs is never abandoned, however often it is seen")
    func running() {
        let held = HeldJobs()
        held.begin(key)
        #expect(held.abandoned(among: [key.text]).isEmpty)
        #expect(held.abandoned(among: [key.text]).isEmpty)
        held.end(key)
        #expect(held.abandoned(among: [key.text]).isEmpty)
        #expect(held.abandoned(among: [key.text]) == [key.text])
    }

    @Test("A key that two claims hold runs until both have ended")
    func twice() {
        let held = HeldJobs()
        held.begin(key)
        held.begin(key)
        held.end(key)
        _ = held.abandoned(among: [key.text])
        #expect(held.abandoned(among: [key.text]).isEmpty)
    }
}
