import Complaints
import Media
import Platform

/// The use cases of complaints that endpoints call.
struct ComplaintServices: Sendable {
    let store = ComplaintStore()
    let clocks = ComplaintClockStore()
    let read = ReadComplaint()

    let file: FileComplaint
    let write: WriteComplaintMessage
    let move: MoveComplaint
    let attachments: ComplaintAttachments
    let keepClocks: KeepComplaintClocks

    init(on platform: Platform, media: MediaServices) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        file = FileComplaint(audit: audit, ids: ids, clock: clock)
        write = WriteComplaintMessage(audit: audit, ids: ids, clock: clock)
        move = MoveComplaint(audit: audit, ids: ids, clock: clock)
        attachments = ComplaintAttachments(upload: media.upload, issueLink: media.issueLink, clock: clock)
        keepClocks = KeepComplaintClocks(audit: audit)
    }
}
