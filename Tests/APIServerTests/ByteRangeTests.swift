import Testing

@testable import APIServer

@Suite("Parts of files")
struct ByteRangeTests {
    @Test(
        "What a Range asks of ten bytes",
        arguments: [
            (nil, ByteRange.Request.whole), ("bytes=0-3", .part(ByteRange(start: 0, end: 3))),
            ("bytes=4-", .part(ByteRange(start: 4, end: 9))), ("bytes=-3", .part(ByteRange(start: 7, end: 9))),
            ("bytes=-30", .part(ByteRange(start: 0, end: 9))), ("bytes=8-99", .part(ByteRange(start: 8, end: 9))),
            ("bytes=9-9", .part(ByteRange(start: 9, end: 9))),
            ("bytes=2-99999999999999999999", .part(ByteRange(start: 2, end: 9))), ("bytes=10-", .unsatisfiable),
            ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=3-2", .whole),
            ("bytes=0-1,4-5", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=+1-2", .whole),
            ("bytes=1-x", .whole), ("items=0-3", .whole), ("bytes 0-3", .whole), ("", .whole),
        ] as [(String?, ByteRange.Request)])
    func requests(field: String?, request: ByteRange.Request) {
        #expect(ByteRange.requested(by: field, of: 10) == request)
    }
}
