import CLibFuzzer
import Glibc

/// Gives libFuzzer's inputs to one reader of outside bytes: `HAAT_FUZZ_TARGET=json haat-fuzz [libFuzzer's arguments]`.
///
/// The target stands in the environment because libFuzzer starts this program again, with its own arguments alone.
@main
struct HaatFuzz {
    /// A C function can't capture it.
    private static let target = FuzzTarget(environment: "HAAT_FUZZ_TARGET")

    static func main() {
        var count = CommandLine.argc
        var arguments = Optional(CommandLine.unsafeArgv)
        let status = LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
            HaatFuzz.target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
            return 0
        }
        exit(status)
    }
}
