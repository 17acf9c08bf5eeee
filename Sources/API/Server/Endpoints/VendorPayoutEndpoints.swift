import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Registrations
import Vendors

extension Policy {
    /// What is asked of whoever changes where a vendor's money goes; said here alone.
    static let payoutAccountChange = Policy.require(
        .payoutAccountsManage, on: .vendor, .perClient(30, per: .hour)
    ).freshSecondFactor
}

extension ProblemType {
    static let payoutAccountReplaced = ProblemType(
        "payout-account-replaced", 409, "The account was replaced", "Another account has taken its place.")
}

/// Where vendors' money goes.
enum VendorPayoutEndpoints {
    static let all: [Endpoint] = [replace, list, verify]

    static let replace = Endpoint(
        .post, "/vendors/{vendor_id}/payout_accounts", ID<Vendor>.self, tag: .vendors,
        summary: "Let a vendor’s money go to another account",
        description: """
            It takes the place of the one that there is, has to be verified, and gets no money before `usable_from`. \
            Its number is encrypted and never shown again.
            """,
        policy: .payoutAccountChange, idempotency: .required, body: PayoutAccountCreateInput.self,
        returns: .created(PayoutAccountView.self), problems: [.vendorUnidentified, .vendorState]
    ) { request, work, services in
        PayoutAccountView(
            account: try await services.vendors.replacePayoutAccount(
                request.body.account, of: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/vendors/{vendor_id}/payout_accounts", ID<Vendor>.self, tag: .vendors,
        summary: "List where a vendor’s money goes and went, newest first",
        policy: .require(.payoutAccountsRead, on: .vendor), returns: .ok(ListOutput<PayoutAccountView>.self)
    ) { request, services in
        let reach = request.principal.visibility
        try await services.vendors.require(request.path, visibleTo: reach, in: services.postgres)
        let all = try await PayoutAccountStore().accounts(of: request.path, visibleTo: reach, in: services.postgres)
        return ListOutput(all.map(PayoutAccountView.init))
    }

    static let verify = Endpoint(
        .post, "/vendors/{vendor_id}/payout_accounts/{payout_account_id}/verify", ID<Vendor>.self,
        ID<PayoutAccount>.self, tag: .vendors, summary: "Say that an account was proven to be its vendor’s",
        description: "Verifying it again changes nothing.", policy: .require(.payoutAccountsVerify),
        returns: .ok(PayoutAccountView.self), problems: [.payoutAccountReplaced]
    ) { request, work, services in
        PayoutAccountView(
            account: try await services.vendors.verifyPayoutAccount(
                request.path.1, of: request.path.0, by: request.principal, in: work))
    }
}

struct PayoutAccountCreateInput: APIInput {
    let account: NewPayoutAccount

    init(_ fields: inout Fields) {
        account = NewPayoutAccount(
            kind: fields.required("kind", .oneOf(PayoutKind.self), "Over which rails", example: .bankBangladesh),
            holderName: fields.required(
                "holder_name", .text(NewPayoutAccount.holderName), "As the bank writes it",
                example: "Lekha Software Limited"),
            accountNumber: fields.optional(
                "account_number", .text(NewPayoutAccount.number), "Of a bank account", example: "0012345678901"
            ).map(Secret.init),
            ifsc: fields.optional("ifsc", .text(NewPayoutAccount.number), "Of a bank in India"),
            routingNumber: fields.optional(
                "routing_number", .text(NewPayoutAccount.number), "Of a bank in Bangladesh", example: "999270017"),
            upiAddress: fields.optional("upi_address", .text(NewPayoutAccount.number), "With `upi`").map(Secret.init),
            walletProvider: fields.optional(
                "wallet_provider", .oneOf(MobileWallet.Provider.self), "With `wallet`"),
            phone: fields.optional("phone", .text(NewPayoutAccount.number), "Of the wallet").map(Secret.init))
    }
}

struct PayoutAccountView: APIOutput {
    let account: PayoutAccount

    static let example = PayoutAccountView(
        account: PayoutAccount(
            id: .example, vendor: .example, kind: .bankBangladesh, holderName: "Lekha Software Limited",
            lastFour: "8901", state: .verified, createdAt: .example, usableFrom: .example + 72 * 3600,
            verifiedAt: .example + 3600))

    func write(to out: inout ObjectWriter) {
        out.field("id", account.id)
        out.field("kind", account.kind)
        out.field("holder_name", account.holderName)
        out.field("last_four", account.lastFour, "The end of its number, address or telephone")
        out.field("state", account.state)
        out.field("usable_from", account.usableFrom, "No money goes there before")
        out.field("created_at", account.createdAt)
        out.field("verified_at", account.verifiedAt)
        out.field("replaced_at", account.replacedAt)
    }
}
