import Glibc
import Values

/// RFC 3339 in UTC with milliseconds.
enum LogTimestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    static func text(milliseconds: Int64) -> String {
        RFC3339.text(millisecondsSinceEpoch: Int(milliseconds))
    }
}
