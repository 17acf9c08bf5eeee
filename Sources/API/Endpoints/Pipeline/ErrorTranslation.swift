import Core
import Logging
import NIOCore
import NIOHTTP1

/// What an error means for the caller.
enum ErrorTranslation {
    /// The problem to answer with. Errors that are not meant for callers are logged and say nothing of the inside.
    ///
    /// - Throws: the error itself when the connection can't be answered any more.
    static func problem(for error: any Error, logger: Logger) throws -> Problem {
        switch error {
        case let error as any ProblemConvertible:
            return error.problem
        case is NIOTooManyBytesError:
            return ProblemType.bodyTooLarge.problem()
        case is HTTPParserError:
            throw error
        default:
            logger.error("Unexpected error", metadata: ["error": "\(error)"])
            return ProblemType.internalError.problem()
        }
    }
}
