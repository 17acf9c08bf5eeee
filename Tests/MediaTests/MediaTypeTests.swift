import NIOCore
import Testing

@testable import Core
@testable import Media

@Suite("What a file is")
struct MediaTypeTests {
    private static let starts: [(MediaType, [UInt8])] = [
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0] + Array("..JFIF....".utf8)),
        (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D] + Array("IHDR".utf8)),
        (.webP, Array("RIFF....WEBPVP8 ".utf8)),
        (.gif, Array("GIF89a..........".utf8)),
        (.gif, Array("GIF87a..........".utf8)),
        (.pdf, Array("%PDF-1.7\n".utf8)),
        (.zip, Array("PK".utf8) + [3, 4, 20, 0]),
        (.csv, Array("Handle,Title\n".utf8)),
        (.csv, [0xEF, 0xBB, 0xBF] + Array("Handle,Title\n".utf8)),
        // Windows-1252.
        (.csv, Array("Caf".utf8) + [0xE9] + Array(",1\n".utf8)),
    ]

    @Test("The first bytes are those of one type alone", arguments: starts)
    func signatures(type: MediaType, start: [UInt8]) {
        let taken = MediaType.allCases.filter { $0 != .binary && Self.accepts(start, as: $0) }
        #expect(taken == [type] && Self.accepts(start, as: .binary))
    }

    @Test(
        "What a browser would run is nothing, whatever it is called",
        arguments: [
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>", "<!DOCTYPE html><script>", "<html>", " \n\t<script>",
            "\u{FEFF}<?xml version=\"1.0\"?><svg>",
        ])
    func markup(text: String) {
        for type in MediaType.allCases { #expect(!Self.accepts(Array(text.utf8), as: type), "\(type)") }
    }

    @Test("Programs, archives and texts of two bytes a letter are nothing that is shown or read in either")
    func others() {
        let files: [[UInt8]] = [
            [0x7F] + Array("ELF".utf8), Array("PK".utf8) + [3, 4, 0, 0], [0xFF, 0xFE, 0x61, 0, 0x2C, 0], [0x00, 0x01],
            Array("RIFF....WAVEfmt ".utf8), [0x89, 0x50, 0x4E, 0x47],
        ]
        for file in files {
            for type in MediaType.allCases
            where ![.zip, .binary].contains(type) && !(type == .csv && !file.contains { $0 < 0x09 || $0 == 0x7F }) {
                #expect(!Self.accepts(file, as: type), "\(type) \(file)")
            }
        }
    }

    @Test("A table that turns into something else further on is refused there")
    func turning() throws {
        var inspector = ContentInspector(.csv, maximumBytes: 1 << 20)
        try inspector.pass(ByteBuffer(string: "a,b\r\n1,\t2\n"))
        #expect(throws: Problem.mediaContentMismatch(.csv)) { try inspector.pass(ByteBuffer(bytes: [0x31, 0x00])) }
    }

    @Test("However a file is cut, it is seen as the same")
    func pieces() throws {
        for (type, start) in Self.starts {
            let file = start + Array(repeating: 0x20, count: 100)
            var whole = ContentInspector(type, maximumBytes: 1000)
            try whole.pass(ByteBuffer(bytes: file))
            var cut = ContentInspector(type, maximumBytes: 1000)
            for byte in file { try cut.pass(ByteBuffer(bytes: [byte])) }
            let digests = (try whole.finish(), try cut.finish())
            #expect(digests.0 == digests.1)
            #expect(cut.count == file.count)
        }
    }

    @Test("A file may have the limit's bytes and not one more, and has to have some")
    func size() throws {
        var inspector = ContentInspector(.csv, maximumBytes: 4)
        try inspector.pass(ByteBuffer(string: "a,b"))
        try inspector.pass(ByteBuffer(string: "\n"))
        #expect(throws: Problem.mediaTooLarge(4)) { try inspector.pass(ByteBuffer(string: "c")) }
        var empty = ContentInspector(.csv, maximumBytes: 4)
        #expect(throws: Problem.mediaEmpty) { try empty.finish() }
    }

    private static func accepts(_ bytes: [UInt8], as type: MediaType) -> Bool {
        var inspector = ContentInspector(type, maximumBytes: 1 << 20)
        do {
            try inspector.pass(ByteBuffer(bytes: bytes))
            _ = try inspector.finish()
            return true
        } catch {
            return false
        }
    }
}
