/// The schema that this build's statements are written for.
enum RequiredSchema {
    /// The newest of `Migrations/`. Newer ones may be applied: they leave room for the processes before them.
    static let migration = 12
}
