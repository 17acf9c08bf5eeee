import Core
import Identity
import Platform
import Postgres
import Vendors

/// The use cases about vendors that endpoints call.
struct VendorServices: Sendable {
    let create: CreateVendor
    let apply: ApplyToSell
    let update: UpdateVendor
    let checklist: ReadChecklist
    let decide: DecideOnVendor
    let addRegistration: AddRegistration
    let reviewRegistration: ReviewRegistration
    let addDocument: AddDocument
    let reviewDocument: ReviewDocument
    let pickupLocations: KeepPickupLocations
    let replacePayoutAccount: ReplacePayoutAccount
    let verifyPayoutAccount: VerifyPayoutAccount
    let setCommission: SetCommission
    let readPublicProfile: ReadPublicProfile

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        create = CreateVendor(audit: audit, ids: ids, clock: clock)
        apply = ApplyToSell(audit: audit, ids: ids, clock: clock)
        update = UpdateVendor(audit: audit, clock: clock)
        checklist = ReadChecklist(clock: clock)
        decide = DecideOnVendor(audit: audit, ids: ids, clock: clock)
        addRegistration = AddRegistration(audit: audit, ids: ids, clock: clock)
        reviewRegistration = ReviewRegistration(audit: audit, clock: clock)
        addDocument = AddDocument(audit: audit, ids: ids, clock: clock)
        reviewDocument = ReviewDocument(audit: audit, clock: clock)
        pickupLocations = KeepPickupLocations(audit: audit, ids: ids, clock: clock)
        replacePayoutAccount = ReplacePayoutAccount(
            vault: platform.vault, audit: audit, ids: ids, clock: clock, settings: platform.configuration.payouts)
        verifyPayoutAccount = VerifyPayoutAccount(audit: audit, clock: clock)
        setCommission = SetCommission(audit: audit, ids: ids, clock: clock)
        readPublicProfile = ReadPublicProfile(clock: clock)
    }

    /// For what lists a vendor's things: an empty list would tell that there is such a vendor.
    /// - Throws: a 404 `Problem` where it is out of reach; `PostgresError`.
    func require(
        _ vendor: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws {
        guard try await VendorStore().vendor(vendor, visibleTo: visibility, in: executor) != nil else {
            throw Problem.notFound("vendor")
        }
    }
}
