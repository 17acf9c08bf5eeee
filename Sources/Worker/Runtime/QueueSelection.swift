package import Jobs

/// Which queues a worker serves and how many jobs of each it runs at once: `webhooks:16,delivery:16,email:8`.
package struct QueueSelection: Sendable, Equatable {
    package let concurrency: [QueueName: Int]

    /// What a worker without `--queues` serves: everything.
    package static let all = QueueSelection(
        concurrency: [
            .webhooks: 16, .delivery: 16, .payments: 8, .orders: 8, .shipping: 4, .email: 8, .sms: 4, .documents: 2,
            .search: 4, .imports: 2, .pictures: 4, .caches: 1, .callbacks: 96, .callbackRetries: 16, .maintenance: 1,
        ])

    /// The queues that are left to other workers.
    package var unserved: [QueueName] { QueueName.all.filter { concurrency[$0] == nil } }

    private init(concurrency: [QueueName: Int]) {
        self.concurrency = concurrency
    }

    /// - Throws: `InvalidQueueSelection`, which names the part that can't be read.
    package init(parsing text: String) throws(InvalidQueueSelection) {
        var concurrency: [QueueName: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: ":", omittingEmptySubsequences: false)
            guard sides.count == 2, let name = QueueName(rawValue: String(sides[0])), QueueName.all.contains(name)
            else {
                throw InvalidQueueSelection(
                    part: String(part), expected: "a queue of " + QueueName.all.map(\.rawValue).joined(separator: ", "))
            }
            guard let count = Int(sides[1]), (1...1024).contains(count) else {
                throw InvalidQueueSelection(part: String(part), expected: "a number of jobs from 1 to 1024")
            }
            guard concurrency.updateValue(count, forKey: name) == nil else {
                throw InvalidQueueSelection(part: String(part), expected: "each queue once")
            }
        }
        self.init(concurrency: concurrency)
    }
}

/// A `--queues` argument that can't be read.
package struct InvalidQueueSelection: Error, Equatable, CustomStringConvertible {
    package let part: String
    package let expected: String

    package var description: String {
        "--queues: \"\(part)\" is not of the form queue:concurrency; expected \(expected)"
    }
}
