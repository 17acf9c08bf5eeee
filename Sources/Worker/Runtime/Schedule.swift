import Jobs

extension CronJob {
    /// What happens by the clock.
    static var product: [CronJob] {
        [CronJob("partitions", .daily(hour: 1, minute: 10), payload: MaintainPartitions())]
    }
}
