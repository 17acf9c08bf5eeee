package import Jobs

extension RecordedEvent: IdentifiedByTypeID {
    package static let typePrefix = "evt"
}
